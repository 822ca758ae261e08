"""What the address bar of a list may ask for, checked; a wrong value is as good as none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.gates import APPROVAL_GATES, START_GATES
from filings.models import District
from filings.queries.desk import SORTS, VIEWS, Asked, Choices
from filings.queries.reopened import STANDINGS, AskedReopened
from filings.queries.review_roster import PROBLEMS, AskedRoster
from filings.size import CLASSES, industries
from filings.states import State
from jiaozuo_portal.lib.punctuation import labelled

ANY = ("", _("不限"))

#: The filters of the desk in page order.
NARROWING = (
    "state", "district", "zone", "industry", "size", "holder", "waits", "gate", "cover", "province",
)  # fmt: skip

#: How long something has waited for the bureau, in hours.
WAITS = {
    12: _("12 小时以上"),
    24: _("24 小时以上"),
    48: _("48 小时以上"),
    72: _("3 天以上"),
    168: _("7 天以上"),
}


#: Filters whose value says by itself what it is.
_SPEAKING = frozenset({"q", "state", "district", "zone", "size", "holder"})


class _Asking(forms.Form):
    """A form over the query string: fields that do not hold are left out, never an error page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = kind

    def given(self) -> dict[str, Any]:
        """The values that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DeskFilter(_Asking):
    """The filters of the desk; the view is a link of its own."""

    q = forms.CharField(
        label=_("企业名称、代码或拼音首字母"), max_length=60, required=False, strip=True
    )
    state = forms.ChoiceField(label=_("状态"), choices=[ANY, *State.choices], required=False)
    district = forms.ChoiceField(label=_("县（市、区）"), required=False)
    zone = forms.ChoiceField(label=_("产业集聚区"), required=False)
    size = forms.ChoiceField(
        label=_("企业规模"),
        choices=[ANY, *CLASSES.items(), ("open", _("规模未定"))],
        required=False,
    )
    industry = forms.ChoiceField(label=_("划型行业"), required=False)
    holder = forms.ChoiceField(label=_("审核人"), required=False)
    waits = forms.TypedChoiceField(
        label=_("已等"), choices=[ANY, *WAITS.items()], coerce=int, empty_value=None, required=False
    )
    gate = forms.ChoiceField(
        label=_("没有通过的核对"),
        choices=[
            ANY,
            *((gate.name, gate.label) for gate in (*APPROVAL_GATES, *START_GATES)),
        ],
        required=False,
    )
    cover = forms.DecimalField(
        label=_("物资不足（天）"),
        min_value=0,
        max_value=999,
        decimal_places=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}),
    )
    province = forms.CharField(label=_("有人来自（省）"), max_length=20, required=False)
    sort = forms.ChoiceField(
        label=_("排序"),
        choices=[(name, label) for name, (label, _columns) in SORTS.items()],
        required=False,
    )
    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False, widget=forms.HiddenInput)
    after = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [ANY, *choices.districts]  # type: ignore[attr-defined]
        self._has_districts = len(choices.districts) > 1
        self.fields["zone"].choices = [ANY, *choices.zones, ("none", _("不在集聚区"))]  # type: ignore[attr-defined]
        self.fields["holder"].choices = [ANY, *choices.holders]  # type: ignore[attr-defined]
        trades = [(key, industry.label) for key, industry in industries().items()]
        self.fields["industry"].choices = [ANY, *trades]  # type: ignore[attr-defined]

    def asked(self, *, view: str) -> Asked:
        """What is asked; `view` is the one to begin with."""
        return Asked(**{"view": view, **self.given()})

    @property
    def filters(self) -> list[forms.BoundField]:
        """The fields that narrow and sort, in page order; districts for who has several."""
        names = (name for name in NARROWING if name != "district" or self._has_districts)
        return [self[name] for name in (*names, "sort")]

    def address(self, *, view: str) -> dict[str, Any]:
        """View, conditions and order as the address bar has them; `view` is the one to begin with.

        The page that somebody has turned to is no part of it.
        """
        given = {"view": view, **self.given()}
        return {name: given[name] for name in ("view", "q", *NARROWING, "sort") if name in given}

    def narrowing(self) -> list[tuple[str, str]]:
        """The conditions that are set: the name of each and its words."""
        given = self.given()
        words: list[tuple[str, str]] = []
        for name in ("q", *NARROWING):
            if name not in given:
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            told = str(choices.get(given[name], given[name]))
            words.append((name, told if name in _SPEAKING else labelled(self[name].label, told)))
        return words


class ListFilter(_Asking):
    """Search and view of a shorter list (zone, health authority)."""

    q = forms.CharField(
        label=_("企业名称、代码或拼音首字母"), max_length=60, required=False, strip=True
    )
    view = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    after = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, views: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["view"].choices = list(views.items())  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What is asked; what waits comes first."""
        return Asked(**{"view": "waiting", **self.given()})


class ReopenedFilter(_Asking):
    """The filters of the public list of reopened enterprises."""

    q = forms.CharField(label=_("企业名称"), max_length=60, required=False, strip=True)
    district = forms.ChoiceField(label=_("县（市、区）"), required=False)
    supplies = forms.BooleanField(label=_("只看疫情防控物资生产企业"), required=False)
    standing = forms.ChoiceField(
        choices=[(name, label) for name, (label, _states) in STANDINGS.items()],
        required=False,
        widget=forms.HiddenInput,
    )
    after = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, districts: Iterable[District], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [  # type: ignore[attr-defined]
            ("", _("全市")),
            *((district.code, district.local_name) for district in districts),
        ]

    def asked(self) -> AskedReopened:
        """What is asked of the list."""
        return AskedReopened(**self.given())


class RosterFilter(_Asking):
    """The filters of the frozen roster on the review page."""

    person = forms.CharField(label=_("姓名"), max_length=40, required=False, strip=True)
    workshop = forms.CharField(label=_("车间"), max_length=60, required=False, strip=True)
    problem = forms.ChoiceField(
        choices=list(PROBLEMS.items()), required=False, widget=forms.HiddenInput
    )
    after = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def asked(self) -> AskedRoster:
        """What is asked of the roster."""
        return AskedRoster(**self.given())


__all__ = ["DeskFilter", "ListFilter", "ReopenedFilter", "RosterFilter"]
