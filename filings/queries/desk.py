"""The reviewer's queue: views with counts, filters, search, age, and the load of the team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import CitySetting, Decision, Filing, User, Zone
from filings.size import size_of
from filings.states import WITH_BUREAU, State
from jiaozuo_portal.lib.pages import Page, keyset_page

PAGE_SIZE = 30

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
    "newest": (_("最新提交的在前"), ("-submitted_at", "-pk")),
    "name": (_("按企业名称"), ("enterprise__pinyin", "pk")),
    "since": (_("按最近变化"), ("-state_since", "-pk")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address bar asks for; every value has been checked by the form."""

    view: str = "waiting"
    state: str = ""
    zone: str = ""
    size: str = ""
    holder: str = ""
    q: str = ""
    sort: str = "oldest"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One filing of the queue. `waits_since` is when the bureau's turn began, None out of it.

    `times_returned` counts the earlier returns.
    """

    filing: Filing
    size: str
    waits_since: datetime | None
    due: datetime | None
    is_late: bool
    times_returned: int


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


def desk_filings(user: User) -> QuerySet[Filing]:
    """The filings of the districts whose bureau this person works in."""
    return Filing.objects.visible_to(user).filter(district_id__in=districts_of(user))


def districts_of(user: User) -> list[int]:
    """The districts whose bureau this person works in."""
    return [post.district_id for post in user.posts_of("bureau") if post.district_id]


def _came_back() -> Exists:
    """An earlier version was returned, and the current one stands undecided."""
    return Exists(
        Decision.objects.filter(
            filing=OuterRef("pk"), kind="return", version__lt=OuterRef("version")
        )
    )


def overdue_since(at: datetime) -> datetime | None:
    """What was submitted before this moment is overdue; None while the city has set no hours."""
    hours = CitySetting.current().review_hours
    return at - timedelta(hours=hours) if hours else None


def _views(user: User, limit: datetime | None) -> dict[str, Q]:
    with_bureau = Q(state__in=WITH_BUREAU)
    views = {
        "mine": Q(holder=user, state=State.IN_REVIEW),
        "waiting": Q(state=State.SUBMITTED),
        "reviewing": Q(state=State.IN_REVIEW),
        "back": with_bureau & Q(came_back=True),
        "returned": Q(state=State.RETURNED),
        "all": Q(),
    }
    if limit:
        views["overdue"] = with_bureau & Q(submitted_at__lt=limit)
    return views


def queue(filings: QuerySet[Filing], asked: Asked, *, user: User, at: datetime) -> Queue:
    """One page of `filings` (a scope that begins with `visible_to`), in a fixed number of queries.

    `at` is the moment of the portal's clock against which ages and limits are told.
    """
    limit = overdue_since(at)
    views = _views(user, limit)
    filings = filings.annotate(came_back=_came_back())
    counts = counts_of(filings, views)
    narrowed = narrow(filings.filter(views.get(asked.view, Q())), asked)
    shown = narrowed.select_related("enterprise", "site", "district", "zone", "holder").annotate(
        times_returned=Count("decisions", filter=Q(decisions__kind="return"), distinct=True)
    )
    page = keyset_page(shown, order=SORTS[asked.sort][1], after=asked.after, size=PAGE_SIZE)
    return Queue(
        rows=[_row(filing, limit, at) for filing in page.rows],
        page=page,
        total=narrowed.count(),
        counts={name: counts[name] for name in VIEWS if name in counts},
    )


def counts_of(filings: QuerySet[Filing], views: dict[str, Q]) -> dict[str, int]:
    """How many filings each view holds, in one query. Aliases are kept apart from annotations."""
    counted = filings.aggregate(
        **{
            f"in_{name}": Count("pk", filter=view) if view else Count("pk")
            for name, view in views.items()
        }
    )
    return {name: counted[f"in_{name}"] for name in views}


def _row(filing: Filing, limit: datetime | None, at: datetime) -> Row:
    waits = filing.submitted_at if filing.state in WITH_BUREAU else None
    due = waits + (at - limit) if waits and limit else None
    return Row(
        filing=filing,
        size=size_label(filing),
        waits_since=waits,
        due=due,
        is_late=bool(due and at > due),
        times_returned=filing.times_returned,  # type: ignore[attr-defined]
    )


def size_label(filing: Filing) -> str:
    """The size class of the filing's enterprise; empty while an indicator leaves it open."""
    size = _size(
        filing.enterprise.sme_industry,
        filing.enterprise.employees,
        filing.enterprise.annual_revenue_wanyuan,
        filing.enterprise.total_assets_wanyuan,
    )
    return str(size.label) if size else ""


def _size(industry: str, employees: Any, revenue: Any, assets: Any) -> Any:
    figures = {
        "employees": employees,
        "annual_revenue_wanyuan": revenue,
        "total_assets_wanyuan": assets,
    }
    return size_of(industry, figures)


def narrow(filings: QuerySet[Filing], asked: Asked) -> QuerySet[Filing]:
    """`filings` by state, zone, size class, holder and search."""
    if asked.state:
        filings = filings.filter(state=asked.state)
    if asked.zone:
        is_none = asked.zone == "none"
        filings = (
            filings.filter(zone__isnull=True)
            if is_none
            else filings.filter(zone_id=int(asked.zone))
        )
    if asked.holder:
        filings = filings.filter(holder_id=int(asked.holder), state__in=WITH_BUREAU)
    if asked.q:
        filings = filings.filter(_search(asked.q))
    if asked.size:
        filings = filings.filter(enterprise__in=_of_size(filings, asked.size))
    return filings


def _search(text: str) -> Q:
    """By part of the name, by code, or by pinyin initials or syllables."""
    text = text.strip()
    compact = "".join(text.split()).lower()
    return (
        Q(enterprise__name__icontains=text)
        | Q(site__name__icontains=text)
        | Q(enterprise__uscc__istartswith=compact)
        | Q(enterprise__pinyin__contains=compact)
    )


def _of_size(filings: QuerySet[Filing], wanted: str) -> list[int]:
    """The enterprises of a size class. The standard is data, so it is asked in Python: one query
    over four columns of a district's enterprises."""
    rows = filings.order_by().values_list(
        "enterprise_id",
        "enterprise__sme_industry",
        "enterprise__employees",
        "enterprise__annual_revenue_wanyuan",
        "enterprise__total_assets_wanyuan",
    )
    found = []
    for enterprise_id, industry, employees, revenue, assets in rows.distinct():
        size = _size(industry, employees, revenue, assets)
        decided = size.decided if size else None
        if (decided or "open") == wanted:
            found.append(enterprise_id)
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
        for row in desk_filings(user)
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
    "desk_filings",
    "narrow",
    "overdue_since",
    "queue",
    "size_label",
    "team_load",
]
