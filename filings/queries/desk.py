"""The reviewer's queue: views with counts, filters, search, age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import DeskEntry, District, User
from filings.models.place import in_words
from filings.provinces import province_of
from filings.size import CLASSES
from filings.states import WITH_BUREAU, State
from jiaozuo_portal.lib.pages import Page, keyset_page

from .desk_counts import UNOWNED, counts_of_views, mine, overdue

PAGE_SIZE = 25

#: The views of the desk, in the order of the page.
VIEWS: dict[str, Promise | str] = {
    "mine": _("我的"),
    "waiting": _("待领取"),
    "unowned": _("没有分派"),
    "reviewing": _("审核中"),
    "back": _("补正后重报"),
    "returned": _("退回待补正"),
    "overdue": _("已超时"),
    "all": _("全部"),
}

#: How the queue is sorted: the columns for `keyset_page`.
SORTS: dict[str, tuple[Promise | str, tuple[str, ...]]] = {
    "oldest": (_("等得最久的在前"), ("queued_at", "pk")),
    "due": (_("先到期的在前"), ("ends_at", "pk")),
    "newest": (_("最新提交的在前"), ("-queued_at", "-pk")),
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

    `word` is its state in words. `is_late` says that its time limit has passed; the limit itself
    stands in the entry.
    """

    entry: DeskEntry
    word: str
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
class Choices:
    """What the filters offer: the person's districts by code and name, zones and colleagues by id
    and name."""

    districts: list[tuple[str, str]] = field(default_factory=list)
    zones: list[tuple[str, str]] = field(default_factory=list)
    holders: list[tuple[str, str]] = field(default_factory=list)


def desk_entries(user: User) -> QuerySet[DeskEntry]:
    """The entries of the districts whose bureau this person works in."""
    return DeskEntry.objects.visible_to(user).filter(district_id__in=districts_of(user))


def city_entries(user: User) -> QuerySet[DeskEntry]:
    """The entries of the whole city, for the city's bureau."""
    return DeskEntry.objects.visible_to(user)


def districts_of(user: User) -> list[int]:
    """The districts whose bureau this person works in."""
    return [post.district_id for post in user.posts_of("bureau") if post.district_id]


def _view(name: str, user: User, at: datetime) -> Q:
    """The condition of a view."""
    views = {
        "mine": mine(user),
        "waiting": Q(state=State.SUBMITTED),
        "unowned": UNOWNED,
        "reviewing": Q(state=State.IN_REVIEW),
        "back": Q(state__in=WITH_BUREAU, returns__gt=0),
        "returned": Q(state=State.RETURNED),
        "overdue": overdue(at),
        "all": Q(),
    }
    return views[name]


def desk_queue(asked: Asked, *, user: User, at: datetime, total: int | None = None) -> Queue:
    """One page of the person's desk with the counts of its views, in three queries at most.

    `at` is the moment of the portal's clock against which ages and limits are told. What filters
    leave is counted on the way of a first page, else by a third query unless `total` says it;
    without filters the count of the view is known.
    """
    counts = counts_of_views(user, districts_of(user), at=at)
    known = total if conditions_of(asked, at) else counts[asked.view]
    page = queue(desk_entries(user), asked, user=user, at=at, total=known)
    return replace(page, counts={name: counts[name] for name in VIEWS})


def next_for(user: User, after: int) -> int | None:
    """The filing that this person turns to after the filing `after`: its id, None where none waits.

    First what is theirs to review, then what nobody has claimed, each the longest waiting first. A
    filing of that row leads to the one behind it and the last to the first, so that whoever only
    looks comes past all of them; from any other it begins at the front. Two queries.
    """
    waiting = Q(state=State.SUBMITTED, holder__isnull=True)
    line = (
        desk_entries(user)
        .filter(mine(user) | waiting)
        .annotate(lane=Case(When(mine(user), then=0), default=1))
        .order_by("lane", "queued_at", "filing_id")
    )
    here = line.filter(filing_id=after).values_list("lane", "queued_at").first()
    behind = Q()
    if here:
        lane, since = here
        behind = Q(lane__gt=lane) | Q(lane=lane) & (
            Q(queued_at__gt=since) | Q(queued_at=since, filing_id__gt=after)
        )
    rest = line.exclude(filing_id=after).annotate(
        turn=Case(When(behind, then=0), default=1) if here else Value(0)
    )
    return rest.order_by("turn", *line.query.order_by).values_list("filing_id", flat=True).first()


