"""The frozen roster of a version, for those who review it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from filings import access
from filings.models import Filing, FilingVersion, RosterRow, User
from filings.models.filing import is_in_scope
from filings.states import CLOSED, State
from jiaozuo_portal.lib.pages import Page, keyset_page
from jiaozuo_portal.lib.prepared import STANDS_IN, TEXTS_STAND_IN, Prepared

ROSTER_SIZE = len(TEXTS_STAND_IN)

#: What the reviewer looks for in the roster; the names stand in the address bar.
PROBLEMS: dict[str, Promise | str] = {
    "": gettext_lazy("全部"),
    "any": gettext_lazy("有问题"),
    "unwell": gettext_lazy("健康状况不是“健康”"),
    "unfit": gettext_lazy("不符合返岗条件"),
    "untold": gettext_lazy("三项情况没写全"),
    "twice": gettext_lazy("也在别的花名册上"),
}

_UNWELL = Q(health__in=("symptoms", "under_observation", "confirmed"))
_UNTOLD = Q(health="") | Q(travel="") | Q(gatherings="")
_UNFIT = Q(certificate_no="") | ~Q(inspection=RosterRow.Inspection.PASS)
_PROBLEM = {
    "any": _UNWELL | _UNTOLD | _UNFIT,
    "unwell": _UNWELL,
    "unfit": _UNFIT,
    "untold": _UNTOLD,
}
#: Not healthy first, then not fit to return, then not told, then the rest.
_RANK = Case(
    When(_UNWELL, then=Value(0)),
    When(_UNFIT, then=Value(1)),
    When(_UNTOLD, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class AskedRoster:
    """What the address bar asks of the roster."""

    person: str = ""
    workshop: str = ""
    problem: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class OtherRoster:
    """Another filing on whose roster the same person stands. SECURITY: only the bureau is told;
    `name` and `filing` stay empty where the reader may not know of that filing."""

    name: str = ""
    filing: int | None = None


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page of the frozen roster. SECURITY: `sees_health` decides about the health columns and
    the counts of problems; without it neither order nor filter tells of them.

    `counts` tells them by problem; how many also stand elsewhere is None, for that takes as long
    as the roster is (`listed_twice`). `elsewhere` has, by the index of a person of this page, the
    other rosters on which they stand.
    """

    page: Page[RosterRow]
    total: int
    counts: dict[str, int | None]
    workshops: list[str]
    sees_health: bool
    elsewhere: dict[str, list[OtherRoster]]


def person_in(filing: Filing, number: int, key: str) -> RosterRow | None:
    """One person of a frozen version by key; None for an unknown or unreadable key."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return RosterRow.objects.filter(filing=filing, key=wanted).in_version(number).first()


def roster_page(
    filing: Filing, version: FilingVersion, asked: AskedRoster, *, user: User
) -> RosterPage:
    """One page of the roster of a version, problems first for those who may see health.

    The version's own figures give the workshops, and the count where nothing narrows it. One query,
    and one each where health is seen, where the reader is the bureau, and where it is narrowed.
    SECURITY: not scoped, as `acts_on`: the filing has to come from `visible_to`.
    """
    figures = version.content.get("roster") or {}
    sees_health = access.may_see_health(user, filing)
    # SECURITY: the enterprise is not told where else its people are listed.
    compares = access.is_bureau(user, filing)
    wanted = _wanted(asked)
    if sees_health:
        wanted &= _problem(asked.problem, filing.pk, compares)
    found = RosterRow.objects.in_version(version.number).filter(wanted, filing=filing)
    order: tuple[str, ...] = ("order", "pk")
    if sees_health:
        found, order = found.annotate(rank=_RANK), ("rank", "order", "pk")
    page = keyset_page(found, order=order, after=asked.after, size=ROSTER_SIZE)
    counts: dict[str, int | None] = {**_counts(filing, version)} if sees_health else {}
    if compares:
        counts["twice"] = None
    return RosterPage(
        page=page,
        total=found.count() if wanted else int(figures.get("count") or 0),
        counts=counts,
        workshops=sorted({unit[0] for unit in figures.get("units") or [] if unit[0]}),
        sees_health=sees_health,
        elsewhere=_elsewhere_of(filing, page.rows, user) if compares else {},
    )


def listed_twice(filing: Filing, number: int) -> int:
    """How many people of a version also stand on another roster. One query, which looks for each of
    them: the page, which need not wait for it, asks for it by itself."""
    rows = _TWICE.rows(filing.pk, number)
    return rows[0][0] if rows else 0


def _wanted(asked: AskedRoster) -> Q:
    """Person and workshop as they are asked for; what is a problem depends on who asks."""
    named = Q(name__icontains=asked.person) if asked.person else Q()
    return named & (Q(workshop=asked.workshop) if asked.workshop else Q())


def _problem(name: str, filing: int, compares: bool) -> Q:
    """The condition of a problem; of one that there is not for this reader, everybody."""
    if name == "twice" and compares:
        return Q(Exists(_elsewhere(filing).filter(id_index=OuterRef("id_index"))))
    return _PROBLEM.get(name, Q())


def _elsewhere(filing: int) -> QuerySet[RosterRow]:
    """The rows of the last versions of all other filings that have not ended."""
    return RosterRow.objects.filter(
        Q(last_version__isnull=True) | Q(last_version__gte=F("filing__version")),
        filing__version__gt=0,
        first_version__lte=F("filing__version"),
    ).exclude(Q(filing=filing) | Q(filing__state__in=[State.DRAFT, *CLOSED]))


# ---------------------------------------------------------------- what is asked of every roster
_HERE, _NUMBER, _ = STANDS_IN


def _here() -> QuerySet[RosterRow]:
    return RosterRow.objects.filter(filing=_HERE).in_version(_NUMBER).order_by()


_COUNTED = {"": Q(), **_PROBLEM}
_COUNTS = Prepared(
    lambda: (
        _here()
        .values(together=Value(1))
        .annotate(**{f"n{n}": Count("pk", filter=part) for n, part in enumerate(_COUNTED.values())})
    )
)
_OTHERS = Prepared(
    lambda: _elsewhere(_HERE)
    .filter(id_index__in=TEXTS_STAND_IN)
    .order_by("filing", "pk")
    .values_list(
        "id_index", "filing", "filing__district", "filing__zone", "filing__enterprise",
        "filing__version", "filing__enterprise__name", "filing__site__name",
    )
)  # fmt: skip
_TWICE = Prepared(
    lambda: _here()
    .filter(_problem("twice", _HERE, compares=True))
    .values(together=Value(1))
    .annotate(n=Count("pk"))
    .values_list("n")
)  # fmt: skip


def _counts(filing: Filing, version: FilingVersion) -> dict[str, int]:
    """How many people there are, and how many with each problem. One query."""
    rows = _COUNTS.rows(filing.pk, version.number)
    return dict(zip(_COUNTED, rows[0][1:] if rows else [0] * len(_COUNTED), strict=True))


def _elsewhere_of(
    filing: Filing, rows: Iterable[RosterRow], user: User
) -> dict[str, list[OtherRoster]]:
    """Of those of a page who also stand on another roster, by their index: on which. One query."""
    found: dict[str, list[OtherRoster]] = {}
    others = _OTHERS.rows(filing.pk, texts=[row.id_index for row in rows])
    for index, pk, district, zone, enterprise, number, name, site in others:
        other = Filing(
            pk=pk, district_id=district, zone_id=zone, enterprise_id=enterprise, version=number
        )
        told = OtherRoster(f"{name} · {site}", pk) if is_in_scope(user, other) else OtherRoster()
        found.setdefault(index, []).append(told)
    return found
