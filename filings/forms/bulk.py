"""What is to be done to many filings, and to which."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from filings.domain.bulk import MOST_ITEMS
from filings.models import Batch, Filing, User

_PAIRS = re.compile(r"[0-9]{1,12}-[0-9]{1,9}(?: [0-9]{1,12}-[0-9]{1,9})*")


def ids_of(query: QueryDict) -> list[int]:
    """The filings whose boxes were ticked, each once, in the order of the page."""
    given = (value for value in query.getlist("id") if re.fullmatch(r"[0-9]{1,12}", value))
    return list(dict.fromkeys(int(value) for value in given))[:MOST_ITEMS]


class KindForm(forms.Form):
    """Which action was asked for; a decision is none that can be."""

    kind = forms.ChoiceField(choices=Batch.Kind.choices)


class BatchForm(forms.Form):
    """One action on many filings. `chosen` carries their ids and revisions as the page showed."""

    kind = forms.ChoiceField(choices=Batch.Kind.choices, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    chosen = forms.CharField(max_length=MOST_ITEMS * 24, widget=forms.HiddenInput)

    def clean_chosen(self) -> dict[int, int]:
        """The filings' ids with their revisions, in the order of the page."""
        typed = self.cleaned_data["chosen"]
        if not _PAIRS.fullmatch(typed):
            raise forms.ValidationError(_("页面已经过期，请回到审核台重新选择。"))
        pairs = (pair.split("-") for pair in typed.split())
        return {int(pk): int(revision) for pk, revision in pairs}


class GiveForm(BatchForm):
    """To whom, and what the colleague should know."""

    to = forms.ModelChoiceField(
        label=_("交给谁"), queryset=User.objects.none(), empty_label=_("请选择同事")
    )
    text = forms.CharField(
        label=_("备注"),
        required=False,
        strip=True,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("同事会在办理记录里看到。"),
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class TellForm(BatchForm):
    """The words to the enterprises."""

    text = forms.CharField(
        label=_("通知的内容"),
        strip=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每家企业的负责人和经办人都会收到，最多 200 字。请不要写个人信息。"),
    )


def written_down(filings: list[Filing]) -> str:
    """The value of `chosen` for these filings."""
    return " ".join(f"{filing.pk}-{filing.revision}" for filing in filings)


__all__ = ["BatchForm", "GiveForm", "KindForm", "TellForm", "ids_of", "written_down"]
