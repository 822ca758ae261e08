"""Forms of the reviewer's decisions. Each carries the revision of the page that it stands on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.domain.privacy import SHORTEST_REASON
from filings.models import TextBlock, User


def _words(label: Any, *, required: bool, rows: int = 3, most: int = 1000, **rest: Any) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        strip=True,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        **rest,
    )


class OfRevision(forms.Form):
    """A press on a button: nothing but the revision that the page showed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class OfVersion(forms.Form):
    """A press on a button about the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class DecisionForm(OfRevision):
    """A decision with an optional remark."""

    remark = _words(_("备注"), required=False, help_text=_("企业会看到。"))


class ReasonForm(OfRevision):
    """A decision that needs its reason."""

    remark = _words(_("理由"), required=True, help_text=_("企业会看到，并记入办理记录。"), most=500)


class HandOverForm(OfRevision):
    """To whom, and what the colleague should know."""

    to = forms.ModelChoiceField(
        label=_("交给谁"), queryset=User.objects.none(), empty_label=_("请选择同事")
    )
    remark = _words(_("备注"), required=False, help_text=_("同事会在办理记录里看到。"))

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class CorrectionForm(OfRevision):
    """One point to mend, about one place of the frozen version."""

    section = forms.CharField(widget=forms.HiddenInput, max_length=12)
    path = forms.CharField(widget=forms.HiddenInput, max_length=120, required=False)
    back = forms.CharField(widget=forms.HiddenInput, max_length=600, required=False)
    block = forms.ModelChoiceField(
        queryset=TextBlock.objects.none(), widget=forms.HiddenInput, required=False
    )
    text = _words(
        _("需要补正的内容"),
        required=True,
        help_text=_("写清楚缺什么、怎样改。退回时一并发给企业。"),
    )

    def __init__(self, *args: Any, blocks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["block"].queryset = blocks  # type: ignore[attr-defined]


class RevealForm(forms.Form):
    """Why somebody has to see one number in full."""

    reason = forms.CharField(
        label=_("查看理由"),
        min_length=SHORTEST_REASON,
        max_length=500,
        strip=True,
        help_text=_("至少 4 个字。谁、何时、看了谁的哪个号码、为什么，都会记录。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpinionForm(OfVersion):
    """The health authority's guidance."""

    text = _words(
        _("指导意见"),
        required=True,
        rows=6,
        most=2000,
        help_text=_("企业会看到并标记处理情况；意见不影响备案进度。"),
    )
