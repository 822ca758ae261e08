"""The form of a section, made from its specification in `filings.sections`.

A section is saved as it was typed, so its form refuses nothing: what is wrong or missing is said
beside the field by the gaps that the caller hands in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from crispy_forms.layout import Field as Place
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.domain.drafts import mark_of
from filings.models import SectionDraft
from filings.queries.filing import Note
from filings.sections import Field, Gap, Rows, Section
from filings.sections.spec import MAX_LINE

_ROW_PATH = re.compile(r"([a-z_]+)\.([0-9a-f]{12})\.([a-z_]+)")

#: How wide the control of a kind is.
_WIDTHS = {
    "count": "field-short",
    "date": "field-short",
    "phone": "field-middle",
    "person": "field-middle",
    "choice": "field-middle",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: its id, its number on the page, and its bound fields."""

    id: str
    number: int
    fields: list[forms.BoundField]
    remove_url: str


def typed(stored: Any) -> str:
    """A stored value as its input shows it: a sealed phone number masked."""
    return str(stored.get("masked", "")) if isinstance(stored, Mapping) else str(stored or "")


def paths_of(section: Section, data: Mapping[str, Any]) -> Iterable[tuple[str, Field, Any]]:
    """Every input of a section with its path, its specification and what is stored."""
    for item in section.items():
        if isinstance(item, Field):
            yield item.name, item, data.get(item.name)
            continue
        for row in data.get(item.name) or []:
            for field in item.fields:
                yield f"{item.name}.{row['id']}.{field.name}", field, row.get(field.name)


