"""Which board is asked for: a place, a day, an hour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.models import District


class BoardForm(forms.Form):
    """The place (a district's code, or the city where it is offered), day and hour of a board.

    A value that does not hold is as good as none.
    """

    place = forms.ChoiceField(label=_("范围"), required=False)
    day = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    hour = forms.TypedChoiceField(
        label=_("时间"),
        choices=[("", _("最近")), *((hour, f"{hour}:00") for hour in range(24))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(
        self, *args: Any, districts: Iterable[District], has_city: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.districts = {district.code: district for district in districts}
        city = [("city", _("全市"))] if has_city else []
        named = [(code, district.local_name) for code, district in self.districts.items()]
        self.fields["place"].choices = [*city, *named]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "day" else "form-select"

    def given(self) -> dict[str, Any]:
        """The values that hold; the place is the first one offered where none does."""
        self.is_valid()
        first = next((code for code, _name in self.fields["place"].choices), "")  # type: ignore[attr-defined]
        return {
            "place": self.cleaned_data.get("place") or first,
            "day": self.cleaned_data.get("day"),
            "hour": self.cleaned_data.get("hour"),
        }
