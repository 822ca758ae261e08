"""Fields, repeating rows and sections, and the reading of what people typed into them.

A section is stored as people typed it (`data`: field name to text, list name to rows), so nothing
is lost because it was not right yet. `gaps` says what is missing or wrong, `read` gives the value
that counts, `shown` what a page shows. All are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = Promise | str

#: Kinds of field and what they hold: line/text free words, person a name, phone a mobile or
#: landline number (sealed at rest), date an ISO day, count a whole number from 0, tick yes/no,
#: choice one of `choices`.
KINDS = frozenset({"line", "text", "person", "phone", "date", "count", "tick", "choice"})

MAX_LINE = 120
MAX_TEXT = 8000
MAX_COUNT = 1_000_000
MAX_ROWS = 500

ADD_ROW = _("增加一行")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, and its word behind a 1 in languages that have another one for it."""

    many: Text
    one: Text

    def __str__(self) -> str:
        return str(self.many)


PEOPLE = Unit(_("人"), pgettext_lazy("one", "人"))
DEVICES = Unit(_("台"), pgettext_lazy("one", "台"))
ENTRANCES = Unit(_("个"), pgettext_lazy("one", "个"))


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked.

    `rule` is the row of the guide that asks for it; `must_be_yes` marks a tick that counts only
    when it says yes (a cleaning that was not done is not a cleaning).
    """

    name: str
    label: Text
    kind: str = "line"
    rule: str = ""
    hint: Text = ""
    unit: Unit | None = None
    required: bool = True
    must_be_yes: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    example: Text = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of field: {self.kind}")

    def unit_behind(self, value: str) -> str:
        """The unit as it stands behind a shown value; empty for a field without one."""
        if self.unit is None:
            return ""
        return str(self.unit.one if value == "1" else self.unit.many)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows of the same fields, such as the responsible persons."""

    name: str
    label: Text
    fields: tuple[Field, ...]
    rule: str = ""
    hint: Text = ""
    min_rows: int = 1
    add_label: Text = ADD_ROW

    def field(self, name: str) -> Field:
        """The field called `name`; KeyError when there is none."""
        return _named(self.fields, name)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together under one heading of a page."""

    title: Text
    items: tuple[Field | Rows, ...]
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or wrong.

    `path` is `field` or `list.row_id.field`: the id of the input that the message links to.
    """

    path: str
    label: Text
    message: Text
    rule: str
    wrong: bool = False


