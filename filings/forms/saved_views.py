"""Naming a view of the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.models import Agency


class SavedViewForm(forms.Form):
    """Name, whether the desk begins with it, and for a lead the bureau it is shared with."""

    name = forms.CharField(label=_("名称"), max_length=20, strip=True)
    is_default = forms.BooleanField(label=_("打开审核台时先看这个视图"), required=False)
    shared_with = forms.ModelChoiceField(
        label=_("给谁看"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=_("只给自己"),
    )

    def __init__(self, *args: Any, bureaus: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bureaus.exists():
            self.fields["shared_with"].queryset = bureaus  # type: ignore[attr-defined]
        else:
            del self.fields["shared_with"]
