"""One frozen version of a filing, with the one before it and all that lies beside it: one query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When

from filings.models import Attachment, Filing, FilingVersion, LedgerEntry
from jiaozuo_portal.lib.json_rows import Table, Together
from jiaozuo_portal.lib.pages import Page, keyset_page
from jiaozuo_portal.lib.prepared import STANDS_IN

from .acts import PERSON, TABLES, Acts, acts_from, this_filing

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


@dataclass(frozen=True, slots=True)
class Dossier:
    """A version and the one before it, the files of both, the ledger, and what was done about the
    filing. `version` is None where the filing has none of that number, `before` before the second.
    """

    acts: Acts
    version: FilingVersion | None
    before: FilingVersion | None
    files: list[Attachment]
    ledger: Ledger


def dossier_of(filing: Filing, number: int) -> Dossier:
    """Version `number` of a filing with what lies beside it. One query.

    The ledger has the newest entries first; what came after the version before is not left out for
    what is newer by date. SECURITY: not scoped, as `acts_on`: the filing has to come from
    `visible_to`.
    """
    found = _DOSSIER.read(filing.pk, number, number - 1)
    versions = {version.number: version for version in found["versions"]}
    version, before = versions.get(number), versions.get(number - 1)
    for one in versions.values():
        one.filing = filing
    return Dossier(
        acts=acts_from(filing, found),
        version=version,
        before=before,
        files=found["files"],
        ledger=_ledger(found, version, before),
    )


def entries_page(filing: Filing, number: int, *, fresh: bool, after: str) -> Page[LedgerEntry]:
    """All ledger entries of a version a page at a time, the newest first; with `fresh` those that
    the version before it did not have. Two queries.

    SECURITY: not scoped, as `dossier_of`.
    """
    versions = {"first_version" if fresh else "first_version__lte": number}
    entries = LedgerEntry.objects.filter(filing=filing, **versions).select_related("item")
    page = keyset_page(entries, order=("-on", "-pk"), after=after, size=MOST_ENTRIES)
    return replace(page, total=entries.count())


def _ledger(
    found: dict[str, Any], version: FilingVersion | None, before: FilingVersion | None
) -> Ledger:
    entries: list[LedgerEntry] = found["entries"]
    fresh = [one for one in entries if before and (one.first_version or 0) > before.number]
    return Ledger(
        items=(version.content.get("supplies") if version else None) or [],
        entries=sorted(entries, key=lambda entry: (entry.on, entry.pk), reverse=True),
        total=found["entries_total"] or 0,
        fresh=fresh,
        fresh_total=(found["fresh_total"] or 0) if before else 0,
    )


# ---------------------------------------------------------------- the query
_HERE, _NUMBER, _BEFORE = STANDS_IN


def _versions() -> Any:
    return FilingVersion.objects.filter(filing=OuterRef("pk"), number__in=(_NUMBER, _BEFORE))


def _files() -> Any:
    return Attachment.objects.in_version(_NUMBER, _BEFORE).filter(filing=OuterRef("pk"))


def _entries() -> Any:
    turn = Case(When(first_version__gt=_BEFORE, then=Value(0)), default=Value(1))
    entries = LedgerEntry.objects.filter(filing=_HERE, first_version__lte=_NUMBER)
    newest = entries.order_by(turn, "-on", "-pk")
    return LedgerEntry.objects.filter(pk__in=newest.values("pk")[:MOST_ENTRIES])


def _how_many(*conditions: Q) -> Subquery:
    entries = LedgerEntry.objects.filter(
        *conditions, filing=OuterRef("pk"), first_version__lte=_NUMBER
    )
    counted = entries.order_by().values(together=Value(1)).annotate(n=Count("pk"))
    return Subquery(counted.values("n"))


_DOSSIER = Together(
    this_filing,
    {
        **TABLES,
        "versions": Table(_versions, {"submitted_by": PERSON}, contents=True),
        "files": Table(_files),
        "entries": Table(_entries, {"item": ("name", "unit")}),
    },
    {
        "entries_total": _how_many,
        "fresh_total": lambda: _how_many(Q(first_version__gt=_BEFORE)),
    },
)