def found(
    entries: QuerySet[DeskEntry], asked: Asked, *, user: User, at: datetime
) -> QuerySet[DeskEntry]:
    """Those of `entries` that the address bar asks for, without an order."""
    return entries.filter(_view(asked.view, user, at), *conditions_of(asked, at))


def queue(
    entries: QuerySet[DeskEntry],
    asked: Asked,
    *,
    user: User,
    at: datetime,
    total: int | None = None,
) -> Queue:
    """One page of `entries` (a scope that begins with `visible_to`), in a fixed number of queries.

    `total` is how many there are, where that is known beforehand.
    """
    narrowed = found(entries, asked, user=user, at=at)
    page = keyset_page(
        narrowed.select_related("district", "zone", "holder").only(*_SHOWN),
        order=SORTS[asked.sort][1],
        after=asked.after,
        size=PAGE_SIZE,
        keys_first=bool(conditions_of(asked, at)),
    )
    known = page.total if total is None else total
    return Queue(
        rows=_rows(page.rows, at),
        page=page,
        total=narrowed.count() if known is None else known,
        counts={},
    )


#: The columns of a list. What is searched and filtered by stays in the table.
_SHOWN = (
    "state", "state_since", "version", "submitted_at", "queued_at", "ends_at", "time_left",
    "returns", "name", "site", "uscc", "pinyin", "size", "district__name", "district__name_en",
    "zone__name", "zone__name_en", "holder__name", "holder__username",
)  # fmt: skip


def _rows(entries: Iterable[DeskEntry], at: datetime) -> list[Row]:
    # Each word is looked up once: `get_state_display` does it anew in every row, and slowly.
    words = {state.value: str(state.label) for state in State}
    sizes = {name: str(word) for name, word in CLASSES.items()}
    return [
        Row(
            entry,
            words[entry.state],
            sizes.get(entry.size, ""),
            entry.submitted_at if entry.state in WITH_BUREAU else None,
            is_late=at > entry.ends_at,
        )
        for entry in entries
    ]


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
        and Q(state__in=WITH_BUREAU, queued_at__lt=at - timedelta(hours=asked.waits)),
        "gate": asked.gate and Q(shut__contains=f" {asked.gate} "),
        "cover": asked.cover is not None and Q(cover_days__lt=asked.cover),
        "province": asked.province and Q(provinces__contains=f" {province_of(asked.province)}"),
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
    """The person's districts with their zones, and the colleagues there, in two queries."""
    return choices_in(District.objects.filter(pk__in=districts_of(user)))


def choices_in(districts: QuerySet[District]) -> Choices:
    """These districts with their zones, and who works in their bureaus, in two queries."""
    places = list(
        districts.annotate(
            zone=F("zones__pk"), zone_name=F("zones__name"), zone_name_en=F("zones__name_en")
        ).order_by("order", "code", "zones__name")
    )
    return Choices(
        districts=list(dict.fromkeys((place.code, place.local_name) for place in places)),
        zones=[
            (str(place.zone), in_words(place.zone_name, place.zone_name_en))
            for place in places
            if place.zone
        ],
        holders=[
            (str(pk), name or username)
            for pk, name, username in colleagues(
                dict.fromkeys(place.pk for place in places)
            ).values_list("pk", "name", "username")
        ],
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


__all__ = [
    "PAGE_SIZE",
    "SORTS",
    "VIEWS",
    "Asked",
    "Choices",
    "Queue",
    "Row",
    "choices_in",
    "choices_of",
    "city_entries",
    "colleagues",
    "conditions_of",
    "desk_entries",
    "desk_queue",
    "found",
    "next_for",
    "queue",
    "search_of",
]
