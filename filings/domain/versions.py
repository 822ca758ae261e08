"""The content of a filing at one moment, and the freezing of it into a numbered version."""

from __future__ import annotations

import copy
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Count, Q

from filings.models import (
    Attachment,
    CitySetting,
    Filing,
    FilingVersion,
    LedgerEntry,
    RosterRow,
    SectionDraft,
    SupplyItem,
    User,
)
from filings.sections import SECTIONS


def snapshot(filing: Filing, drafts: Iterable[SectionDraft] | None = None) -> dict[str, Any]:
    """The draft as plain data: what the gates judge and a version keeps.

    Sections as typed (phones sealed), the roster in figures, the ledger's balances with the days
    of cover and what they came from, names of attachments, and the enterprise's profile. Who has
    read the `drafts` of the sections gives them.
    """
    if drafts is None:
        drafts = SectionDraft.objects.filter(filing=filing)
    typed = {draft.key: draft.data for draft in drafts}
    roster = roster_figures(filing)
    return {
        **{key: copy.deepcopy(typed.get(key, {})) for key in SECTIONS},
        "roster": roster,
        "supplies": supply_figures(filing, heads=roster["count"]),
        "attachments": list(
            Attachment.objects.filter(filing=filing).in_draft().values("section", "name", "size")
        ),
        "profile": profile(filing),
    }


def profile(filing: Filing) -> dict[str, Any]:
    """The enterprise and site as they are now."""
    enterprise, site = filing.enterprise, filing.site
    return {
        "uscc": enterprise.uscc,
        "name": enterprise.name,
        "district": filing.district.name,
        "zone": filing.zone.name if filing.zone else "",
        "site": site.name,
        "address": site.address,
        "sme_industry": enterprise.sme_industry,
        "main_sector": enterprise.main_sector,
        "makes_epidemic_supplies": enterprise.makes_epidemic_supplies,
        "employees": enterprise.employees,
        "annual_revenue_wanyuan": _text(enterprise.annual_revenue_wanyuan),
        "total_assets_wanyuan": _text(enterprise.total_assets_wanyuan),
        "legal_representative": enterprise.legal_representative,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def roster_figures(filing: Filing) -> dict[str, Any]:
    """The draft roster in figures: heads, how many have told the three things of R4.4, how many
    are fit to return (R4.1), the workshops and teams, and the origins by province."""
    fit = Q(inspection=RosterRow.Inspection.PASS) & ~Q(certificate_no="")
    told = ~Q(health="") & ~Q(travel="") & ~Q(gatherings="")
    # One query: each team and province once, with its heads; the figures are sums over them.
    groups = (
        RosterRow.objects.filter(filing=filing)
        .in_draft()
        .order_by("workshop", "team")
        .values_list("workshop", "team", "origin_province")
        .annotate(heads=Count("pk"), told=Count("pk", filter=told), fit=Count("pk", filter=fit))
    )
    sums: Counter[str] = Counter(count=0, told=0, fit=0)
    units: dict[tuple[str, str], None] = {}
    origins: Counter[str] = Counter()
    for workshop, team, province, heads, told_of, fit_of in groups:
        sums.update(count=heads, told=told_of, fit=fit_of)
        units[workshop, team] = None
        origins[province] += heads
    return {
        **sums,
        "units": [list(unit) for unit in units],
        "origins": [
            [province, heads]
            for province, heads in sorted(origins.items(), key=lambda one: (-one[1], one[0]))
        ],
    }


def supply_figures(filing: Filing, *, heads: int) -> list[dict[str, Any]]:
    """Each supply with its balance and days of cover: balance / (daily use per head x heads).

    `days` is None where daily use or heads are not known: an unknown is no number (R3.1).
    """
    floor = CitySetting.current().supplies_days_of_cover
    return [
        cover(item, heads=heads, floor=floor) for item in SupplyItem.objects.filter(filing=filing)
    ]


def cover(item: SupplyItem, *, heads: int, floor: int | None = None) -> dict[str, Any]:
    """One supply with its days of cover and the figures that they came from."""
    use = item.daily_use_per_head
    days = None
    if use and heads:
        days = (item.balance / (use * heads)).quantize(Decimal("0.1"), ROUND_DOWN)
    return {
        "id": item.pk,
        "name": item.name,
        "unit": item.unit,
        "balance": str(item.balance),
        "daily_use_per_head": _text(use),
        "heads": heads,
        "days": _text(days),
        "short": bool(floor and days is not None and days < floor),
    }


def freeze(
    filing: Filing, content: dict[str, Any], *, key: uuid.UUID, by: User, at: datetime
) -> FilingVersion:
    """Freeze the draft as the next version. The caller holds the filing's lock.

    Rows that are new get `first_version`; rows that the draft dropped get `last_version`; a row
    that no version ever held has been deleted when it was dropped.
    """
    number = filing.version + 1
    version = FilingVersion.objects.create(
        filing=filing,
        number=number,
        submission_key=key,
        submitted_at=at,
        submitted_by=by,
        content=content,
        roster_count=content["roster"]["count"],
    )
    for model in (RosterRow, Attachment):
        rows = model.objects.filter(filing=filing)
        rows.filter(removed=True, last_version__isnull=True).update(last_version=number - 1)
        rows.filter(first_version__isnull=True, removed=False).update(first_version=number)
    LedgerEntry.objects.filter(filing=filing, first_version__isnull=True).update(
        first_version=number
    )
    filing.version = number
    filing.submitted_at = at
    return version


def content_of(filing: Filing, number: int | None = None) -> dict[str, Any]:
    """The frozen content of version `number` (the last one by default); {} when there is none."""
    version = FilingVersion.objects.filter(
        filing=filing, number=filing.version if number is None else number
    ).first()
    return version.content if version else {}


__all__ = [
    "content_of",
    "cover",
    "freeze",
    "profile",
    "roster_figures",
    "snapshot",
    "supply_figures",
]
