"""Reminders and escalations of the time limit: each stage is told once, to those who can act."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from filings.models import ClockAlert, Filing, ReviewClock, User
from filings.queries.assignment import team_of
from filings.timing import PASSED, Stage
from jiaozuo_portal.lib import clock

from . import notices
from .moves import lock_filing

#: Who hears of a stage. Nobody holds it: the whole bureau takes the place of the holder.
AUDIENCE: dict[str, tuple[str, ...]] = {
    Stage.HALF: ("holder",),
    Stage.MOST: ("holder",),
    Stage.LIMIT: ("bureau",),
    Stage.CITY: ("lead", "city"),
}


def alert(clock_pk: int, stage: str, *, at: datetime) -> bool:
    """Tell of a stage of the clock, once; whether it was told now.

    Nothing is told when the filing has been decided or withdrawn, is paused, or has been paused
    meanwhile so that the stage lies ahead again (which another row will bring); nor that half the
    time is used when all of it is.
    """
    with transaction.atomic():
        filing_pk = ReviewClock.objects.filter(pk=clock_pk).values_list("filing", flat=True).first()
        if filing_pk is None:
            return False
        filing = lock_filing(filing_pk)
        # Read under the lock: a move that came first has paused or stopped it.
        run = ReviewClock.objects.get(pk=clock_pk).run()
        overtaken = stage not in PASSED and run.has_reached(Stage.LIMIT, at)
        if overtaken or not run.has_reached(stage, at):
            return False
        __, is_new = ClockAlert.objects.get_or_create(
            clock_id=clock_pk, stage=stage, defaults={"at": at}
        )
        if is_new:
            _tell(filing, stage, at)
    return is_new


def _tell(filing: Filing, stage: str, at: datetime) -> None:
    circles = AUDIENCE[stage]
    if circles == ("holder",) and filing.holder_id is None:
        circles = ("bureau",)
    people = notices.audience(circles, filing)
    due = timezone.localtime(filing.due_at, timezone.get_default_timezone())
    notices.send(
        f"time_{stage}",
        [*people, *_stand_in(filing, people, at)],
        at=at,
        filing=filing,
        due=f"{due:%Y-%m-%d %H:%M}",
    )


def _stand_in(filing: Filing, told: list[User], at: datetime) -> list[User]:
    """Who stands in for the holder today, unless that is nobody or somebody who is told anyway."""
    if filing.holder_id is None or filing.holder_id not in {person.pk for person in told}:
        return []
    team = team_of(filing, day=clock.day_of(at))
    found = team.here.get(team.at_work(filing.holder_id) or 0)
    return [found] if found and found not in told else []
