"""Short forms around a filing: answers, reasons, confirmations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """What the enterprise says to a correction or an opinion; may stay empty."""

    answer = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RemarkForm(forms.Form):
    """A reason in words."""

    remark = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why somebody needs to see a number in full."""

    reason = forms.CharField(
        label=_("查看理由"),
        help_text=_("例如：电话核实返岗时间。理由和您的姓名、时间会记录下来。"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PageForm(forms.Form):
    """The revision of the filing that a page was made for, so that an old page decides nothing."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class SubmissionForm(PageForm):
    """A page that submits: its key makes pressing twice the same as once."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)


def carried(form: PageForm) -> dict[str, Any]:
    """The cleaned values of a page's hidden fields, {} when they were tampered with."""
    return dict(form.cleaned_data) if form.is_valid() else {}
