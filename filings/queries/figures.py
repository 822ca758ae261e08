"""The figures of the boards: named conditions on the desk's entries, and their counts.

A figure is told by the condition that its list is made with (`condition_of`), so that the two can't
part; `figures_by_district` counts all of them at a moment, in a fixed number of queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Concat, RowNumber

from filings.gates import APPROVAL_GATES, START_GATES
from filings.models import Correction, DeskEntry, Step
from filings.states import CLOSED, WITH_BUREAU, State

from .desk_counts import overdue

Figures = dict[str, Any]

#: Decisions and corrections are told of so many days back.
PERIOD = timedelta(days=7)
#: The filings whose supplies last least.
WORST = 10
#: Days of cover: from each of these on to the next.
COVER = (0, 3, 7, 14)

#: Filings that authorities have before them: no drafts, and none that has ended.
_STANDING = Q(version__gt=0) & ~Q(state__in=[State.DRAFT, *CLOSED])
_STARTED = Q(state=State.STARTED)
_CLEARED = Q(state__in=(State.APPROVED, State.READY))


def _cover(low: int) -> Q:
    """From `low` days on, up to the next step."""
    higher = [step for step in COVER if step > low]
    upto = Q(cover_days__lt=higher[0]) if higher else Q()
    return _STANDING & Q(cover_days__gte=low) & upto


#: The figures that are counts of entries, each by its condition.
COUNTED: dict[str, Q] = {
    **{f"state-{state.value}": Q(state=state) for state in State},
    "staff-back": _STARTED & Q(heads__gt=0),
    "staff-cleared": _CLEARED & Q(heads__gt=0),
    "heads-same": _STANDING & Q(heads=F("planned")),
    "heads-fewer": _STANDING & Q(heads__lt=F("planned")),
    "heads-more": _STANDING & Q(heads__gt=F("planned")),
    **{f"cover-{low}": _cover(low) for low in COVER},
    "cover-open": _STANDING & Q(cover_days__isnull=True),
    **{
        f"gate-{gate.name}": Q(shut__contains=f" {gate.name} ")
        for gate in (*APPROVAL_GATES, *START_GATES)
    },
}

#: The figures that are sums of a column over the entries of a condition.
SUMMED: dict[str, tuple[str, Q]] = {
    "people-back": ("heads", COUNTED["staff-back"]),
    "people-cleared": ("heads", COUNTED["staff-cleared"]),
    "people-planned": ("planned", _STANDING),
    "people-listed": ("heads", _STANDING),
}


@dataclass(frozen=True, slots=True)
class Behind:
    """The lists behind figures that another app counts; each of them is told by a word.

    `entries` gives the condition on entries (None for an unknown word), `label` the heading, and
    `yuan`, where the figures are sums of money, the sum over the entries of a list.
    """

    entries: Callable[[str], Q | None]
    label: Callable[[str], str]
    yuan: Callable[[str, QuerySet[DeskEntry]], float] | None = None


_behind: dict[str, Behind] = {}


def add_lists(name: str, behind: Behind) -> None:
    """Let another app have lists of its own: those of the figures `<name>-<word>`."""
    _behind[name] = behind


def behind(key: str) -> tuple[Behind, str] | None:
    """Another app's lists to which a figure belongs, and its word; None for our own figures."""
    name, _dash, word = key.partition("-")
    return (_behind[name], word) if name in _behind else None


def condition_of(key: str, at: datetime) -> Q | None:
    """The condition on entries behind a figure at the moment `at`; None for an unknown figure.

    Keys are those of `COUNTED`, `overdue`, `decided`, `from-<province>`, for what was to be mended
    `reason-<short name of a text block>` or `part-<section>`, and those of other apps (`Behind`).
    """
    other = behind(key)
    if other:
        return other[0].entries(other[1])
    name, _dash, what = key.partition("-")
    special: dict[str, Callable[[], Q | None]] = {
        "overdue": lambda: overdue(at),
        "decided": lambda: Q(Exists(_decisions(at).filter(filing=OuterRef("pk")))),
        "from": lambda: _from(what) if what else None,
        "reason": lambda: _corrected(at, block__title=what) if what else None,
        "part": lambda: _corrected(at, block__isnull=True, section=what) if what else None,
    }
    return special[name]() if name in special else COUNTED.get(key)


