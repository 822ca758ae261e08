"""The form for one person of the roster, checked by the rules of the import."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import RosterRow
from filings.sheets import roster as sheets

from .people import helper

_GROUPS = (
    (gettext_lazy("身份"), ("name", "id_kind", "id_number", "mobile")),
    (gettext_lazy("岗位"), ("workshop", "team", "post", "return_batch")),
    (
        gettext_lazy("从哪里来"),
        ("origin_province", "origin_city", "origin_county", "coming_from", "arrived_on"),
    ),
    (gettext_lazy("健康、出行、聚会"), ("health", "travel", "gatherings")),
    (gettext_lazy("健康证明和检验检疫"), ("certificate_no", "certificate_on", "inspection")),
)

_CHOICES: dict[str, Any] = {
    "id_kind": RosterRow.IdKind.choices,
    "health": RosterRow.Health.choices,
    "inspection": RosterRow.Inspection.choices,
}

_CLAUSES = {
    "health": "R4.4",
    "travel": "R4.4",
    "gatherings": "R4.4",
    "certificate_no": "R4.1",
    "inspection": "R4.1",
    "return_batch": "R4.2",
}

_PRIVATE = frozenset({"id_number", "mobile"})
_DAYS = frozenset({"arrived_on", "certificate_on"})


def _widget(key: str) -> forms.Widget:
    attrs = {"autocomplete": "off"}
    if key in _CLAUSES:
        attrs["data-clause"] = _CLAUSES[key]
    if key in _PRIVATE:
        attrs["data-private"] = "1"
    if key == "mobile":
        attrs["inputmode"] = "tel"
    if key == "return_batch":
        attrs["inputmode"] = "numeric"
    if key in _CHOICES:
        return forms.Select(attrs=attrs)
    if key in _DAYS:
        return forms.DateInput(attrs=attrs | {"type": "date"}, format="%Y-%m-%d")
    return forms.TextInput(attrs=attrs)


def _field(key: str) -> forms.Field:
    column = sheets.ROSTER.columns[key]
    options: dict[str, Any] = {
        "label": str(column.heading),
        "help_text": str(column.hint),
        "required": column.need == "cell",
        "widget": _widget(key),
    }
    if key in _CHOICES:
        return forms.ChoiceField(choices=[("", _("请选择")), *_CHOICES[key]], **options)
    return forms.CharField(max_length=200, **options)


class PersonForm(forms.Form):
    """One person as typed. `person` gives the checked row for `domain.roster`.

    The numbers of somebody who is on file stand there masked; a masked number means unchanged.
    """

    def __init__(
        self,
        *args: Any,
        today: date,
        row: RosterRow | None = None,
        **kwargs: Any,
    ) -> None:
        self.today, self.row = today, row
        if row is not None:
            kwargs["initial"] = self._stored(row)
        super().__init__(*args, **kwargs)
        for __, keys in _GROUPS:
            for key in keys:
                self.fields[key] = _field(key)

    @staticmethod
    def _stored(row: RosterRow) -> dict[str, Any]:
        shown = {name: getattr(row, name) for name in sheets.ROSTER_FIELDS if name not in _PRIVATE}
        return shown | {"id_number": row.id_masked, "mobile": row.mobile_masked}

    @property
    def helper(self) -> FormHelper:
        made = helper()
        made.layout = Layout(*(Fieldset(title, *keys) for title, keys in _GROUPS))
        return made

    def clean(self) -> dict[str, Any]:
        super().clean()
        given: dict[str, Any] = {key: self.cleaned_data.get(key, "") for key in self.fields}
        self._put_numbers_back(given)
        self.person, wrong = sheets.check_roster_row(given, today=self.today)
        for key, bad in wrong.items():
            if key in self.fields and key not in self.errors:
                self.add_error(
                    key,
                    _("%(wrong)s。%(right)s。") % {"wrong": bad.message, "right": bad.expected},
                )
        return self.cleaned_data

    def _put_numbers_back(self, given: dict[str, Any]) -> None:
        if self.row is None:
            return
        if given["id_number"] == self.row.id_masked:
            given["id_number"] = self.row.id_plain()
        if given["mobile"] == self.row.mobile_masked:
            given["mobile"] = self.row.mobile_plain()


class RosterFileForm(forms.Form):
    """The roster as a file. What it holds is checked when it is read."""

    file = forms.FileField(
        label=gettext_lazy("花名册文件"),
        help_text=gettext_lazy("xlsx 或 csv，20 MB 以内，最多 20,000 行。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": gettext_lazy("请先选择文件。")},
    )

    @property
    def helper(self) -> FormHelper:
        return helper()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        most = 20 * 1024 * 1024
        if upload.size > most:
            raise forms.ValidationError(_("文件超过 20 MB。请删去图片和多余的工作表后再上传。"))
        return upload
