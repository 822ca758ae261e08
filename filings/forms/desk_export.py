"""Which columns of the queue are taken away, and as what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.queries.desk_export import COLUMNS
from jiaozuo_portal.lib.files import SHEETS


class ExportForm(forms.Form):
    """The columns, and the kind of file that the pressed button names."""

    columns = forms.MultipleChoiceField(
        label=_("导出哪些栏目"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": _("请至少选一个栏目。")},
    )
    kind = forms.ChoiceField(
        choices=[(kind.name, kind.name) for kind in SHEETS], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (name, column.heading) for name, column in COLUMNS.items()
        ]
