"""The reviewer's queue: views with counts, filters, search, age, and the load of the team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import Decision, DeskEntry, User, Zone
from filings.size import CLASSES
from filings.states import WITH_BUREAU, State
from jiaozuo_portal.lib.pages import Page, keyset_page

PAGE_SIZE = 25

#: The views of the desk, in the order of the page.
VIEWS: dict[str, Promise | str] = {
    "mine": _("我在审核"),
    "waiting": _("待领取"),
    "reviewing": _("审核中"),
    "back": _("补正后重报"),
    "returned": _("退回待补正"),
    "overdue": _("已超时"),
    "all": _("全部"),
}

#: How the queue is sorted: the columns for `keyset_page`.
SORTS: dict[str, tuple[Promise | str, tuple[str, ...]]] = {
    "oldest": (_("等得最久的在前"), ("submitted_at", "pk")),
    "due": (_("先到期的在前"), ("due_at", "pk")),
    "newest": (_("最新提交的在前"), ("-submitted_at", "-pk")),
    "name": (_("按企业名称"), ("pinyin", "pk")),
    "since": (_("按最近变化"), ("-state_since", "-pk")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address bar asks for; every value has been checked by the form.

    `waits` is in hours, `cover` in days: entries that have waited longer, or whose supplies last
    less than that. `gate` names a gate that does not stand open, `province` one that people come
    from.
    """

    view: str = "waiting"
    state: str = ""
    district: str = ""
    zone: str = ""
    industry: str = ""
    size: str = ""
    holder: str = ""
    waits: int | None = None
    gate: str = ""
    cover: Decimal | None = None
    province: str = ""
    q: str = ""
    sort: str = "oldest"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One filing of the queue. `waits_since` is when the bureau's turn began, None out of it.

    `is_late` says that its time limit has passed; the limit itself stands in the entry.
    """

    entry: DeskEntry
    size: str
    waits_since: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue: rows, how many there are in all, and the count of every view."""

    rows: list[Row]
    page: Page[Any]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """How much one colleague holds, and since when the oldest has been waiting."""

    user: User
    held: int
    oldest: datetime | None
    decided: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    zones: list[Zone] = field(default_factory=list)
    holders: list[User] = field(default_factory=list)


def desk_entries(user: User) -> QuerySet[DeskEntry]:
    """The entries of the districts whose bureau this person works in."""
    return DeskEntry.objects.visible_to(user).filter(district_id__in=districts_of(user))


def districts_of(user: User) -> list[int]:
    """The districts whose bureau this person works in."""
    return [post.district_id for post in user.posts_of("bureau") if post.district_id]


def overdue(at: datetime) -> Q:
    """The condition on entries that their time limit has passed at the moment `at`.

    Exactly the last moment is in time. A clock that is paused or stopped leaves no `due_at`.
    """
    return Q(due_at__lt=at)


def _views(user: User, at: datetime) -> dict[str, Q]:
    with_bureau = Q(state__in=WITH_BUREAU)
    return {
        "mine": Q(holder=user, state=State.IN_REVIEW),
        "waiting": Q(state=State.SUBMITTED),
        "reviewing": Q(state=State.IN_REVIEW),
        "back": with_bureau & Q(returns__gt=0),
        "returned": Q(state=State.RETURNED),
        "overdue": overdue(at),
        "all": Q(),
    }


def queue(entries: QuerySet[DeskEntry], asked: Asked, *, user: User, at: datetime) -> Queue:
    """One page of `entries` (a scope that begins with `visible_to`), in a fixed number of queries.

    `at` is the moment of the portal's clock against which ages and limits are told.
    """
    views = _views(user, at)
    wanted = Q(views.get(asked.view, Q()), *conditions_of(asked, at))
    counts = counts_of(entries, views | {"wanted": wanted})
    narrowed = entries.filter(wanted)
    shown = narrowed.select_related("district", "zone", "holder").defer("search")
    page = keyset_page(shown, order=SORTS[asked.sort][1], after=asked.after, size=PAGE_SIZE)
    return Queue(
        rows=[_row(entry, at) for entry in page.rows],
        page=page,
        total=counts["wanted"],
        counts={name: counts[name] for name in VIEWS if name in counts},
    )


