"""The forms of the supplies ledger."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import LedgerEntry, SupplyItem
from jiaozuo_portal.lib.punctuation import remarked


class QuantityField(forms.DecimalField):
    """A quantity with three decimals at most; full-width digits and thousands commas are read."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            **{
                "max_digits": 12,
                "decimal_places": 3,
                "widget": forms.TextInput(attrs=attrs),
                **options,
            }
        )

    def to_python(self, value: Any) -> Any:
        """As people type it: 1，200.5."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").strip()
        return super().to_python(value)


def _use_field() -> QuantityField:
    return QuantityField(
        label=gettext_lazy("每人每日用量"),
        required=False,
        min_value=Decimal("0.001"),
        max_digits=8,
        help_text=gettext_lazy("用来计算库存够用几天；不知道可以先不填。"),
    )


class ItemForm(forms.Form):
    """A new kind of supply."""

    name = forms.CharField(
        label=gettext_lazy("物资名称"),
        max_length=60,
        help_text=gettext_lazy("例如：口罩、消毒液、额温枪。"),
    )
    unit = forms.CharField(
        label=gettext_lazy("单位"), max_length=10, help_text=gettext_lazy("例如：只、升、支。")
    )
    daily_use_per_head = _use_field()


class ItemChangeForm(forms.Form):
    """Unit and daily use of a supply."""

    unit = forms.CharField(label=gettext_lazy("单位"), max_length=10)
    daily_use_per_head = _use_field()


class EntryForm(forms.Form):
    """An entry in or out of the ledger."""

    entry_key = forms.UUIDField(widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        label=gettext_lazy("入库还是出库"),
        choices=LedgerEntry.Direction.choices,
        widget=forms.RadioSelect,
        initial=LedgerEntry.Direction.IN,
    )
    item = forms.ChoiceField(label=gettext_lazy("物资"))
    quantity = QuantityField(label=gettext_lazy("数量"), min_value=Decimal("0.001"))
    on = forms.DateField(
        label=gettext_lazy("日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    person = forms.CharField(label=gettext_lazy("经手人"), max_length=40)
    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=120,
        help_text=gettext_lazy("例如：采购入库、发给一车间。"),
    )

    def __init__(
        self, data: Any = None, *, items: Iterable[SupplyItem], today: date, auto_id: str = "id_%s"
    ) -> None:
        """`items` are those of the filing, `today` the last day an entry may have."""
        first = {"entry_key": uuid.uuid4(), "on": today, "direction": LedgerEntry.Direction.IN}
        super().__init__(data, initial=first, auto_id=auto_id)
        self.today = today
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            (str(item.pk), remarked(item.name, item.unit)) for item in items
        ]
        self.fields["on"].widget.attrs["max"] = f"{today:%Y-%m-%d}"

    def clean_on(self) -> date:
        """The day of the entry is today or earlier."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("日期不能晚于今天。"))
        if on.year < self.today.year - 1:
            raise forms.ValidationError(_("这个日期不合理，请核对年份。"))
        return on


class ReversalForm(forms.Form):
    """Why an entry is reversed."""

    entry_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    reason = forms.CharField(
        label=gettext_lazy("冲销的理由"),
        max_length=120,
        help_text=gettext_lazy("例如：数量写错，另行登记。"),
    )


class LedgerFileForm(forms.Form):
    """A ledger to import."""

    file = forms.FileField(
        label=gettext_lazy("选择文件"),
        help_text=gettext_lazy("xlsx 或 csv，最大 20 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