Check = Callable[[Mapping[str, Any]], Iterator[Gap]]


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the filing: its groups of fields and the checks that span several of them."""

    key: str
    title: Text
    intro: Text
    groups: tuple[Group, ...]
    checks: tuple[Check, ...] = ()
    minutes: int = 10

    def items(self) -> Iterator[Field | Rows]:
        """Every field and list, in page order."""
        for group in self.groups:
            yield from group.items

    def fields(self) -> Iterator[Field]:
        """Every single field, lists left out."""
        return (item for item in self.items() if isinstance(item, Field))

    def lists(self) -> Iterator[Rows]:
        """Every list of rows."""
        return (item for item in self.items() if isinstance(item, Rows))

    def field(self, name: str) -> Field:
        """The single field called `name`; KeyError when there is none."""
        return _named(tuple(self.fields()), name)

    def rows(self, name: str) -> Rows:
        """The list called `name`; KeyError when there is none."""
        for rows in self.lists():
            if rows.name == name:
                return rows
        raise KeyError(name)


def _named(fields: tuple[Field, ...], name: str) -> Field:
    for field in fields:
        if field.name == name:
            return field
    raise KeyError(name)


class NotReadable(ValueError):
    """A typed value that is no date, count, choice … ; the message says what would be right."""

    def __init__(self, message: Text) -> None:
        self.message = message
        super().__init__(str(message))


def read(field: Field, typed: Any) -> Any:
    """The value that `typed` stands for, or None when nothing was typed.

    Raises NotReadable with a message for the person.
    """
    if isinstance(typed, Mapping):
        typed = typed.get("masked", "")
    text = str(typed or "").strip()
    if not text:
        return None
    return _READERS[field.kind](field, text)


def _read_line(field: Field, text: str) -> str:
    if len(text) > MAX_LINE:
        raise NotReadable(_("请控制在 %(most)s 个字以内。") % {"most": MAX_LINE})
    return text


def _read_text(field: Field, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise NotReadable(_("请控制在 %(most)s 个字以内。") % {"most": MAX_TEXT})
    return text


def _read_phone(field: Field, text: str) -> str:
    digits = text.replace("*", "0").replace("-", "").replace(" ", "").lstrip("+")
    if not digits.isascii() or not digits.isdigit() or not 7 <= len(digits) <= 13:
        raise NotReadable(_("请填写手机号码或带区号的固定电话，例如 13800000000。"))
    return text


def _read_date(field: Field, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotReadable(_("请按“年-月-日”填写日期，例如 2020-03-09。")) from None
    if not date(2019, 1, 1) <= day <= date(2100, 12, 31):
        raise NotReadable(_("这个日期不合理，请核对年份。"))
    return day


def _read_count(field: Field, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) > MAX_COUNT:
        raise NotReadable(_("请填写 0 到 %(most)s 之间的整数。") % {"most": MAX_COUNT})
    return int(text)


def _read_tick(field: Field, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise NotReadable(_("请选择“是”或“否”。"))
    return text == "yes"


def _read_choice(field: Field, text: str) -> str:
    if text not in dict(field.choices):
        raise NotReadable(_("请从列出的选项中选择。"))
    return text


_READERS: dict[str, Callable[[Field, str], Any]] = {
    "line": _read_line,
    "person": _read_line,
    "text": _read_text,
    "phone": _read_phone,
    "date": _read_date,
    "count": _read_count,
    "tick": _read_tick,
    "choice": _read_choice,
}


def _field_gap(field: Field, typed: Any, path: str, label: Text | None = None) -> Gap | None:
    label = label or field.label
    try:
        value = read(field, typed)
    except NotReadable as refusal:
        return Gap(path, label, refusal.message, field.rule, wrong=True)
    if value is None and field.required:
        return Gap(path, label, _("还没有填写。"), field.rule)
    if field.must_be_yes and value is False:
        return Gap(path, label, _("这一项必须完成后才能继续。"), field.rule, wrong=True)
    return None


def _rows_gaps(rows: Rows, data: Mapping[str, Any]) -> Iterator[Gap]:
    given = data.get(rows.name) or []
    if len(given) < rows.min_rows:
        yield Gap(rows.name, rows.label, _("至少需要填写一行。"), rows.rule)
    for row in given:
        for field in rows.fields:
            path = f"{rows.name}.{row['id']}.{field.name}"
            gap = _field_gap(field, row.get(field.name), path)
            if gap:
                yield gap


def gaps(
    section: Section, data: Mapping[str, Any], among: Collection[str] | None = None
) -> list[Gap]:
    """Everything that is missing or wrong in `data`, in page order; empty when complete.

    `among` names fields and lists: what is not about one of them is left out.
    """
    found: list[Gap] = []
    for item in section.items():
        if among is not None and item.name not in among:
            continue
        if isinstance(item, Rows):
            found.extend(_rows_gaps(item, data))
            continue
        gap = _field_gap(item, data.get(item.name), item.name)
        if gap:
            found.append(gap)
    for check in section.checks:
        found.extend(check(data))
    if among is None:
        return found
    return [gap for gap in found if gap.path.split(".")[0] in among]


def _is_filled(item: Field | Rows, data: Mapping[str, Any]) -> bool:
    value = data.get(item.name)
    if isinstance(item, Rows):
        return any(row.get(field.name) for row in value or [] for field in item.fields)
    return bool(value.get("masked") if isinstance(value, Mapping) else str(value or "").strip())


def standing(section: Section, data: Mapping[str, Any]) -> str:
    """`empty`, `partly` or `complete`."""
    if not any(_is_filled(item, data) for item in section.items()):
        return "empty"
    return "partly" if gaps(section, data) else "complete"


def shown(field: Field, typed: Any) -> str:
    """What a page shows for `typed`: words for choices and ticks, the text itself otherwise."""
    if isinstance(typed, Mapping):
        return str(typed.get("masked", ""))
    text = str(typed or "").strip()
    if field.kind == "tick":
        return {"yes": str(_("是")), "no": str(_("否"))}.get(text, text)
    if field.kind == "choice":
        return str(dict(field.choices).get(text, text))
    return text


def value_of(section: Section, data: Mapping[str, Any], name: str) -> Any:
    """The read value of one field, None when it is empty or not readable."""
    try:
        return read(section.field(name), data.get(name))
    except NotReadable:
        return None


def sum_of(rows: Rows, data: Mapping[str, Any], name: str) -> int:
    """The sum of one count column over the rows, unreadable cells left out."""
    total = 0
    for row in data.get(rows.name) or []:
        try:
            total += read(rows.field(name), row.get(name)) or 0
        except NotReadable:
            continue
    return total
