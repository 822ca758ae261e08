"""The lists of zone, health authority and city: what each has to look at next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import District, Filing, FilingVersion, Opinion, User, ZoneReceipt
from filings.states import State
from jiaozuo_portal.lib.pages import Page, keyset_page

from .desk import Asked, search_of
from .desk_counts import counts_of_districts

PAGE_SIZE = 30

ZONE_VIEWS: dict[str, Promise | str] = {
    "waiting": _("待接收"),
    "done": _("已接收"),
    "all": _("全部"),
}
HEALTH_VIEWS: dict[str, Promise | str] = {
    "waiting": _("还没提意见"),
    "unhandled": _("企业还没处理"),
    "done": _("已提意见"),
    "all": _("全部"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One filing with the roster figures of its current version (heads, fit, told)."""

    filing: Filing
    done: bool
    roster: dict[str, Any]

    @property
    def unfit(self) -> int | None:
        """How many are not fit to return; None where there is no roster."""
        count = self.roster.get("count")
        return None if count is None else count - (self.roster.get("fit") or 0)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list with the counts of its views."""

    rows: list[Listed]
    page: Page[Filing]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """One district of the city with its filings by state."""

    district: District
    by_state: list[tuple[str, int]]
    total: int


def zone_list(user: User, asked: Asked) -> Listing:
    """The filings of the person's zones that were submitted; not received ones first to see."""
    zones = [post.zone_id for post in user.posts_of("zone") if post.zone_id]
    filings = _submitted(user).filter(zone_id__in=zones)
    received = ZoneReceipt.objects.filter(filing=OuterRef("pk"), version=OuterRef("version"))
    filings = filings.annotate(done=Exists(received))
    views = {"waiting": Q(done=False), "done": Q(done=True), "all": Q()}
    return _listing(filings, asked, views)


def health_list(user: User, asked: Asked) -> Listing:
    """The filings of the person's districts that were submitted, with and without an opinion."""
    districts = [post.district_id for post in user.posts_of("health") if post.district_id]
    filings = _submitted(user).filter(district_id__in=districts)
    given = Opinion.objects.filter(filing=OuterRef("pk"))
    filings = filings.annotate(
        done=Exists(given.filter(version=OuterRef("version"))),
        unhandled=Exists(given.filter(handled_at__isnull=True)),
    )
    views = {
        "waiting": Q(done=False),
        "unhandled": Q(unhandled=True),
        "done": Q(done=True),
        "all": Q(),
    }
    return _listing(filings, asked, views)


def _submitted(user: User) -> QuerySet[Filing]:
    return (
        Filing.objects.visible_to(user)
        .filter(version__gt=0)
        .exclude(state__in=(State.WITHDRAWN, State.REVOKED))
    )


def _listing(filings: QuerySet[Filing], asked: Asked, views: dict[str, Q]) -> Listing:
    counts = counts_of(filings, views)
    narrowed = filings.filter(views[asked.view])
    if asked.q:
        narrowed = narrowed.filter(search_of(asked.q, "desk_entry__"))
    shown = narrowed.select_related("enterprise", "site", "district", "zone")
    page = keyset_page(shown, order=("submitted_at", "pk"), after=asked.after, size=PAGE_SIZE)
    figures = _roster_figures(page.rows)
    rows = [
        Listed(filing, filing.done, figures.get((filing.pk, filing.version)) or {})  # type: ignore[attr-defined]
        for filing in page.rows
    ]
    return Listing(rows, page, narrowed.count(), counts)


def counts_of(rows: QuerySet[Any], views: dict[str, Q]) -> dict[str, int]:
    """How many rows each view holds, in one query. Aliases are kept apart from annotations."""
    counted = rows.aggregate(
        **{
            f"in_{name}": Count("pk", filter=view) if view else Count("pk")
            for name, view in views.items()
        }
    )
    return {name: counted[f"in_{name}"] for name in views}


def _roster_figures(filings: list[Filing]) -> dict[tuple[int, int], dict[str, Any]]:
    """The frozen roster figures by filing and version: counts only, in one query."""
    found = FilingVersion.objects.filter(filing__in=filings).values_list(
        "filing_id", "number", "content__roster"
    )
    return {(filing, number): roster for filing, number, roster in found}


def city_table(user: User) -> tuple[list[DistrictLine], list[tuple[str, int]]]:
    """Districts by states, and the sums of the city; districts without a filing stand with 0."""
    counted = counts_of_districts(user)
    lines = []
    for district in District.objects.all():
        by_state = [(state.value, counted.get((district.pk, state.value), 0)) for state in State]
        lines.append(DistrictLine(district, by_state, sum(count for _state, count in by_state)))
    sums = [
        (state.value, sum(line.by_state[place][1] for line in lines))
        for place, state in enumerate(State)
    ]
    return lines, sums


__all__ = [
    "HEALTH_VIEWS",
    "ZONE_VIEWS",
    "DistrictLine",
    "Listed",
    "Listing",
    "city_table",
    "health_list",
    "zone_list",
]
