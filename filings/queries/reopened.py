"""The list of enterprises that have reopened (P41), as everybody may read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import DeskCount, DeskEntry, District
from filings.models.place import in_words
from filings.sheets.writing import OutSheet
from filings.size import industries
from filings.states import State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.pages import Page, keyset_page
from jiaozuo_portal.lib.scripts import folded

from .desk import search_of

PAGE_SIZE = 50

#: The parts of the list: its name, and the states in which a filing stands there.
STANDINGS: dict[str, tuple[Promise | str, tuple[State, ...]]] = {
    "started": (gettext_lazy("已开工"), (State.STARTED,)),
    "cleared": (gettext_lazy("已备案，准备开工"), (State.APPROVED, State.READY)),
}

#: The newest first.
_ORDER = ("-state_since", "-pk")

#: SECURITY: nothing else of a filing is public. No code, no head count, nobody's name.
_SHOWN = (
    "name", "site", "industry", "state_since", "district__name", "district__name_en",
    "zone__name", "zone__name_en", "enterprise__makes_epidemic_supplies",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedReopened:
    """What the address bar asks for; every value has been checked by the form.

    `district` is a code; `supplies` leaves makers of epidemic supplies alone, the first class of
    P41.
    """

    standing: str = "started"
    district: str = ""
    supplies: bool = False
    q: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """One enterprise at one site. `since` is when it started, or was cleared to."""

    name: str
    site: str
    district: str
    zone: str
    trade: str
    since: datetime
    makes_supplies: bool


@dataclass(frozen=True, slots=True)
class ReopenedList:
    """One page of the list. `counts` are of the whole city or of the district that is asked for.

    `districts` has each district's code, name and count in the part of the list that is shown.
    """

    rows: list[Reopened]
    page: Page[Any]
    total: int
    counts: dict[str, int]
    districts: list[tuple[str, str, int]]


def reopened_list(asked: AskedReopened) -> ReopenedList:
    """The page that is asked for, in two or three queries.

    What no search narrows is counted from the desk's kept counts, and the list isn't counted off.
    """
    counted = _counts()
    parts = {
        name: sum(
            found.get(state, 0)
            for code, _name, found in counted
            if asked.district in ("", code)
            for state in states
        )
        for name, (_label, states) in STANDINGS.items()
    }
    narrowed = _narrowed(asked)
    page = keyset_page(
        narrowed.select_related("district", "zone", "enterprise").only(*_SHOWN),
        order=_ORDER,
        after=asked.after,
        size=PAGE_SIZE,
    )
    is_narrow = asked.q or asked.supplies
    states = STANDINGS[asked.standing][1]
    return ReopenedList(
        rows=list(_rows(page.rows)),
        page=page,
        total=narrowed.count() if is_narrow else parts[asked.standing],
        counts=parts,
        districts=[
            (code, name, sum(found.get(state, 0) for state in states))
            for code, name, found in counted
        ],
    )


def reopened_sheet(asked: AskedReopened) -> OutSheet:
    """Everything that is asked for, as one sheet whose rows are read while it is written."""
    found = _narrowed(asked).order_by(*_ORDER).select_related("district", "zone", "enterprise")
    rows = _rows(found.only(*_SHOWN).iterator(chunk_size=2000))
    label = str(STANDINGS[asked.standing][0])
    return OutSheet(
        title=_("复工复产企业清单"),
        headings=[
            _("序号"), _("企业名称"), _("厂区"), _("县（市、区）"), _("产业集聚区"),
            _("划型行业"), _("疫情防控物资"), label,
        ],
        rows=(
            (
                number, row.name, row.site, row.district, row.zone, row.trade,
                _("是") if row.makes_supplies else "", clock.day_of(row.since),
            )
            for number, row in enumerate(rows, 1)
        ),
        widths={0: 8, 1: 40, 2: 24, 5: 24, 7: 18},
    )  # fmt: skip


def _narrowed(asked: AskedReopened) -> QuerySet[DeskEntry]:
    conditions = [Q(state__in=STANDINGS[asked.standing][1])]
    if asked.district:
        conditions.append(Q(district__code=asked.district))
    if asked.supplies:
        conditions.append(Q(enterprise__makes_epidemic_supplies=True))
    if asked.q:
        conditions.append(search_of(folded(asked.q)))
    return DeskEntry.objects.filter(*conditions)


def _rows(entries: Iterable[DeskEntry]) -> Iterator[Reopened]:
    trades = {key: str(industry.label) for key, industry in industries().items()}
    for entry in entries:
        yield Reopened(
            name=entry.name,
            site=entry.site,
            district=entry.district.local_name,
            zone=entry.zone.local_name if entry.zone else "",
            trade=trades.get(entry.industry, ""),
            since=entry.state_since,
            makes_supplies=entry.enterprise.makes_epidemic_supplies is True,
        )


def _counts() -> list[tuple[str, str, Mapping[str, int]]]:
    """Each district's code, name and filings by state, in one query."""
    counted: dict[int, dict[str, int]] = {}
    for district, state, count in (
        DeskCount.objects.order_by()
        .values_list("district_id", "state")
        .annotate(count=Sum("entries"))
    ):
        counted.setdefault(district, {})[state] = count
    return [
        (code, in_words(name, name_en), counted.get(pk, {}))
        for pk, code, name, name_en in District.objects.values_list("pk", "code", "name", "name_en")
    ]


__all__ = [
    "PAGE_SIZE",
    "STANDINGS",
    "AskedReopened",
    "Reopened",
    "ReopenedList",
    "reopened_list",
    "reopened_sheet",
]