def people_behind(key: str, entries: QuerySet[DeskEntry]) -> int | None:
    """How many people a figure counts in the `entries` of its list; None for one that counts
    filings."""
    name, _dash, province = key.partition("-")
    if key == "staff-back":
        return entries.aggregate(n=Sum("heads"))["n"] or 0
    if name != "from":
        return None
    # In Python: a province is a key of the entry's own table, and each database names it otherwise.
    return sum(origins.get(province, 0) for origins in entries.values_list("origins", flat=True))


def yuan_behind(key: str, entries: QuerySet[DeskEntry]) -> float | None:
    """How many yuan a figure counts in the `entries` of its list; None for one of no money."""
    other = behind(key)
    return other[0].yuan(other[1], entries) if other and other[0].yuan else None


def _from(province: str) -> Q:
    return COUNTED["staff-back"] & Q(provinces__contains=f" {province} ")


def _corrected(at: datetime, **what: Any) -> Q:
    return Q(Exists(_corrections(at).filter(filing=OuterRef("pk"), **what)))


def _corrections(at: datetime) -> Any:
    """What was sent back to be mended within the period."""
    return Correction.objects.filter(sent_at__gt=at - PERIOD, sent_at__lte=at)


def _decisions(at: datetime) -> Any:
    """The approvals within the period, whether a time limit ran for them or not."""
    return Step.objects.filter(move="approve", at__gt=at - PERIOD, at__lte=at)


class Measured(NamedTuple):
    """The figures of one district, and the hours of its decisions for those above it."""

    figures: Figures
    hours: list[float]


def figures_by_district(at: datetime) -> dict[int, Measured]:
    """Everything that is counted of filings, for each district that has any: six queries."""
    found: dict[int, Measured] = {}
    for row in _counted(at):
        district = row.pop("district_id")
        found[district] = Measured({"counts": {k: v or 0 for k, v in row.items()}}, [])
    for part, told in (
        ("origins", _origins()),
        ("reasons", _reasons(at)),
        ("worst", _worst()),
    ):
        for district, one in found.items():
            one.figures[part] = told.get(district, [])
    for district, hours in _hours(at):
        found[district].hours.append(hours)
    for one in found.values():
        one.figures["decided"] = _times(one.hours)
    return found


def nothing() -> Measured:
    """The figures of a district without a filing."""
    empty: Figures = {"counts": {}, "origins": [], "reasons": [], "worst": []}
    return Measured({**empty, "decided": _times([])}, [])


def figures_of_city(districts: Iterable[Measured]) -> Figures:
    """The same for the city: sums, the longest lists put together, the hours of all."""
    districts = list(districts)
    counts: Counter[str] = Counter()
    for one in districts:
        counts.update(one.figures["counts"])
    return {
        "counts": dict(counts),
        "origins": most(added(one.figures["origins"] for one in districts)),
        "reasons": most(added(one.figures["reasons"] for one in districts)),
        "worst": sorted(
            (row for one in districts for row in one.figures["worst"]), key=lambda row: row["days"]
        )[:WORST],
        "decided": _times([hours for one in districts for hours in one.hours]),
    }


def _counted(at: datetime) -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {key: Count("pk", filter=where) for key, where in COUNTED.items()}
    asked["overdue"] = Count("pk", filter=overdue(at))
    asked |= {key: Sum(column, filter=where) for key, (column, where) in SUMMED.items()}
    # A name of a column can't have a dash.
    named = {key.replace("-", "__"): count for key, count in asked.items()}
    for row in DeskEntry.objects.order_by().values("district_id").annotate(**named):
        yield {key.replace("__", "-"): value for key, value in row.items()}


