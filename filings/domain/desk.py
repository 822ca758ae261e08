"""The entries of the desk's lists: made from a filing whenever something of it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from filings import gates
from filings.models import Decision, DeskEntry, Enterprise, Filing, PreStartReport, Receipt
from filings.models.desk import NEVER
from filings.provinces import by_province
from filings.size import size_of
from filings.states import GateSet, State

from . import desk_counts, timing, versions

_ASKED_TO_START = frozenset({State.APPROVED, State.READY})
_ENDED = frozenset({State.WITHDRAWN, State.REVOKED, State.STARTED, State.SUSPENDED})


def refresh_entry(filing: Filing) -> DeskEntry:
    """Write the entry of a filing anew, in the caller's transaction and under the filing's lock."""
    content = versions.content_of(filing)
    last = Receipt.objects.filter(filing=filing).order_by("-version").first()
    entry = entry_of(
        filing,
        content,
        returns=Decision.objects.filter(filing=filing, kind="return").count(),
        number=last.number if last else "",
        prestart=_prestart(filing),
    )
    before = desk_counts.kept_bucket(filing.pk)
    entry.save()
    desk_counts.count_move(before, desk_counts.bucket_of(entry))
    return entry


def refresh_entries_of(enterprise: Enterprise) -> None:
    """The entries of all filings of an enterprise, after its profile has changed."""
    for filing in Filing.objects.filter(enterprise=enterprise).select_related(
        "enterprise", "site", "district", "zone"
    ):
        refresh_entry(filing)


def rebuild_entries() -> int:
    """Write the entries of all filings anew, each under its filing's lock; how many there are.

    Their time limits are worked out again from clock and pauses.
    """
    keys = list(Filing.objects.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            locked = Filing.objects.select_for_update(of=("self",)).select_related(
                "enterprise", "site", "district", "zone"
            )
            filing = locked.get(pk=pk)
            timing.restore_copies(filing)
            refresh_entry(filing)
    desk_counts.recount()
    return len(keys)


def entry_of(
    filing: Filing,
    content: Mapping[str, Any],
    *,
    returns: int,
    number: str,
    prestart: Mapping[str, Any],
) -> DeskEntry:
    """The entry, unsaved: `content` is the last frozen version ({} before the first).

    `returns` counts the returns, `number` is that of the last receipt, `prestart` the filed
    pre-start report. Profile and place are those of the filing now.
    """
    enterprise, roster = filing.enterprise, content.get("roster") or {}
    name, site = enterprise.name, filing.site.name
    origins = by_province(roster.get("origins") or [])
    return DeskEntry(
        filing_id=filing.pk,
        enterprise_id=filing.enterprise_id,
        district_id=filing.district_id,
        zone_id=filing.zone_id,
        holder_id=filing.holder_id,
        state=filing.state,
        state_since=filing.state_since,
        version=filing.version,
        submitted_at=filing.submitted_at,
        queued_at=filing.submitted_at or filing.created_at,
        ends_at=filing.due_at or NEVER,
        time_left=filing.time_left,
        returns=returns,
        name=name,
        site=site,
        uscc=enterprise.uscc,
        number=number,
        pinyin=enterprise.pinyin,
        search=f"{name} {site} {enterprise.uscc} {number} {enterprise.pinyin}".lower(),
        industry=enterprise.sme_industry,
        size=size_class(enterprise),
        heads=roster.get("count") or 0,
        cover_days=_lowest_cover(content),
        shut=_between_blanks(_shut(filing, content, prestart)),
        provinces=_between_blanks(sorted(origins)),
        origins=origins,
        planned=_whole((content.get("plan") or {}).get("returning_total")),
    )


def _whole(written: Any) -> int:
    """A count as the frozen version has it; 0 where none is given or it is no number."""
    text = str(written or "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def size_class(enterprise: Enterprise) -> str:
    """The size class under the standard; "open" while it can't be told."""
    size = size_of(
        enterprise.sme_industry,
        {
            "employees": enterprise.employees,
            "annual_revenue_wanyuan": enterprise.annual_revenue_wanyuan,
            "total_assets_wanyuan": enterprise.total_assets_wanyuan,
        },
    )
    return (size.decided if size else None) or "open"


def _lowest_cover(content: Mapping[str, Any]) -> Decimal | None:
    days = [Decimal(row["days"]) for row in content.get("supplies") or [] if row.get("days")]
    return min(days, default=None)


def _shut(filing: Filing, content: Mapping[str, Any], prestart: Mapping[str, Any]) -> list[str]:
    """The gates that do not stand open: what the bureau's next look, or the start, will meet.

    A waived gate is named too: the reviewer sees at a glance where a reason took the place of a
    fact. Drafts have no frozen content, ended filings no gate before them.
    """
    if not filing.version or filing.state in _ENDED or filing.state == State.DRAFT:
        return []
    if filing.state in _ASKED_TO_START:
        asked = {**content, "approved_version": filing.approved_version, "prestart": prestart}
        return [result.name for result in gates.failing(gates.judge(GateSet.START, asked))]
    results = gates.judge(GateSet.APPROVAL, content, content.get("waivers"))
    return [result.name for result in results if result.state != "pass"]


def _prestart(filing: Filing) -> Mapping[str, Any]:
    if filing.state not in _ASKED_TO_START:
        return {}
    report = PreStartReport.objects.filter(
        filing=filing, version=filing.approved_version or 0
    ).last()
    return report.content if report else {}


def _between_blanks(words: Iterable[str]) -> str:
    joined = " ".join(words)
    return f" {joined} " if joined else ""
