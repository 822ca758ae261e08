"""The counts over the desk's lists, told from what `domain.desk_counts` keeps: none counts rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, Q, QuerySet, Sum, Value

from filings.models import DeskCount, DeskEntry, User
from filings.states import WITH_BUREAU, State

_NO = Value(False, output_field=BooleanField())

#: What was submitted and is nobody's: no rule has assigned it, and nobody has claimed it.
UNOWNED = Q(state=State.SUBMITTED, holder__isnull=True)


def counts_of_views(user: User, districts: Iterable[int], *, at: datetime) -> dict[str, int]:
    """How many entries each view of a bureau's desk holds at the moment `at`, in one query.

    What is mine, unowned or overdue is counted from the few entries that are with the bureau.
    """
    within = list(districts)
    by_state: Counter[str] = Counter()
    back = 0
    for name, was_returned, count in _counted(user, within, at):
        by_state[name] += count
        back += count if was_returned and name in WITH_BUREAU else 0
    counts = {
        "mine": by_state.pop("mine", 0),
        "unowned": by_state.pop("unowned", 0),
        "overdue": by_state.pop("overdue", 0),
        "waiting": by_state[State.SUBMITTED],
        "reviewing": by_state[State.IN_REVIEW],
        "back": back,
        "returned": by_state[State.RETURNED],
    }
    counts["all"] = by_state.total()
    return counts


def _counted(
    user: User, districts: list[int], at: datetime
) -> QuerySet[Any, tuple[str, bool, int]]:
    here = {"district_id__in": districts}
    entries = DeskEntry.objects.visible_to(user).filter(**here)
    states = DeskCount.objects.visible_to(user).filter(**here).order_by()
    return (
        states.values("state", "was_returned")
        .annotate(count=Sum("entries"))
        .values_list("state", "was_returned", "count")
        .union(
            _as("mine", entries.filter(mine(user))),
            _as("unowned", entries.filter(UNOWNED)),
            _as("overdue", entries.filter(overdue(at))),
            all=True,
        )
    )


def _as(name: str, entries: QuerySet[DeskEntry]) -> QuerySet[Any]:
    counted = entries.order_by().values(told=Value(name), was_returned=_NO)
    return counted.annotate(count=Count("pk")).values_list("told", "was_returned", "count")


def mine(user: User) -> Q:
    """What is the person's to review: claimed, or assigned and still to be claimed."""
    return Q(holder=user, state__in=WITH_BUREAU)


def overdue(at: datetime) -> Q:
    """The condition on entries that their time limit has passed at the moment `at`.

    Exactly the last moment is in time. A clock that is paused or stopped ends never.
    """
    return Q(ends_at__lt=at)


def counts_of_districts(user: User) -> dict[tuple[int, str], int]:
    """How many filings each district has in each state, by district id and state."""
    counted = (
        DeskCount.objects.visible_to(user)
        .order_by()
        .values("district_id", "state")
        .annotate(count=Sum("entries"))
    )
    return {(row["district_id"], row["state"]): row["count"] for row in counted}