class SectionForm(forms.Form):
    """All inputs of a section. Field names are paths: `field` or `list.row_id.field`."""

    #: Nothing is demanded while typing; 选填 is said by the field itself.
    saves_partly = True

    def __init__(
        self,
        section: Section,
        draft: SectionDraft,
        *,
        gaps: Iterable[Gap] = (),
        notes: Mapping[str, list[Note]] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """`gaps` stand beside their fields as errors, `notes` maps paths to corrections, `extra`
        maps paths to texts that are shown instead of the stored ones."""
        self.section = section
        self.draft = draft
        self.gaps = list(gaps)
        self.corrections = dict(notes or {})
        shown = {path: typed(stored) for path, _field, stored in paths_of(section, draft.data)}
        super().__init__(data={**shown, **(extra or {})})
        self.marks = json.dumps({path: mark_of(text) for path, text in shown.items() if text})
        for path, field, stored in paths_of(section, draft.data):
            self.fields[path] = _input(field, typed(stored), in_row="." in path)
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.template = "filings/section/_form.html"
        helper.layout = Layout(
            *(
                Fieldset(str(group.title), *(self._place(item) for item in group.items))
                for group in self.section.groups
            )
        )
        return helper

    def _place(self, item: Field | Rows) -> Any:
        if isinstance(item, Rows):
            return ListPlace(item)
        if item.kind == "tick":
            return InlineChoices(item.name)
        return Place(item.name, wrapper_class=_WIDTHS.get(item.kind, ""))

    def clean(self) -> dict[str, Any]:
        """Put the gaps beside their fields; those of a whole list are shown at the list."""
        for gap in self.gaps:
            if gap.path in self.fields:
                self.add_error(gap.path, str(gap.message))
        return self.cleaned_data

    def gaps_of_list(self, name: str) -> list[str]:
        """What is wrong with a list as a whole."""
        return [str(gap.message) for gap in self.gaps if gap.path == name]

    def rows(self, spec: Rows) -> list[Row]:
        """The rows of a list, ready to be shown."""
        return [
            self.row(spec, row["id"], number)
            for number, row in enumerate(self.draft.data.get(spec.name) or [], start=1)
        ]

    def row(self, spec: Rows, row_id: str, number: int) -> Row:
        """One row of a list."""
        place = [self.draft.filing_id, self.section.key, spec.name, row_id]
        return Row(
            row_id,
            number,
            [self[f"{spec.name}.{row_id}.{field.name}"] for field in spec.fields],
            reverse("row_remove", args=place),
        )


class InlineChoices(Place):
    """Yes and no stand side by side."""

    def render(self, form: Any, context: Any, *args: Any, **options: Any) -> str:
        """As the parent, with the choices in one line."""
        extra = {**(options.pop("extra_context", None) or {}), "inline_class": "choices-row"}
        return super().render(form, context, *args, extra_context=extra, **options)


class ListPlace(HTML):
    """A list of rows of a section in a crispy layout."""

    def __init__(self, spec: Rows) -> None:
        self.spec = spec
        super().__init__('{% include "filings/section/_rows.html" %}')

    def render(self, form: Any, context: Any, *args: Any, **options: Any) -> str:
        """The list with its rows and its buttons."""
        place = [form.draft.filing_id, form.section.key, self.spec.name]
        with context.push(
            {
                "spec": self.spec,
                "rows": form.rows(self.spec),
                "errors": form.gaps_of_list(self.spec.name),
                "notes": form.corrections.get(self.spec.name, []),
                "add_url": reverse("row_add", args=place),
            }
        ):
            return super().render(form, context, *args, **options)


def _input(field: Field, text: str, *, in_row: bool) -> forms.Field:
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if field.unit:
        attrs["data-unit"] = str(field.unit)
    if field.rule and not in_row:
        attrs["data-clause"] = _("指南 %(rule)s") % {"rule": field.rule}
    if not field.required:
        attrs["data-optional"] = "1"
    if field.kind in {"phone", "person"}:
        attrs["data-private"] = "1"
    hint = str(field.hint)
    if field.example:
        hint = _("%(hint)s例如：%(example)s") % {"hint": hint, "example": field.example}
    common: dict[str, Any] = {
        "label": str(field.label),
        "help_text": hint,
        "required": False,
    }
    if field.kind in {"tick", "choice"}:
        return _choice(field, attrs, common, in_row=in_row)
    return forms.CharField(strip=False, widget=_widget(field, text, attrs), **common)


def _choice(
    field: Field, attrs: dict[str, Any], common: dict[str, Any], *, in_row: bool
) -> forms.Field:
    choices = field.choices or (("yes", _("是")), ("no", _("否")))
    if field.kind == "tick" and not in_row:
        return AnyChoice(choices=choices, widget=forms.RadioSelect(attrs=attrs), **common)
    given = [("", _("请选择")), *choices]
    return AnyChoice(choices=given, widget=forms.Select(attrs=attrs), **common)


class AnyChoice(forms.ChoiceField):
    """A choice that judges nothing: what may stand there is a matter of the section's gaps."""

    def valid_value(self, value: Any) -> bool:
        """Every value was saved as it came, and its gap says what is wrong with it."""
        return True


def _widget(field: Field, text: str, attrs: dict[str, Any]) -> forms.Widget:
    if field.kind == "text":
        return forms.Textarea(attrs={**attrs, "rows": 4})
    attrs["maxlength"] = MAX_LINE
    if field.kind == "count":
        attrs |= {"inputmode": "numeric", "maxlength": 12}
    if field.kind == "phone":
        attrs |= {"type": "tel", "inputmode": "tel", "maxlength": 20}
    if field.kind == "date" and _fits_date_input(text):
        attrs["type"] = "date"
    return forms.TextInput(attrs=attrs)


def _fits_date_input(text: str) -> bool:
    """A native date input would show a date that can't be read as empty, and lose it."""
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def posted_values(section: Section, post: QueryDict) -> dict[str, str]:
    """The texts that a posted page of this section carries, by path; what is unknown is left."""
    single = {field.name for field in section.fields()}
    lists = {rows.name: {field.name for field in rows.fields} for rows in section.lists()}
    values = {}
    for path in post:
        match = _ROW_PATH.fullmatch(path)
        in_row = match is not None and match[3] in lists.get(match[1], ())
        if in_row or path in single:
            values[path] = str(post[path])
    return values


def posted_marks(post: QueryDict) -> dict[str, str]:
    """The marks of what the page showed when it was loaded; {} when they cannot be read."""
    try:
        marks = json.loads(post.get("marks", ""))
    except ValueError:
        return {}
    if not isinstance(marks, dict):
        return {}
    return {str(path): str(mark) for path, mark in marks.items()}