def counts_of(rows: QuerySet[Any], views: dict[str, Q]) -> dict[str, int]:
    """How many rows each view holds, in one query. Aliases are kept apart from annotations."""
    counted = rows.aggregate(
        **{
            f"in_{name}": Count("pk", filter=view) if view else Count("pk")
            for name, view in views.items()
        }
    )
    return {name: counted[f"in_{name}"] for name in views}


def _row(entry: DeskEntry, at: datetime) -> Row:
    waits = entry.submitted_at if entry.state in WITH_BUREAU else None
    size = "" if entry.size == "open" else str(CLASSES[entry.size])
    return Row(entry, size, waits, is_late=entry.due_at is not None and at > entry.due_at)


def conditions_of(asked: Asked, at: datetime) -> list[Q]:
    """The filters that are set, as conditions on entries; they combine."""
    given = {
        "state": asked.state and Q(state=asked.state),
        "district": asked.district and Q(district__code=asked.district),
        "zone": asked.zone and _in_zone(asked.zone),
        "industry": asked.industry and Q(industry=asked.industry),
        "size": asked.size and Q(size=asked.size),
        "holder": asked.holder and Q(holder_id=int(asked.holder), state__in=WITH_BUREAU),
        "waits": asked.waits
        and Q(state__in=WITH_BUREAU, submitted_at__lt=at - timedelta(hours=asked.waits)),
        "gate": asked.gate and Q(shut__contains=f" {asked.gate} "),
        "cover": asked.cover is not None and Q(cover_days__lt=asked.cover),
        "province": asked.province and Q(provinces__contains=f" {asked.province}"),
        "q": asked.q and search_of(asked.q),
    }
    return [condition for condition in given.values() if isinstance(condition, Q)]


def _in_zone(zone: str) -> Q:
    return Q(zone__isnull=True) if zone == "none" else Q(zone_id=int(zone))


def search_of(text: str, prefix: str = "") -> Q:
    """By part of the name, by site, code, receipt number, or by pinyin initials or syllables.

    `prefix` leads from the row to its entry (`"desk_entry__"`).
    """
    typed = text.strip().lower()
    compact = "".join(typed.split())
    wanted = {typed, compact}
    found = Q()
    for word in wanted:
        found |= Q(**{f"{prefix}search__contains": word})
    return found


def choices_of(user: User) -> Choices:
    """The zones and colleagues of the person's districts, for the filters."""
    districts = districts_of(user)
    return Choices(
        zones=list(Zone.objects.filter(district_id__in=districts)),
        holders=list(colleagues(districts)),
    )


def colleagues(districts: Iterable[int]) -> QuerySet[User]:
    """The active people of the bureaus of these districts."""
    return (
        User.objects.filter(
            is_active=True,
            postings__agency__is_active=True,
            postings__agency__kind="bureau",
            postings__agency__district_id__in=list(districts),
        )
        .distinct()
        .order_by("name", "pk")
    )


def team_load(user: User) -> list[Load]:
    """What every colleague of the person's bureaus holds, the fullest desk first."""
    districts = districts_of(user)
    held: dict[Any, dict[str, Any]] = {
        row["holder"]: dict(row)
        for row in desk_entries(user)
        .filter(state=State.IN_REVIEW)
        .order_by()
        .values("holder")
        .annotate(held=Count("pk"), oldest=Min("submitted_at"))
    }
    decided = dict(
        Decision.objects.visible_to(user)
        .filter(filing__district_id__in=districts)
        .order_by()
        .values_list("by")
        .annotate(count=Count("pk"))
    )
    loads = [
        Load(
            person,
            held.get(person.pk, {}).get("held", 0),
            held.get(person.pk, {}).get("oldest"),
            decided.get(person.pk, 0),
        )
        for person in colleagues(districts)
    ]
    return sorted(loads, key=lambda load: -load.held)


__all__ = [
    "PAGE_SIZE",
    "SORTS",
    "VIEWS",
    "Asked",
    "Choices",
    "Load",
    "Queue",
    "Row",
    "choices_of",
    "colleagues",
    "conditions_of",
    "desk_entries",
    "overdue",
    "queue",
    "search_of",
    "team_load",
]
