"""The ledger never goes below zero and is never edited."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from filings.domain import supplies, versions
from filings.models import LedgerEntry, SupplyItem
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing):
    return make.owner_of(filing.enterprise)


@pytest.fixture
def masks(filing, owner):
    return supplies.add_item(
        filing, name="口罩", unit="只", daily_use_per_head=Decimal(2), by=owner
    )


def enter(item, owner, direction, quantity, on=TODAY, **more):
    return supplies.record_entry(
        item,
        direction=direction,
        quantity=Decimal(quantity),
        on=on,
        person="孙",
        purpose="使用",
        by=owner,
        at=NOW,
        **more,
    )


def balance(item):
    return SupplyItem.objects.get(pk=item.pk).balance


def test_in_and_out_make_the_balance(masks, owner):
    enter(masks, owner, "in", 100)
    enter(masks, owner, "out", 30)

    assert balance(masks) == 70


@pytest.mark.parametrize(("out", "refused"), [(99, False), (100, False), (101, True)])
def test_the_balance_never_falls_below_zero(masks, owner, out, refused):
    enter(masks, owner, "in", 100)

    if refused:
        with pytest.raises(Refused) as refusal:
            enter(masks, owner, "out", out)
        assert refusal.value.rule == "R3.2"
    else:
        enter(masks, owner, "out", out)

    assert balance(masks) == (100 if refused else 100 - out)


def test_nor_on_a_day_in_the_past(masks, owner):
    enter(masks, owner, "in", 100)

    with pytest.raises(Refused):
        enter(masks, owner, "out", 1, on=TODAY - timedelta(days=1))


def test_the_database_refuses_a_negative_balance_too(masks):
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplyItem.objects.filter(pk=masks.pk).update(balance=-1)


def test_a_day_ahead_is_refused(masks, owner):
    with pytest.raises(Refused):
        enter(masks, owner, "in", 1, on=TODAY + timedelta(days=1))


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_and_less_is_refused(masks, owner, quantity):
    with pytest.raises(Refused):
        enter(masks, owner, "in", quantity)


def test_a_reversal_is_an_opposite_entry_and_leaves_the_first_alone(masks, owner):
    first = enter(masks, owner, "in", 100)

    reversal = supplies.reverse_entry(first, by=owner, at=NOW, reason="数量记错")

    assert (reversal.direction, reversal.quantity, reversal.reverses) == ("out", 100, first)
    assert balance(masks) == 0
    assert LedgerEntry.objects.count() == 2


def test_an_entry_is_reversed_once_and_a_reversal_never(masks, owner):
    first = enter(masks, owner, "in", 100)
    reversal = supplies.reverse_entry(first, by=owner, at=NOW, reason="数量记错")

    for entry in (first, reversal):
        with pytest.raises(Refused):
            supplies.reverse_entry(entry, by=owner, at=NOW, reason="再来")


def test_stock_that_is_used_up_cannot_be_reversed(masks, owner):
    first = enter(masks, owner, "in", 100)
    enter(masks, owner, "out", 60)

    with pytest.raises(Refused):
        supplies.reverse_entry(first, by=owner, at=NOW, reason="数量记错")


def test_the_same_key_twice_makes_one_entry(masks, owner):
    key = make.uuid.uuid4()

    enter(masks, owner, "in", 5, key=key)
    enter(masks, owner, "in", 5, key=key)

    assert balance(masks) == 5


def test_the_unit_is_fixed_once_there_are_entries(masks, owner):
    enter(masks, owner, "in", 5)

    with pytest.raises(Refused):
        supplies.change_item(masks, unit="盒", daily_use_per_head=None, by=owner)


def test_cover_is_balance_by_daily_use_and_heads(masks, owner):
    enter(masks, owner, "in", 100)
    masks.refresh_from_db()

    shown = versions.cover(masks, heads=8)

    assert (shown["days"], shown["daily_use_per_head"], shown["heads"]) == ("6.2", "2.000", 8)


@pytest.mark.parametrize(("use", "heads"), [(None, 8), (Decimal(2), 0)])
def test_unknown_use_or_heads_give_no_number(masks, use, heads):
    masks.daily_use_per_head = use

    assert versions.cover(masks, heads=heads)["days"] is None


def test_an_import_writes_all_rows_or_none(filing, owner):
    rows = [
        supplies.NewEntry("消毒液", "升", "in", Decimal(20), TODAY, "孙", "采购"),
        supplies.NewEntry("消毒液", "升", "out", Decimal(21), TODAY, "孙", "车间"),
    ]

    with pytest.raises(Refused) as refusal:
        supplies.import_entries(filing, rows, by=owner, at=NOW)

    assert refusal.value.message.startswith("第 2 条")
    assert not SupplyItem.objects.exists()


def test_a_stranger_writes_nothing(masks):
    stranger = make.owner_of(make.firm())

    with pytest.raises(NotAllowed):
        enter(masks, stranger, "in", 1)


def test_dates_count_in_the_zone_of_the_city(masks, owner):
    late = NOW.replace(hour=0, minute=30)

    entry = supplies.record_entry(
        masks,
        direction="in",
        quantity=Decimal(1),
        on=date(2020, 3, 2),
        person="孙",
        purpose="夜班",
        by=owner,
        at=late.astimezone(make.ZoneInfo("UTC")),
    )

    assert entry.on == date(2020, 3, 2)