def _origins() -> dict[int, list[dict[str, Any]]]:
    """How many of those who are back come from where."""
    people: dict[int, Counter[str]] = defaultdict(Counter)
    rows = DeskEntry.objects.filter(COUNTED["staff-back"]).order_by()
    for district, origins in rows.values_list("district_id", "origins").iterator(chunk_size=5000):
        people[district].update(origins)
    return {
        district: most([{"key": f"from-{name}", "name": name, "n": n} for name, n in found.items()])
        for district, found in people.items()
    }


def _reasons(at: datetime) -> dict[int, list[dict[str, Any]]]:
    """In how many filings something was to be mended, by the text block or else by the section."""
    key = Case(
        When(block__isnull=True, then=Concat(Value("part-"), "section")),
        default=Concat(Value("reason-"), "block__title"),
        output_field=CharField(),
    )
    rows = (
        _corrections(at)
        .order_by()
        .annotate(key=key)
        .values_list("filing__district_id", "key")
        .annotate(n=Count("filing", distinct=True))
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for district, name, count in rows:
        found[district].append({"key": name, "name": name.partition("-")[2], "n": count})
    return {district: most(reasons) for district, reasons in found.items()}


def _worst() -> dict[int, list[dict[str, Any]]]:
    """The filings of each district whose supplies last least, the worst first."""
    rank = Window(RowNumber(), partition_by="district_id", order_by=("cover_days", "pk"))
    rows = (
        DeskEntry.objects.filter(_STANDING, cover_days__isnull=False)
        .annotate(rank=rank)
        .filter(rank__lte=WORST)
        .order_by("district_id", "cover_days", "pk")
        .values_list("district_id", "pk", "name", "site", "cover_days")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for district, pk, name, site, days in rows:
        found[district].append({"pk": pk, "name": name, "site": site, "days": float(days or 0)})
    return found


def _hours(at: datetime) -> Iterator[tuple[int, float]]:
    """For each filing that was approved within the period, the clock hours that its last approval
    took: those that it was with the bureau, and none that it was with the enterprise."""
    rows = Step.objects.filter(filing__in=_decisions(at).values("filing"), at__lte=at)
    columns = ("filing_id", "filing__district_id", "move", "target", "at")
    told = rows.order_by("filing", "pk").values_list(*columns).iterator(chunk_size=5000)
    for (_filing, district), steps in groupby(told, key=itemgetter(0, 1)):
        hours = _hours_of_last_approval((move, target, when) for *_, move, target, when in steps)
        if hours is not None:
            yield district, hours


def _hours_of_last_approval(steps: Iterable[tuple[str, str, datetime]]) -> float | None:
    """From the steps of one filing in their order; None where nothing was approved."""
    spent, since, found = timedelta(0), None, None
    for move, target, when in steps:
        if target in WITH_BUREAU:
            since = since or when
            continue
        if since is not None:
            spent, since = spent + (when - since), None
        if move == "approve":
            found = spent.total_seconds() / 3600
        if target != State.RETURNED:
            spent = timedelta(0)
    return found


def _times(hours: list[float]) -> dict[str, Any]:
    return {"n": len(hours), "median": percentile(hours, 50), "p90": percentile(hours, 90)}


def percentile(values: Iterable[float], percent: int) -> float | None:
    """The nearest-rank percentile, rounded to a tenth; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return round(ordered[max(1, ceil(len(ordered) * percent / 100)) - 1], 1)


def added(lists: Iterable[Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of the same key as one, with the sums of their numbers."""
    found: dict[str, dict[str, Any]] = {}
    for one in (row for rows in lists for row in rows):
        kept = found.setdefault(one["key"], {"key": one["key"], "name": one["name"]})
        for name, value in one.items():
            if name not in ("key", "name"):
                kept[name] = kept.get(name, 0) + value
    return list(found.values())


def most(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest first."""
    return sorted(rows, key=lambda row: (-row["n"], row["key"]))
