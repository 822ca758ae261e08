"""The only door through which the policies app sees filings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale

from .access import (
    is_member,
    may_edit_enterprise,
)
from .domain.attachments import clean_name
from .domain.audit import record as record_audit
from .domain.notices import Letter, members_of
from .domain.notices import send as send_notice
from .domain.notices import send_to_enterprises as notify_enterprises
from .domain.picture import add_part as add_picture_part
from .forms.fields import UsccField
from .models import (
    Agency,
    AgencyContact,
    CitySetting,
    DeskEntry,
    District,
    Enterprise,
    Filing,
    User,
)
from .models.filing import Knower, filing_scope
from .models.reader import Post
from .queries.figures import Behind
from .queries.figures import add_lists as add_board_lists
from .queries.standing import Standing, standing_of
from .sheets.identity import uscc
from .sheets.limits import SheetRefused
from .sheets.reading import read_grid
from .sheets.values import folded_answer, is_blank, text_of, whole_date
from .sheets.words import BadValue
from .sheets.writing import OutSheet, csv_lines, xlsx_bytes
from .states import CLOSED, State


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact that the portal knows already: its value and where it comes from."""

    value: Any
    source: str


#: What the profile alone can say, and what the filing itself proves: nobody declares these.
PROFILE_FACTS = frozenset(
    {
        "district",
        "applicant_type",
        "sme_industry",
        "main_sector",
        "employees",
        "annual_revenue_wanyuan",
        "total_assets_wanyuan",
    }
)
FILING_FACTS = frozenset({"is_resuming_or_resumed"})

#: The filing stands for a firm that resumes work, from its first submission on.
_RESUMING = frozenset(State) - {State.DRAFT, State.WITHDRAWN, State.REVOKED}


@dataclass(frozen=True, slots=True)
class KnownFiling:
    """What the portal knows of a filing: whose it is, and the facts that nobody declares."""

    enterprise_id: int
    uscc: str
    facts: dict[str, KnownFact]


def facts_of(filing: Filing) -> dict[str, KnownFact]:
    """The facts (names of the policy vocabulary) that profile and filing give.

    Heads in persons, money in 万元. What is not known is left out, never zero. Sources are
    `profile` and `filing`.
    """
    enterprise = filing.enterprise
    return _facts(
        filing.state,
        filing.district.name,
        enterprise.sme_industry,
        enterprise.main_sector,
        enterprise.makes_epidemic_supplies,
        enterprise.employees,
        enterprise.annual_revenue_wanyuan,
        enterprise.total_assets_wanyuan,
    )


def known_filings(ids: Iterable[int]) -> dict[int, KnownFiling]:
    """What `facts_of` says of each of these filings. One query, however many they are."""
    rows = Filing.objects.filter(pk__in=list(ids)).values_list(
        "pk",
        "enterprise_id",
        "enterprise__uscc",
        "state",
        "district__name",
        "enterprise__sme_industry",
        "enterprise__main_sector",
        "enterprise__makes_epidemic_supplies",
        "enterprise__employees",
        "enterprise__annual_revenue_wanyuan",
        "enterprise__total_assets_wanyuan",
    )
    return {row[0]: KnownFiling(row[1], row[2], _facts(*row[3:])) for row in rows}


def _facts(
    state: str,
    district: str,
    sme_industry: str,
    main_sector: str,
    makes_epidemic_supplies: bool | None,
    employees: int | None,
    annual_revenue_wanyuan: Decimal | None,
    total_assets_wanyuan: Decimal | None,
) -> dict[str, KnownFact]:
    profile = {
        "district": district,
        "applicant_type": "enterprise",
        "sme_industry": sme_industry or None,
        "main_sector": main_sector or None,
        "makes_epidemic_supplies": makes_epidemic_supplies,
        "employees": employees,
        "annual_revenue_wanyuan": annual_revenue_wanyuan,
        "total_assets_wanyuan": total_assets_wanyuan,
    }
    facts = {
        name: KnownFact(value, "profile") for name, value in profile.items() if value is not None
    }
    if state in _RESUMING:
        facts["is_resuming_or_resumed"] = KnownFact(True, "filing")
    return facts


def notify_enterprise(
    enterprise_id: int,
    kind: str,
    *,
    at: datetime,
    filing: Filing | None = None,
    url: str = "",
    **facts: Any,
) -> None:
    """Write a notice to owners and clerks of an enterprise, in the caller's transaction."""
    send_notice(kind, members_of(enterprise_id), at=at, filing=filing, url=url, **facts)


def notify_agency(agency_id: int, kind: str, *, at: datetime, url: str = "", **facts: Any) -> None:
    """Write a notice to the people of an agency, in the caller's transaction."""
    posted = User.objects.filter(
        is_active=True, postings__agency_id=agency_id, postings__agency__is_active=True
    )
    send_notice(kind, posted.distinct(), at=at, url=url, **facts)


def bureau_of(filing: Filing) -> Agency | None:
    """The bureau of the filing's district; None while the city has none."""
    found = Agency.objects.filter(kind=Agency.Kind.BUREAU, district=filing.district_id)
    return found.filter(is_active=True).order_by("pk").first()


def published_contacts() -> list[AgencyContact]:
    """The published contacts of the agencies that answer for the whole city (R2.6)."""
    kinds = (Agency.Kind.CITY, Agency.Kind.POLICY)
    found = [
        contact
        for one in CitySetting.current().offices
        if one.agency.kind in kinds
        for contact in one.contacts
    ]
    return sorted(found, key=lambda contact: contact.pk)


def filings_visible_to(knower: Knower) -> QuerySet[Filing]:
    """The filings that `knower` may know of, with their places and entries."""
    found = Filing.objects.visible_to(knower)
    return found.select_related("enterprise", "site", "district", "zone", "desk_entry")


def filings_by_id(ids: Iterable[int]) -> dict[int, Filing]:
    """The filings with these ids, with what `facts_of` reads."""
    found = Filing.objects.select_related("enterprise", "district", "zone", "site")
    return found.in_bulk(list(ids))


def open_filing_scope(prefix: str = "") -> Q:
    """The condition under which a row belongs to a filing that is not withdrawn or revoked."""
    return ~Q(**{f"{prefix}state__in": CLOSED})


def open_filings_after(pk: int, size: int) -> list[Filing]:
    """The next filings after one, by their keys, into which somebody may still type."""
    found = Filing.objects.filter(pk__gt=pk).exclude(state__in=CLOSED).order_by("pk")
    return list(found.select_related("enterprise", "site")[:size])


__all__ = [
    "FILING_FACTS",
    "PROFILE_FACTS",
    "Agency",
    "AgencyContact",
    "BadValue",
    "Behind",
    "DeskEntry",
    "District",
    "Enterprise",
    "Filing",
    "Knower",
    "KnownFact",
    "KnownFiling",
    "Letter",
    "NotAllowed",
    "OutSheet",
    "Post",
    "Refused",
    "SheetRefused",
    "Stale",
    "Standing",
    "UsccField",
    "User",
    "add_board_lists",
    "add_picture_part",
    "bureau_of",
    "clean_name",
    "csv_lines",
    "facts_of",
    "filing_scope",
    "filings_by_id",
    "filings_visible_to",
    "folded_answer",
    "is_blank",
    "is_member",
    "known_filings",
    "may_edit_enterprise",
    "notify_agency",
    "notify_enterprise",
    "notify_enterprises",
    "open_filing_scope",
    "open_filings_after",
    "published_contacts",
    "read_grid",
    "record_audit",
    "standing_of",
    "text_of",
    "uscc",
    "whole_date",
    "xlsx_bytes",
]
