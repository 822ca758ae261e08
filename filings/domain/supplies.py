"""The supplies ledger (R3.1, R3.2): in, out and reversal; never negative, never edited."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from filings import access
from filings.models import Filing, LedgerEntry, SupplyItem, User
from jiaozuo_portal.lib.refusals import Refused


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as it comes from a form or a sheet. `quantity` in the item's unit, above zero.

    `key` makes writing the same sheet twice harmless.
    """

    item: str
    unit: str
    direction: str
    quantity: Decimal
    on: date
    person: str
    purpose: str
    key: uuid.UUID | None = None


def plain(number: Decimal) -> str:
    """The number without trailing zeros and without an exponent: 1000.000 is 1000."""
    return format(number.normalize(), "f")


def add_item(
    filing: Filing,
    *,
    name: str,
    unit: str,
    daily_use_per_head: Decimal | None = None,
    by: User,
) -> SupplyItem:
    """A kind of supply; the same name again is refused."""
    access.may_edit(by, filing).require()
    if SupplyItem.objects.filter(filing=filing, name=name.strip()).exists():
        raise Refused(_("台账里已经有“%(name)s”。") % {"name": name.strip()})
    return SupplyItem.objects.create(
        filing=filing, name=name.strip(), unit=unit.strip(), daily_use_per_head=daily_use_per_head
    )


def change_item(
    item: SupplyItem, *, unit: str, daily_use_per_head: Decimal | None, by: User
) -> SupplyItem:
    """Change unit or daily use. The unit is fixed once there are entries in it."""
    access.may_edit(by, item.filing).require()
    if unit.strip() != item.unit and item.entries.exists():
        raise Refused(_("已有记录的物资不能改单位，请新增一种物资。"), rule="R3.2")
    item.unit, item.daily_use_per_head = unit.strip(), daily_use_per_head
    item.save(update_fields=["unit", "daily_use_per_head"])
    return item


def _locked_item(item: SupplyItem) -> SupplyItem:
    return (
        SupplyItem.objects.select_for_update(of=("self",)).select_related("filing").get(pk=item.pk)
    )


def _lowest_balance(item: SupplyItem, changes: list[tuple[date, Decimal]]) -> Decimal:
    """The lowest end-of-day balance with `changes` (day, signed quantity) added."""
    days: dict[date, Decimal] = {}
    for entry in item.entries.all():
        days[entry.on] = days.get(entry.on, Decimal(0)) + entry.signed
    for day, quantity in changes:
        days[day] = days.get(day, Decimal(0)) + quantity
    lowest = running = Decimal(0)
    for day in sorted(days):
        running += days[day]
        lowest = min(lowest, running)
    return lowest


def _require_stock(item: SupplyItem, changes: list[tuple[date, Decimal]]) -> None:
    lowest = _lowest_balance(item, changes)
    if lowest < 0:
        raise Refused(
            _("“%(item)s”的库存不够：现有 %(balance)s %(unit)s，会出现 %(lowest)s 的负数。")
            % {
                "item": item.name,
                "balance": plain(item.balance),
                "unit": item.unit,
                "lowest": plain(lowest),
            },
            rule="R3.2",
        )


def record_entry(
    item: SupplyItem,
    *,
    direction: str,
    quantity: Decimal,
    on: date,
    person: str,
    purpose: str,
    by: User,
    at: datetime,
    key: uuid.UUID | None = None,
) -> LedgerEntry:
    """Write one entry. `quantity` in the item's unit, above zero, at most three decimals.

    Raises Refused when the balance of any day would fall below zero, or the day lies ahead. `key`
    makes a second press harmless.
    """
    with transaction.atomic():
        item = _locked_item(item)
        access.may_edit(by, item.filing).require()
        key = key or uuid.uuid4()
        written = LedgerEntry.objects.filter(entry_key=key, item=item).first()
        if written:
            return written
        entry = LedgerEntry(
            filing=item.filing,
            item=item,
            direction=direction,
            quantity=quantity,
            on=on,
            person=person.strip(),
            purpose=purpose.strip(),
            entry_key=key,
            by=by,
            recorded_at=at,
        )
        _require_sound(entry, at)
        _require_stock(item, [(on, entry.signed)])
        entry.save()
        item.balance += entry.signed
        item.save(update_fields=["balance"])
    return entry


def _require_sound(entry: LedgerEntry, at: datetime) -> None:
    if entry.quantity <= 0:
        raise Refused(_("数量要大于 0。"), rule="R3.2")
    if entry.on > timezone.localtime(at).date():
        raise Refused(_("日期不能晚于今天。"), rule="R3.2")


def reverse_entry(
    entry: LedgerEntry, *, by: User, at: datetime, reason: str, key: uuid.UUID | None = None
) -> LedgerEntry:
    """Reverse an entry with an opposite one of the same day; the first one stays as it is.

    Raises Refused when it was reversed before, is itself a reversal, or its stock is used up.
    """
    with transaction.atomic():
        item = _locked_item(entry.item)
        access.may_edit(by, item.filing).require()
        if entry.reverses_id:
            raise Refused(_("冲销记录不能再冲销。"), rule="R3.2")
        if LedgerEntry.objects.filter(reverses=entry).exists():
            raise Refused(_("这条记录已经冲销过。"), rule="R3.2")
        if not reason.strip():
            raise Refused(_("请写明冲销的理由。"), rule="R3.2")
        opposite = LedgerEntry.Direction.IN
        if entry.direction == LedgerEntry.Direction.IN:
            opposite = LedgerEntry.Direction.OUT
        _require_stock(item, [(entry.on, -entry.signed)])
        reversal = LedgerEntry.objects.create(
            filing=item.filing,
            item=item,
            direction=opposite,
            quantity=entry.quantity,
            on=entry.on,
            person=entry.person,
            purpose=reason.strip(),
            reverses=entry,
            entry_key=key or uuid.uuid4(),
            by=by,
            recorded_at=at,
        )
        item.balance += reversal.signed
        item.save(update_fields=["balance"])
    return reversal


def import_entries(
    filing: Filing, rows: Iterable[NewEntry], *, by: User, at: datetime
) -> list[LedgerEntry]:
    """Write the entries of a sheet, all or none; items that are new are made.

    What comes in is written before what goes out, so the order of the lines decides nothing.
    Raises Refused for the first entry that the ledger cannot take, naming its line.
    """
    access.may_edit(by, filing).require()
    written = []
    with transaction.atomic():
        items = {item.name: item for item in SupplyItem.objects.filter(filing=filing)}
        numbered = enumerate(rows, start=1)
        for line, row in sorted(numbered, key=lambda pair: pair[1].direction != "in"):
            item = items.get(row.item)
            if item is None:
                item = items[row.item] = add_item(filing, name=row.item, unit=row.unit, by=by)
            if item.unit != row.unit:
                raise Refused(
                    _("第 %(line)s 条：“%(item)s”在台账里的单位是“%(unit)s”。")
                    % {"line": line, "item": row.item, "unit": item.unit}
                )
            try:
                written.append(
                    record_entry(
                        item,
                        direction=row.direction,
                        quantity=row.quantity,
                        on=row.on,
                        person=row.person,
                        purpose=row.purpose,
                        by=by,
                        at=at,
                        key=row.key,
                    )
                )
            except Refused as refusal:
                raise Refused(
                    _("第 %(line)s 条：%(why)s") % {"line": line, "why": refusal.message},
                    rule=refusal.rule,
                ) from None
    return written
