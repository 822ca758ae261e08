"""Official lists as spreadsheets: the template, reading with every bad cell named, and export."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from filings.public import (
    BadValue,
    OutSheet,
    folded_answer,
    is_blank,
    read_grid,
    text_of,
    uscc,
    whole_date,
    xlsx_bytes,
)
from jiaozuo_portal.lib.punctuation import listed
from policies.models import ListEntry

from .kept import Line

#: More rows than these are several files.
MOST_ROWS = 5000
_WIDTHS = {0: 24, 1: 34, 2: 14, 3: 14, 4: 34, 5: 14}


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad cell: where it is, what stood there, what is wrong and what would be right."""

    row: int
    column: str
    heading: str
    value: str
    message: str
    expected: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: lines to write, or everything that is wrong with it."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def _text(most: int) -> Callable[[Any], str]:
    def parse(cell: Any) -> str:
        text = text_of(cell) if isinstance(cell, str) else str(cell)
        if len(text) > most:
            raise BadValue(_("内容过长"), _("最多 %(most)s 个字") % {"most": most})
        return text

    return parse


#: Field, heading, other headings, whether it must be filled in, how a cell is read.
_COLUMNS: tuple[tuple[str, Any, str, bool, Callable[[Any], Any]], ...] = (
    ("uscc", gettext_lazy("统一社会信用代码"), "uscc|code", True, uscc),
    ("name", gettext_lazy("企业名称"), "name|enterprise", True, _text(100)),
    ("valid_from", gettext_lazy("列入日期"), "from", True, whole_date),
    ("valid_until", gettext_lazy("有效期至"), "until", False, whole_date),
    ("source", gettext_lazy("依据文件"), "source|document", True, _text(200)),
    ("source_date", gettext_lazy("文件日期"), "date", True, whole_date),
)


def template() -> bytes:
    """An empty workbook with the headings and how to fill them in."""
    hints = (
        _("18 位，和营业执照一致"),
        _("和营业执照一致"),
        _("例如 2020-02-20"),
        _("没有期限的留空；退出名单的填最后一天"),
        _("公布名单的文件名称或文号"),
        _("例如 2020-02-18"),
    )
    headings = [str(column[1]) for column in _COLUMNS]
    explained = list(zip(headings, hints, strict=True))
    return xlsx_bytes(
        [
            OutSheet(_("名单"), headings, [], _WIDTHS),
            OutSheet(_("填写说明"), [_("列名"), _("怎样填写")], explained, {0: 24, 1: 50}),
        ]
    )


def export(title: str, entries: Iterable[ListEntry]) -> bytes:
    """The entries as a workbook that can be read in again."""
    rows = ([getattr(entry, column[0]) or "" for column in _COLUMNS] for entry in entries)
    return xlsx_bytes([OutSheet(title, [str(column[1]) for column in _COLUMNS], rows, _WIDTHS)])


def read_list(content: bytes, name: str) -> Sheet:
    """The lines of an uploaded file, or every fault in it. Raises SheetRefused for no table."""
    grid = read_grid(content, name, fits=lambda rows: _head(rows) is not None)
    at = _head(grid.rows[:10])
    if at is None:
        wanted = listed(column[1] for column in _COLUMNS if column[3])
        return Sheet((), (Fault(1, "", "", "", _("没有找到表头"), wanted),))
    places = _places(grid.rows[at])
    rows = [
        (number, row)
        for number, row in enumerate(grid.rows[at + 1 :], at + 2)
        if not all(is_blank(cell) for cell in row)
    ]
    if not rows:
        return Sheet((), (Fault(at + 2, "", "", "", _("表里没有企业"), _("每家企业一行")),))
    if len(rows) > MOST_ROWS:
        most = _("最多 %(most)s 行，请分成几个文件") % {"most": MOST_ROWS}
        return Sheet((), (Fault(rows[MOST_ROWS][0], "", "", "", _("行数太多"), most),))
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        values, wrong = _read(number, row, places)
        if not wrong:
            wrong = _together(number, values, places, seen)
        faults += wrong
        if not wrong:
            lines.append(Line(**values))
    return Sheet(() if faults else tuple(lines), tuple(faults))


def _head(rows: Iterable[Any]) -> int | None:
    """Where the headings stand: the first row that names every needed column."""
    needed = {column[0] for column in _COLUMNS if column[3]}
    for at, row in enumerate(rows):
        if needed <= _places(row).keys():
            return at
    return None


def _places(row: Iterable[Any]) -> dict[str, int]:
    known: dict[str, str] = {}
    for key, heading, others, _needed, _parse in _COLUMNS:
        known |= {folded_answer(form): key for form in (str(heading), key, *others.split("|"))}
        known[folded_answer(_in_chinese(heading))] = key
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        named = known.get(folded_answer(re.sub(r"\*$", "", str(cell).strip())))
        if named:
            found.setdefault(named, place)
    return found


def _in_chinese(heading: Any) -> str:
    """The heading in the source language: a file is read whatever language it was made in."""
    with override("zh-hans"):
        return str(heading)


def _read(number: int, row: Any, places: dict[str, int]) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for key, heading, _others, needed, parse in _COLUMNS:
        place = places.get(key)
        cell = row[place] if place is not None and place < len(row) else ""
        try:
            if is_blank(cell):
                if needed:
                    raise BadValue(_("没有填写"), _("每家企业都要填"))
                values[key] = None
            else:
                values[key] = parse(cell)
        except BadValue as bad:
            faults.append(
                Fault(
                    number,
                    _letter(place),
                    str(heading),
                    str(cell)[:60],
                    str(bad.message),
                    str(bad.expected),
                )
            )
    return values, faults


def _together(
    number: int, values: dict[str, Any], places: dict[str, int], seen: dict[str, int]
) -> list[Fault]:
    code, last = values["uscc"], values["valid_until"]
    if code in seen:
        said = _("和第 %(row)s 行是同一家企业") % {"row": seen[code]}
        return [_fault(number, "uscc", places, code, said, _("每家企业只留一行"))]
    seen[code] = number
    if last is not None and last < values["valid_from"]:
        right = _("不早于列入日期 %(day)s") % {"day": values["valid_from"].isoformat()}
        return [_fault(number, "valid_until", places, last.isoformat(), _("早于列入日期"), right)]
    return []


def _fault(
    number: int, key: str, places: dict[str, int], value: str, said: str, right: str
) -> Fault:
    heading = next(str(column[1]) for column in _COLUMNS if column[0] == key)
    return Fault(number, _letter(places.get(key)), heading, value, said, right)


def _letter(place: int | None) -> str:
    """The letter of a column; a list has no more than 26 that are read."""
    return chr(ord("A") + place) if place is not None and place < 26 else ""


def carried(lines: Iterable[Line]) -> list[list[Any]]:
    """Lines as plain JSON, to be carried by the page between preview and writing."""
    return [
        [
            line.uscc,
            line.name,
            line.valid_from.isoformat(),
            line.valid_until.isoformat() if line.valid_until else None,
            line.source,
            line.source_date.isoformat(),
        ]
        for line in lines
    ]


def uncarried(rows: Iterable[list[Any]]) -> tuple[Line, ...]:
    """The lines again."""
    day = date.fromisoformat
    return tuple(
        Line(code, name, day(first), day(last) if last else None, source, day(dated))
        for code, name, first, last, source, dated in rows
    )
