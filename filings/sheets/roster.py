"""The staff roster: its columns, the check of a whole sheet, and who is fit to return.

The three answers about each employee (health, Spring Festival travel, gatherings) are the ones
that requirement R4.4 of the guide names; certificate and inspection are R4.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from . import identity, values
from .columns import CellError, Column, Headings, Table, add_error, read_table
from .limits import STANDARD, Limits
from .reading import Cell, Grid, read_grid
from .values import is_blank
from .vocabulary import (
    HEALTH_ANSWERS,
    ID_KIND_ANSWERS,
    INSPECTION_ANSWERS,
    LIST_MARK,
    NO_CERTIFICATE,
    PLACE_PATTERN,
    ROSTER_HEADINGS,
    ROSTER_HINTS,
)
from .words import BadValue, Phrase, Words

HEALTHY, SYMPTOMS, UNDER_OBSERVATION, CONFIRMED, RECOVERED = HEALTH_ANSWERS
PASS, FAIL, PENDING = INSPECTION_ANSWERS


@dataclass(slots=True)
class RosterRow:
    """One person of the roster, checked. `number` is the row of the file, from 1.

    Empty text means "not given" and is never read as "none". `health` and `inspection` hold the
    keys of HEALTH_ANSWERS and INSPECTION_ANSWERS.
    """

    number: int
    name: str
    id_kind: str
    id_number: str
    mobile: str
    workshop: str
    team: str = ""
    post: str = ""
    origin_province: str = ""
    origin_city: str = ""
    origin_county: str = ""
    coming_from: str = ""
    arrived_on: date | None = None
    health: str = ""
    travel: str = ""
    gatherings: str = ""
    certificate_no: str = ""
    certificate_on: date | None = None
    inspection: str = PENDING
    return_batch: int | None = None


ROSTER_FIELDS: tuple[str, ...] = tuple(
    field.name for field in fields(RosterRow) if field.name != "number"
)


def _certificate_no(value: Cell, today: date) -> str:
    result: str = values.text(60)(value, today)
    if values.folded_answer(result) in NO_CERTIFICATE:
        return ""
    return result


def _mobile(value: Cell, today: date) -> str:
    return identity.mobile(value)


# key: (need, parser, value of an empty cell, personal, unique)
_CHECKS: dict[str, tuple[str, values.Parser, Any, bool, bool]] = {
    "name": ("cell", values.name, "", False, True),
    "id_kind": ("optional", values.choice(ID_KIND_ANSWERS), "", False, False),
    "id_number": ("cell", identity.resident_id, "", True, True),
    "mobile": ("cell", _mobile, "", True, True),
    "workshop": ("cell", values.text(60), "", False, False),
    "team": ("column", values.text(60), "", False, False),
    "post": ("optional", values.text(60), "", False, False),
    "origin": ("optional", values.text(120), "", False, False),
    "origin_province": ("optional", values.text(40), "", False, False),
    "origin_city": ("optional", values.text(40), "", False, False),
    "origin_county": ("optional", values.text(40), "", False, False),
    "coming_from": ("optional", values.text(120), "", False, False),
    "arrived_on": ("optional", values.day_between(366, 366), None, False, False),
    "health": ("column", values.choice(HEALTH_ANSWERS), "", False, False),
    "travel": ("column", values.none_or_text(200), "", False, False),
    "gatherings": ("column", values.none_or_text(200), "", False, False),
    "certificate_no": ("optional", _certificate_no, "", False, True),
    "certificate_on": ("optional", values.day_between(366, 0), None, False, False),
    "inspection": ("optional", values.choice(INSPECTION_ANSWERS), PENDING, False, False),
    "return_batch": ("optional", values.batch, None, False, False),
}

ROSTER_COLUMNS: tuple[Column, ...] = tuple(
    Column(key, *ROSTER_HEADINGS[key], need, parse, blank, *ROSTER_HINTS[key], personal, unique)
    for key, (need, parse, blank, personal, unique) in _CHECKS.items()
)
ROSTER = Headings(ROSTER_COLUMNS)


@dataclass(slots=True)
class RosterSheet:
    """What a roster file holds. `rows` has the good rows only; apply it only when `ok`.

    `errors` are all bad cells (past 20 000 of them only `error_count` goes on), `ignored` the
    headings of columns that are not read, `missing` the wanted columns that are not there,
    `warnings` what the person should know though nothing is refused, `gaps` the rows in which an
    answer of R4.4 or the team is not given, by column key.
    """

    rows: list[RosterRow]
    errors: list[CellError]
    error_count: int
    ignored: list[str]
    missing: list[Words]
    warnings: list[Any]
    gaps: dict[str, list[int]]
    header_row: int
    row_count: int

    @property
    def ok(self) -> bool:
        """Whether the file can be applied: no error, and at least one person."""
        return self.error_count == 0 and bool(self.rows)


class HasClearance(Protocol):
    """Whatever carries a person's certificate and inspection result."""

    @property
    def certificate_no(self) -> str: ...
    @property
    def inspection(self) -> str: ...


def fit_to_return(row: HasClearance) -> bool:
    """Whether a person may return: a health certificate and a passed inspection, both (R4.1)."""
    return bool(row.certificate_no) and row.inspection == PASS


def read_roster(
    content: bytes, name: str, *, today: date, limits: Limits = STANDARD
) -> tuple[Grid, RosterSheet]:
    """The grid and the checked rows of an uploaded roster. Raises SheetRefused."""
    grid = read_grid(content, name, fits=ROSTER.fit, limits=limits)
    return grid, parse_roster(grid, today=today)


