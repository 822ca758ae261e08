"""What is typed when an application moves on."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.domain.applications import MOST_YUAN


class MoveForm(forms.Form):
    """The revision of the page, a remark, and for granting the amount in yuan."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("说明"),
        max_length=1000,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
    outside_on = forms.DateField(
        label=_("在哪一天申请的"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}),
    )
    outside_number = forms.CharField(
        label=_("回执编号"),
        max_length=60,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    amount = forms.DecimalField(
        label=_("同意金额（元）"),
        min_value=0,
        max_value=MOST_YUAN,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(
            attrs={"inputmode": "decimal", "step": "0.01", "class": "form-control"}
        ),
    )
