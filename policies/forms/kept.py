"""Forms of official lists and announced values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import Agency, UsccField
from policies.eligibility.facts import FactSpec

from .answers import control, read


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class EntryForm(forms.Form):
    """One enterprise on a list."""

    uscc = UsccField(label=gettext_lazy("统一社会信用代码"))
    name = forms.CharField(label=gettext_lazy("企业名称"), max_length=100)
    valid_from = _day(gettext_lazy("列入日期"))
    valid_until = _day(
        gettext_lazy("有效期至"),
        required=False,
        help_text=gettext_lazy("没有期限的留空；退出名单的填最后一天。"),
    )
    source = forms.CharField(
        label=gettext_lazy("依据文件"),
        max_length=200,
        help_text=gettext_lazy("公布名单的文件名称或文号。"),
    )
    source_date = _day(gettext_lazy("文件日期"))

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        found = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("不能早于列入日期。"))
        return found


class KeeperForm(forms.Form):
    """Which agency keeps a list from now on."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("以后由谁维护"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择部门"),
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = agencies  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    """From which day a list names everybody."""

    complete_from = _day(gettext_lazy("从这一天起名单完整"), required=False)


class ListFileForm(forms.Form):
    """A file with a list."""

    file = forms.FileField(
        label=gettext_lazy("名单文件"), help_text=gettext_lazy("xlsx 或 csv，最多 5000 家企业。")
    )


class AnnounceForm(forms.Form):
    """A value for everybody, from a day on. `cleaned_data["value"]` is what the registry takes."""

    def __init__(self, spec: FactSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.fields["value"] = control(spec)
        self.fields["since"] = _day(gettext_lazy("从哪一天起适用"))
        self.fields["source"] = forms.CharField(label=gettext_lazy("依据文件"), max_length=200)
        self.fields["source_date"] = _day(gettext_lazy("文件日期"))

    def clean_value(self) -> Any:
        """The value in the fact's own type, or what would be right."""
        return read(self.spec, self.cleaned_data["value"])