def parse_roster(grid: Grid, *, today: date) -> RosterSheet:
    """Check every cell of a roster. Raises SheetRefused when it has no header."""
    table = read_table(grid, ROSTER, today=today, skip=frozenset({"id_number"}))
    _read_ids(table, today)
    _split_origin(table)
    bad = table.errors.rows
    found = [table.values[key] for key in ROSTER_FIELDS]
    rows = [
        RosterRow(*cells)
        for cells in zip(table.numbers, *found, strict=True)
        if cells[0] not in bad
    ]
    table.errors.found.sort(key=lambda error: (error.row, len(error.column), error.column))
    _note_rest(grid, table, rows)
    return RosterSheet(
        rows,
        table.errors.found,
        table.errors.count,
        table.ignored,
        table.missing,
        table.warnings,
        table.empty,
        table.header.row + 1,
        len(table.numbers),
    )


def _read_ids(table: Table, today: date) -> None:
    """Check the id documents by their kind, and that nobody stands in the sheet twice."""
    column = ROSTER.columns["id_number"]
    place = table.header.places.get("id_number")
    if place is None:
        return
    kinds = table.values["id_kind"]
    numbers: list[str] = []
    chosen: list[str] = []
    first_seen: dict[str, int] = {}
    for index, row in enumerate(table.cells):
        cell, kind = row[place], kinds[index]
        number = ""
        try:
            if is_blank(cell):
                raise BadValue(_("这一格没有填写"), column.hint)
            values.refuse_fault(cell)
            kind, number = identity.id_document(cell, kind, today)
            _refuse_second(first_seen, number, table.numbers[index])
        except BadValue as bad:
            add_error(table, index, column, cell, bad)
        numbers.append(number)
        chosen.append(kind)
    table.values["id_number"], table.values["id_kind"] = numbers, chosen


def _refuse_second(first_seen: dict[str, int], number: str, row: int) -> None:
    first = first_seen.setdefault(number, row)
    if first != row:
        raise BadValue(
            Phrase(_("与第 %(row)s 行是同一个证件号码，同一个人填了两次"), row=first),
            Phrase(_("保留第 %(first)s 行和第 %(second)s 行中的一行"), first=first, second=row),
        )


_ORIGIN = re.compile(PLACE_PATTERN).fullmatch


def split_place(text: str) -> tuple[str, str, str]:
    """Province, city and county of a place written in one: 河南省焦作市解放区.

    What cannot be told stays with the county, so that nothing is lost.
    """
    found = _ORIGIN(text.replace(" ", ""))
    if found is None:
        return "", "", text
    return found["province"] or "", found["city"] or "", found["county"] or ""


def _split_origin(table: Table) -> None:
    """Use the single column of the home place where the three separate ones are not there."""
    whole = table.values.pop("origin")
    if "origin" not in table.header.places or "origin_province" in table.header.places:
        return
    known = {text: split_place(text) for text in set(whole)}
    parts = [known[text] for text in whole]
    for place, key in enumerate(("origin_province", "origin_city", "origin_county")):
        if key not in table.header.places:
            table.values[key] = [part[place][:40] for part in parts]


def _note_rest(grid: Grid, table: Table, rows: Sequence[RosterRow]) -> None:
    """Add the notes that refuse nothing."""
    if grid.passed_over:
        table.warnings.append(
            Phrase(
                _("只读取了工作表“%(sheet)s”，没有读取：%(others)s。"),
                sheet=grid.sheet,
                others=LIST_MARK.join(grid.passed_over[:5]),
            )
        )
    for key, numbers in table.empty.items():
        table.warnings.append(
            Phrase(
                _("“%(heading)s”有 %(count)s 行没有填写（例如第 %(row)s 行），提交备案前须补齐。"),
                heading=ROSTER.columns[key].heading,
                count=len(numbers),
                row=numbers[0],
            )
        )
    _note_shared_mobiles(table, rows)
    if not table.numbers:
        table.warnings.append(_("表头下面没有任何人员。请填写后再上传。"))


def _note_shared_mobiles(table: Table, rows: Sequence[RosterRow]) -> None:
    first: dict[str, int] = {}
    shared = []
    for row in rows:
        earlier = first.setdefault(row.mobile, row.number)
        if earlier != row.number:
            shared.append((earlier, row.number))
    if shared:
        table.warnings.append(
            Phrase(
                _("有 %(count)s 行的手机号与别的行相同，例如第 %(first)s 行和第 %(second)s 行。"),
                count=len(shared),
                first=shared[0][0],
                second=shared[0][1],
            )
        )


def check_roster_row(
    given: dict[str, Any], *, today: date
) -> tuple[RosterRow, dict[str, BadValue]]:
    """One person typed into the page, checked by the rules of the import.

    `given` maps the keys of ROSTER_FIELDS to text. Gives the row (bad values as blanks) and the
    bad values by key.
    """
    wrong: dict[str, BadValue] = {}
    result: dict[str, Any] = {}
    for column in ROSTER_COLUMNS:
        if column.key in {"origin", "id_number"}:
            continue
        result[column.key] = _typed(column, given.get(column.key, ""), today, wrong)
    kind = result["id_kind"]
    try:
        cell = given.get("id_number", "")
        if is_blank(cell):
            raise BadValue(_("这一格没有填写"), ROSTER.columns["id_number"].hint)
        result["id_kind"], result["id_number"] = identity.id_document(cell, kind, today)
    except BadValue as bad:
        wrong["id_number"], result["id_number"] = bad, ""
    return RosterRow(number=0, **result), wrong


def _typed(column: Column, value: Any, today: date, wrong: dict[str, BadValue]) -> Any:
    if is_blank(value):
        if column.need == "cell":
            wrong[column.key] = BadValue(_("这一格没有填写"), column.hint)
        return column.blank
    try:
        return column.parse(value, today)
    except BadValue as bad:
        wrong[column.key] = bad
        return column.blank
