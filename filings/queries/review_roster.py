"""The frozen roster of a version, for those who review it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
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
from filings.states import CLOSED, State
from jiaozuo_portal.lib.pages import Page, keyset_page

ROSTER_SIZE = 50

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


@dataclass(frozen=True, slots=True)
class AskedRoster:
    """What the address bar asks of the roster."""

    person: str = ""
    workshop: str = ""
    problem: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page of the frozen roster. SECURITY: `sees_health` decides about the health columns and
    the counts of problems; without it neither order nor filter tells of them."""

    page: Page[RosterRow]
    total: int
    counts: dict[str, int]
    workshops: list[str]
    sees_health: bool


@dataclass(frozen=True, slots=True)
class OtherRoster:
    """Another filing on whose roster the same person stands. SECURITY: only the bureau is told;
    `name` and `filing` stay empty where the reader may not know of that filing."""

    name: str = ""
    filing: int | None = None


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

    The version's own figures give the workshops, and the count where nothing is counted. Two
    queries for those who may see health or ask for something, and one more for the bureau.
    """
    figures = version.content.get("roster") or {}
    sees_health = access.may_see_health(user, filing)
    rows = RosterRow.objects.in_version(version.number).visible_to(user).filter(filing=filing)
    # SECURITY: the enterprise is not told where else its people are listed.
    compares = access.is_bureau(user, filing)
    problems = {
        **({"": Q(), **_PROBLEM} if sees_health else {}),
        **({"twice": _listed_twice(filing)} if compares else {}),
    }
    wanted = _wanted(asked) & problems.get(asked.problem, Q())
    asks = {"wanted": wanted} if wanted else {}
    counts = _counts(rows, problems | asks) if problems or asks else {}
    order: tuple[str, ...] = ("order", "pk")
    found = rows.filter(wanted)
    if sees_health:
        found, order = found.annotate(rank=_rank()), ("rank", "order", "pk")
    page = keyset_page(found, order=order, after=asked.after, size=ROSTER_SIZE)
    if compares:
        _tell_others(filing, page.rows, user)
    return RosterPage(
        page=page,
        total=counts.pop("wanted") if asks else int(figures.get("count") or 0),
        counts=counts,
        workshops=sorted({unit[0] for unit in figures.get("units") or [] if unit[0]}),
        sees_health=sees_health,
    )


def _wanted(asked: AskedRoster) -> Q:
    """Person and workshop as they are asked for; what is a problem depends on who asks."""
    named = Q(name__icontains=asked.person) if asked.person else Q()
    return named & (Q(workshop=asked.workshop) if asked.workshop else Q())


def _elsewhere(filing: Filing) -> QuerySet[RosterRow]:
    """The rows of the last versions of all other filings that have not ended."""
    return RosterRow.objects.filter(
        Q(last_version__isnull=True) | Q(last_version__gte=F("filing__version")),
        filing__version__gt=0,
        first_version__lte=F("filing__version"),
    ).exclude(Q(filing=filing) | Q(filing__state__in=[State.DRAFT, *CLOSED]))


def _listed_twice(filing: Filing) -> Q:
    return Q(Exists(_elsewhere(filing).filter(id_index=OuterRef("id_index"))))


def _tell_others(filing: Filing, rows: Iterable[RosterRow], user: User) -> None:
    """Give each row, as `also`, where else the person is listed. One query."""
    by_person = {row.id_index: row for row in rows}
    for row in by_person.values():
        row.also = []  # type: ignore[attr-defined]
    known = Filing.objects.visible_to(user).filter(pk=OuterRef("filing"))
    found = _elsewhere(filing).filter(id_index__in=by_person).order_by("filing", "pk")
    for index, pk, name, site, is_known in found.annotate(known=Exists(known)).values_list(
        "id_index", "filing", "filing__enterprise__name", "filing__site__name", "known"
    ):
        other = OtherRoster(f"{name} · {site}", pk) if is_known else OtherRoster()
        by_person[index].also.append(other)  # type: ignore[attr-defined]


def _counts(rows: QuerySet[RosterRow], parts: Mapping[str, Q]) -> dict[str, int]:
    """How many rows meet each condition."""
    counted = {f"part{n}": Count("pk", filter=part) for n, part in enumerate(parts.values())}
    found = rows.aggregate(**counted)
    return dict(zip(parts, found.values(), strict=True))


def _rank() -> Case:
    """Not healthy first, then not fit to return, then not told, then the rest."""
    return Case(
        When(_UNWELL, then=Value(0)),
        When(_UNFIT, then=Value(1)),
        When(_UNTOLD, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
