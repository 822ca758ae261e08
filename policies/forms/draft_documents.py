"""A document that a draft adds to its pack."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.domain.draft_documents import Dates, NewDocument
from policies.eligibility.packs import Pack
from policies.models import OfficialText
from policies.queries.library import LEVELS
from policies.queries.wording import day_words, in_both, say
from policies.texts.departments import level_of


def _line(label: Any, length: int = 300) -> forms.CharField:
    return forms.CharField(label=label, max_length=length)


def _area(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=1000, widget=widget)


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class DocumentForm(forms.Form):
    """What a document is, where it applies and how long, in both languages."""

    number = _line(gettext_lazy("文号"), 60)
    dated = _day(gettext_lazy("成文日期"), required=True)
    title_zh = _line(gettext_lazy("标题（中文）"))
    title_en = _line(gettext_lazy("标题（英文）"))
    issuer_zh = _line(gettext_lazy("发文机关（中文）"), 120)
    issuer_en = _line(gettext_lazy("发文机关（英文）"), 120)
    level = forms.ChoiceField(label=gettext_lazy("级别"), choices=tuple(LEVELS.items()))
    jurisdiction = forms.ChoiceField(label=gettext_lazy("适用地区"))
    first = _day(gettext_lazy("施行首日（不填就是成文日期）"))
    last = _day(gettext_lazy("施行末日（没有写明就不填）"))
    basis_zh = _area(gettext_lazy("期限的依据（中文，用自己的话写）"))
    basis_en = _area(gettext_lazy("期限的依据（英文）"))
    inferred = forms.BooleanField(label=gettext_lazy("末日没有直接写明，是推定的"), required=False)

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["jurisdiction"]
        places.choices = [(one.key, say(one.label)) for one in pack.jurisdictions.values()]
        for name, field in self.fields.items():
            if name.endswith("_zh"):
                field.widget.attrs["lang"] = "zh-Hans"

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first one."""
        found = super().clean() or {}
        first, last = found.get("first") or found.get("dated"), found.get("last")
        if first and last and last < first:
            self.add_error("last", _("末日早于首日。"))
        return found

    @property
    def document(self) -> NewDocument:
        """What the pack says of the document."""
        data = self.cleaned_data
        first: date | None = data["first"] if data["first"] != data["dated"] else None
        return NewDocument(
            number=data["number"],
            title=self._both("title"),
            issuer=self._both("issuer"),
            level=data["level"],
            dated=data["dated"],
            jurisdiction=data["jurisdiction"],
            dates=Dates(self._both("basis"), first, data["last"], data["inferred"]),
        )

    def _both(self, name: str) -> dict[str, str]:
        return {code: self.cleaned_data[f"{name}_{code}"] for code in ("zh", "en")}


def initial_of(text: OfficialText, pack: Pack) -> dict[str, Any]:
    """What an official text says of itself; its basis is for the officer to put in other words.

    It applies where the other documents of its level do.
    """
    level = level_of(text.issuer) or "city"
    like = (one.jurisdiction for one in pack.documents.values() if one.level == level)
    initial: dict[str, Any] = {
        "number": text.number,
        "dated": text.dated,
        "title_zh": text.title,
        "issuer_zh": text.issuer,
        "level": level,
        "jurisdiction": next(like, None),
        "first": text.valid_from,
        "last": text.valid_until,
    }
    dated = text.dated
    if dated and not text.valid_until:
        said = in_both(
            lambda: _("自成文之日（%(day)s）起；全文没有写截止日期。") % {"day": day_words(dated)}
        )
        initial |= {f"basis_{code}": words for code, words in said.items()}
    return initial
