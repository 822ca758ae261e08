"""The ledger of a version, for those who review it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, Value, When, Window

from filings.models import Filing, FilingVersion, LedgerEntry

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a version: balances with cover as frozen, and its latest entries.

    `fresh` are those of the entries that the version before did not have, in the order in which
    they were recorded; `total` and `fresh_total` count also what is not among them.
    """

    items: list[dict[str, Any]]
    entries: list[LedgerEntry]
    total: int
    fresh: list[LedgerEntry]
    fresh_total: int


def ledger_page(filing: Filing, version: FilingVersion, *, since: int | None) -> Ledger:
    """The balances as frozen, and the latest entries of the version, the newest first. One query.

    `since` is the version that it is compared with: what came after it is not left out for what is
    newer by date. None where there is no such version.
    """
    entries = LedgerEntry.objects.filter(filing=filing, first_version__lte=version.number)
    is_fresh = Q(first_version__gt=version.number if since is None else since)
    counted = entries.annotate(
        turn=Case(When(is_fresh, then=Value(0)), default=Value(1)),
        total=Window(Count("pk")),
        fresh_total=Window(Count("pk", filter=is_fresh)),
    )
    found = list(counted.select_related("item").order_by("turn", "-on", "-pk")[:MOST_ENTRIES])
    return Ledger(
        items=version.content.get("supplies") or [],
        entries=sorted(found, key=lambda entry: (entry.on, entry.pk), reverse=True),
        total=found[0].total if found else 0,
        fresh=sorted((one for one in found if one.turn == 0), key=lambda entry: entry.pk),
        fresh_total=found[0].fresh_total if found else 0,
    )
