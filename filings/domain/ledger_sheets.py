"""The ledger as a workbook: out, and in by a preview that shows every fault before it writes."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from filings import access
from filings.models import Filing, LedgerEntry, SupplyItem, User
from filings.sheets import ledger, writing
from filings.sheets import template as templates
from filings.sheets.limits import SheetRefused
from jiaozuo_portal.lib import files
from jiaozuo_portal.lib.refusals import Refused

from . import supplies, versions

#: A ledger of more lines than this is no ledger of one site.
MOST_LINES = 2000
_SALT = "filings.ledger.preview"
_GOOD_FOR_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell or an entry that cannot be taken: where, what stands there, what would be right."""

    row: int
    column: str
    heading: str
    value: str
    message: str
    expected: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the preview shows it; `again` when the ledger has the same one already."""

    number: int
    item: str
    unit: str
    direction: str
    quantity: Decimal
    on: date
    person: str
    purpose: str
    again: bool = False


@dataclass(slots=True)
class Preview:
    """What a sheet would write: nothing while there are faults. `token` brings it to `apply`."""

    lines: list[Line]
    faults: list[Fault]
    fault_count: int
    warnings: list[str]
    ignored: list[str]
    new_items: list[str] = field(default_factory=list)
    token: str = ""

    @property
    def again(self) -> int:
        """How many lines the ledger has already."""
        return sum(line.again for line in self.lines)


def template() -> bytes:
    """An empty workbook to fill in."""
    return templates.ledger_template()


def export(filing: Filing) -> bytes:
    """The ledger as a workbook: stock with days of cover, and every entry."""
    heads = versions.roster_figures(filing)["count"]
    entries = (
        LedgerEntry.objects.filter(filing=filing)
        .select_related("item", "by", "reversal")
        .order_by("on", "pk")
    )
    return writing.xlsx_bytes(
        [
            writing.OutSheet(
                _("出入库记录"),
                [
                    *(str(column.heading) for column in ledger.LEDGER_COLUMNS),
                    _("冲销的记录"),
                    _("登记人"),
                ],
                [_entry_cells(entry) for entry in entries],
            ),
            writing.OutSheet(
                _("库存"),
                [_("物资"), _("单位"), _("库存"), _("每人每日用量"), _("人数"), _("可用天数")],
                [
                    [
                        row["name"],
                        row["unit"],
                        Decimal(row["balance"]),
                        _decimal(row["daily_use_per_head"]),
                        row["heads"],
                        _decimal(row["days"]),
                    ]
                    for row in versions.supply_figures(filing, heads=heads)
                ],
            ),
        ]
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _entry_cells(entry: LedgerEntry) -> list[Any]:
    cells = {
        "item": entry.item.name,
        "unit": entry.item.unit,
        "direction": entry.get_direction_display(),
        "quantity": entry.quantity,
        "date": entry.on,
        "person": entry.person,
        "purpose": entry.purpose,
    }
    note = _("已冲销") if hasattr(entry, "reversal") else ""
    note = _("冲销记录") if entry.reverses_id else note
    return [*(cells[column.key] for column in ledger.LEDGER_COLUMNS), note, str(entry.by)]


def preview(filing: Filing, upload: Any, *, by: User, at: datetime) -> Preview:
    """Read an uploaded ledger: every fault at once, else what it would write. Writes nothing.

    Raises Refused for a file that cannot be read at all.
    """
    access.may_edit(by, filing).require()
    files.inspect(upload, allow=files.SHEETS)
    today = timezone.localtime(at).date()
    try:
        _grid, sheet = ledger.read_ledger(upload.read(), upload.name, today=today)
    except SheetRefused as refusal:
        raise Refused(str(refusal)) from None
    if len(sheet.rows) > MOST_LINES:
        raise Refused(
            _("表里有 %(count)s 条记录，一次最多导入 %(most)s 条，请分几次导入。")
            % {"count": len(sheet.rows), "most": MOST_LINES}
        )
    found = Preview(
        lines=[],
        faults=[_fault(error) for error in sheet.errors],
        fault_count=sheet.error_count,
        warnings=[str(warning) for warning in sheet.warnings],
        ignored=list(sheet.ignored),
    )
    items = {item.name: item for item in SupplyItem.objects.filter(filing=filing)}
    known = _known_entries(filing)
    for row in sheet.rows:
        _take(row, items, known, found)
    _try_out(filing, found, by=by, at=at)
    if not found.faults and found.lines:
        found.new_items = sorted({line.item for line in found.lines} - set(items))
        found.token = _sealed(filing, found.lines, by)
    return found


def _fault(error: Any) -> Fault:
    told = error.as_dict()
    return Fault(
        told["row"],
        told["column"],
        told["heading"],
        told["value"],
        told["message"],
        told["expected"],
    )


def _known_entries(filing: Filing) -> set[tuple[Any, ...]]:
    rows = LedgerEntry.objects.filter(filing=filing).values_list(
        "item__name", "direction", "quantity", "on", "person", "purpose"
    )
    return set(rows)


def _take(
    row: ledger.LedgerRow,
    items: dict[str, SupplyItem],
    known: set[tuple[Any, ...]],
    found: Preview,
) -> None:
    """Fit one read row to the ledger: its own names and units, and the lengths it can hold."""
    item = _item_of(row, items)
    name = item.name if item else row.item_name
    unit = row.unit
    if item and (not unit or ledger.unit_name(item.unit) == unit):
        unit = item.unit
    if not unit:
        heading, right = _("单位"), _("写明数量的单位，例如 只、升")
        found.faults.append(Fault(row.number, "", heading, "", _("没有写单位"), right))
        found.fault_count += 1
        return
    for heading, text, most in (
        (_("单位"), unit, 10),
        (_("经手人"), row.person, 40),
        (_("用途"), row.purpose, 120),
    ):
        if len(text) > most:
            right = _("请控制在 %(most)s 个字以内。") % {"most": most}
            found.faults.append(Fault(row.number, "", heading, text[:60], _("内容太长"), right))
            found.fault_count += 1
            return
    entry = (name, row.direction, row.quantity, row.date, row.person, row.purpose)
    found.lines.append(
        Line(
            row.number,
            name,
            unit,
            row.direction,
            row.quantity,
            row.date,
            row.person,
            row.purpose,
            entry in known,
        )
    )


def _item_of(row: ledger.LedgerRow, items: dict[str, SupplyItem]) -> SupplyItem | None:
    if row.item_name in items:
        return items[row.item_name]
    if row.item == ledger.OTHER:
        return None
    alike = [item for name, item in items.items() if ledger.item_key(name) == row.item]
    return alike[0] if len(alike) == 1 else None


def _try_out(filing: Filing, found: Preview, *, by: User, at: datetime) -> None:
    """Write and roll back: what the ledger itself refuses is a fault of the sheet as well."""
    if found.faults:
        return
    try:
        with transaction.atomic():
            supplies.import_entries(filing, _entries(found.lines), by=by, at=at)
            transaction.set_rollback(True)
    except Refused as refusal:
        found.faults.append(Fault(0, "", "", "", refusal.message, ""))
        found.fault_count += 1


def _entries(lines: list[Line], batch: uuid.UUID | None = None) -> list[supplies.NewEntry]:
    return [
        supplies.NewEntry(
            line.item,
            line.unit,
            line.direction,
            line.quantity,
            line.on,
            line.person,
            line.purpose,
            uuid.uuid5(batch, str(line.number)) if batch else None,
        )
        for line in lines
    ]


def _sealed(filing: Filing, lines: list[Line], by: User) -> str:
    """The preview as a signed text: the page carries it to `apply`, nobody can change it."""
    rows = [
        {**asdict(line), "quantity": str(line.quantity), "on": line.on.isoformat()}
        for line in lines
    ]
    told = {"filing": filing.pk, "by": by.pk, "batch": str(uuid.uuid4()), "rows": rows}
    return signing.dumps(told, salt=_SALT, compress=True)


def apply(filing: Filing, token: str, *, by: User, at: datetime) -> int:
    """Write the entries of a preview, all or none; how many. The same preview twice is once.

    Raises Refused when the preview is not this person's, is older than a day, or the ledger has
    changed so that the entries no longer fit.
    """
    try:
        told = signing.loads(token, salt=_SALT, max_age=_GOOD_FOR_SECONDS)
    except signing.BadSignature:
        raise Refused(_("预览已过期，请重新上传文件。")) from None
    if (told["filing"], told["by"]) != (filing.pk, by.pk):
        raise Refused(_("预览已过期，请重新上传文件。"))
    lines = [
        Line(
            **{
                **row,
                "quantity": Decimal(row["quantity"]),
                "on": date.fromisoformat(row["on"]),
            }
        )
        for row in told["rows"]
    ]
    batch = uuid.UUID(told["batch"])
    return len(supplies.import_entries(filing, _entries(lines, batch), by=by, at=at))
