"""Forms of the page on which a lead keeps rules and absences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import AssignmentRule, User, Zone
from filings.size import industries

#: What stands for filings outside the zones in the choice of a zone.
OUTSIDE = "none"


class RuleForm(forms.Form):
    """Which filings go to whom. `colleagues` are the people of the bureau, `zones` its zones."""

    zone = forms.ChoiceField(label=gettext_lazy("产业集聚区"), required=False)
    industry = forms.ChoiceField(label=gettext_lazy("划型行业"), required=False)
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("分派给"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("选几个人时，谁手上的备案最少就分给谁。"),
        error_messages={"required": gettext_lazy("请至少选一个人。")},
    )
    most = forms.IntegerField(
        label=gettext_lazy("每人最多同时审核"),
        min_value=1,
        max_value=999,
        required=False,
        help_text=gettext_lazy("到了这个数就看下一条规则。留空表示不限。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-unit": gettext_lazy("件")}),
    )

    def __init__(self, *args: Any, colleagues: Any, zones: list[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = colleagues  # type: ignore[attr-defined]
        self._zones = {str(zone.pk): zone for zone in zones}
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", _("不限")),
            (OUTSIDE, _("不在集聚区内")),
            *((key, zone.local_name) for key, zone in self._zones.items()),
        ]
        self.fields["industry"].choices = [  # type: ignore[attr-defined]
            ("", _("不限")),
            *((key, industry.label) for key, industry in industries().items()),
        ]

    def rule(self) -> dict[str, Any]:
        """What `domain.assignment.add_rule` takes."""
        given = self.cleaned_data
        return {
            "zone": self._zones.get(given["zone"]),
            "outside_zones": given["zone"] == OUTSIDE,
            "industry": given["industry"],
            "people": list(given["people"]),
            "most": given["most"],
        }


def initial_of(rule: AssignmentRule) -> dict[str, Any]:
    """A rule as the form shows it."""
    return {
        "zone": OUTSIDE if rule.outside_zones else str(rule.zone_id or ""),
        "industry": rule.industry,
        "people": [person.pk for person in rule.people.all()],
        "most": rule.most,
    }


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who stands in."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("谁"), queryset=User.objects.none(), empty_label=gettext_lazy("请选择")
    )
    first = forms.DateField(
        label=gettext_lazy("第一天"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("最后一天"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("这一天也不在。"),
    )
    stand_in = forms.ModelChoiceField(
        label=gettext_lazy("代办人"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("没有代办人"),
        help_text=gettext_lazy("新的备案分给代办人；没有代办人时看下一个人或下一条规则。"),
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("user", "stand_in"):
            self.fields[name].queryset = colleagues  # type: ignore[attr-defined]


class TryForm(forms.Form):
    """Which filing the rules are tried on."""

    q = forms.CharField(
        label=gettext_lazy("企业名称、代码或拼音首字母"), max_length=60, required=False, strip=True
    )
