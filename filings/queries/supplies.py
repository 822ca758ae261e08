"""The ledger's page: stock with days of cover, and the entries page by page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from filings.models import CitySetting, Filing, LedgerEntry, RosterRow, SupplyItem, User
from jiaozuo_portal.lib.pages import Page, keyset_page


@dataclass(frozen=True, slots=True)
class StockLine:
    """One supply: `days` is balance / (daily use per head x heads), None while one is unknown."""

    item: SupplyItem
    heads: int
    days: Decimal | None
    is_short: bool


@dataclass(frozen=True, slots=True)
class Stock:
    """All supplies of a filing; `floor` is the city's threshold in days, None when it is off."""

    lines: list[StockLine]
    heads: int
    floor: int | None


def stock_of(filing: Filing, user: User) -> Stock:
    """What there is and how long it lasts with the heads of the draft roster (R3.1)."""
    heads = RosterRow.objects.in_draft().visible_to(user).filter(filing=filing).count()
    floor = CitySetting.current().supplies_days_of_cover
    lines = [
        _line(item, heads, floor)
        for item in SupplyItem.objects.visible_to(user).filter(filing=filing)
    ]
    return Stock(lines, heads, floor)


def _line(item: SupplyItem, heads: int, floor: int | None) -> StockLine:
    use = item.daily_use_per_head
    days = None
    if use and heads:
        days = (item.balance / (use * heads)).quantize(Decimal("0.1"))
    return StockLine(item, heads, days, bool(floor and days is not None and days < floor))


def entries_page(filing: Filing, user: User, *, after: str | None) -> Page[LedgerEntry]:
    """The entries, the newest day first."""
    rows = (
        LedgerEntry.objects.visible_to(user)
        .filter(filing=filing)
        .select_related("item", "by", "reversal", "reverses")
    )
    return keyset_page(rows, order=("-on", "-pk"), after=after, size=50)


def entry_count(filing: Filing, user: User) -> int:
    """How many entries the ledger has."""
    return LedgerEntry.objects.visible_to(user).filter(filing=filing).count()
