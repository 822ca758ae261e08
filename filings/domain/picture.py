"""The picture of city and districts, taken each minute: one an hour is kept, later one a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from filings.models import District, Picture
from filings.queries import figures
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue

#: How long after a picture the next one is due: with the wait for a worker, within a minute.
EVERY = timedelta(seconds=45)
#: For so long each hour is kept; of a day before that, the last.
HOURS_LAST = timedelta(days=14)

#: What another app counts: a moment in; lists of figures by district out.
Part = Callable[[datetime], Mapping[int, list[dict[str, Any]]]]

_parts: dict[str, Part] = {}


def add_part(name: str, part: Part) -> None:
    """Let another app put a list of its own into every picture, under a name.

    Its rows have `key`, `name` and `n`, and other numbers beside it; for the city, rows of the
    same key are added up.
    """
    _parts[name] = part


def take_picture(*, at: datetime) -> None:
    """Count everything at the moment `at` of the portal's clock, and keep it for that hour."""
    measured = figures.figures_by_district(at)
    for district in District.objects.values_list("pk", flat=True):
        measured.setdefault(district, figures.nothing())
    city = figures.figures_of_city(measured.values())
    for name, part in _parts.items():
        found = part(at)
        for district, one in measured.items():
            one.figures[name] = figures.most(found.get(district, []))
        city[name] = figures.most(figures.added(found.values()))
    taken: list[tuple[int | None, figures.Figures]] = [(None, city)]
    taken += [(district, one.figures) for district, one in measured.items()]
    local = timezone.localtime(at)
    with transaction.atomic():
        for scope, told in taken:
            Picture.objects.update_or_create(
                district_id=scope,  # type: ignore[misc]
                day=local.date(),
                hour=local.hour,
                defaults={"taken_at": at, "figures": told},
            )


def keep_taking(*, now: datetime) -> None:
    """Ask for the next picture, once; each asks for the next one. `now` is a real moment."""
    due = now + EVERY
    with transaction.atomic():
        enqueue("filings.picture", "", due_at=due, key=f"filings.picture:{due:%Y%m%d%H%M%S}")


def thin_out(*, at: datetime) -> int:
    """Keep the last picture of each day that is long past; how many were given up."""
    old = Picture.objects.filter(day__lt=clock.day_of(at - HOURS_LAST)).order_by()
    days = old.values("district", "day").annotate(last=Max("hour"), n=Count("pk")).filter(n__gt=1)
    given_up = 0
    for one in days:
        hours = old.filter(day=one["day"], hour__lt=one["last"], district=one["district"])
        given_up += hours.delete()[0]
    return given_up
