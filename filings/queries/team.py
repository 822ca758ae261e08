"""The load of a bureau's team: what every colleague holds and has decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from filings.models import Decision, User
from filings.states import State

from .desk import colleagues, desk_entries, districts_of


@dataclass(frozen=True, slots=True)
class Load:
    """How much one colleague holds, and since when the oldest has been waiting."""

    user: User
    held: int
    oldest: datetime | None
    decided: int = 0


def team_load(user: User) -> list[Load]:
    """What every colleague of the person's bureaus holds, the fullest desk first."""
    held = _held(user)
    decided = _decided(user)
    loads = [
        Load(person, *held.get(person.pk, (0, None)), decided.get(person.pk, 0))
        for person in colleagues(districts_of(user))
    ]
    return sorted(loads, key=lambda load: -load.held)


def _held(user: User) -> dict[Any, tuple[int, datetime | None]]:
    rows = (
        desk_entries(user)
        .filter(state=State.IN_REVIEW)
        .order_by()
        .values("holder")
        .annotate(held=Count("pk"), oldest=Min("submitted_at"))
    )
    return {row["holder"]: (row["held"], row["oldest"]) for row in rows}


def _decided(user: User) -> dict[Any, int]:
    return dict(
        Decision.objects.visible_to(user)
        .filter(filing__district_id__in=districts_of(user))
        .order_by()
        .values_list("by")
        .annotate(count=Count("pk"))
    )
