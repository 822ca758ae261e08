"""The clock of a review: it starts with the acceptance, pauses and stops with the moves.

Every write happens inside a move, in its transaction and under the filing's lock. What is left is
never counted down anywhere: it follows from the stored start and pauses (`filings.timing`).
"""

from __future__ import annotations

from datetime import datetime

from filings.models import ClockPause, Filing, ReviewClock, TimeLimit
from filings.states import WITH_BUREAU, State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue


def turn_clock(filing: Filing, move: str, *, at: datetime) -> None:
    """Start, pause, go on with or stop the clock of a filing that has just taken `move`.

    Sets `due_at` and `time_left` of the filing; the caller saves it.
    """
    running = clock_of(filing)
    if filing.state == State.RETURNED and running:
        ClockPause.objects.get_or_create(clock=running, until=None, defaults={"since": at})
    elif filing.state not in WITH_BUREAU and running:
        running.stopped_at = at
        running.save(update_fields=["stopped_at"])
        running = None
    elif filing.state in WITH_BUREAU and running:
        _go_on(running, at)
    elif filing.state in WITH_BUREAU:
        running = _start(filing, move, at)
    _copy(filing, running)


def restore_copies(filing: Filing) -> None:
    """Write `due_at` and `time_left` of a filing anew from its clock and pauses."""
    _copy(filing, clock_of(filing))
    filing.save(update_fields=["due_at", "time_left"])


def clock_of(filing: Filing) -> ReviewClock | None:
    """The clock that runs, or is paused, for this filing."""
    return ReviewClock.objects.filter(filing=filing, stopped_at=None).first()


def _start(filing: Filing, move: str, at: datetime) -> ReviewClock | None:
    limit = TimeLimit.of(filing)
    if limit is None or limit.hours is None or limit.starts_on != move:
        return None
    started = ReviewClock.objects.create(
        filing=filing,
        kind=limit.kind,
        hours=limit.hours,
        city_after_hours=limit.city_after_hours,
        started_at=at,
    )
    _ask_for_alerts(started)
    return started


def _go_on(running: ReviewClock, at: datetime) -> None:
    """End the pause, if there is one; the moments that lay ahead have moved by its length."""
    if running.pauses.filter(until=None).update(until=at):
        _ask_for_alerts(running)


def _ask_for_alerts(running: ReviewClock) -> None:
    """Write down when to look at this clock again: once a stage, anew after every pause.

    What was asked for before a pause comes too early then, and is let go (`domain.alerts`).
    """
    run = running.run()
    for stage, moment in run.moments():
        enqueue(
            "review.alert",
            f"{running.pk}:{stage}",
            due_at=clock.real_moment_of(moment),
            key=f"review.alert:{running.pk}:{stage}:{len(run.pauses)}",
        )


def _copy(filing: Filing, running: ReviewClock | None) -> None:
    run = running.run() if running else None
    filing.due_at = run.due if run else None
    filing.time_left = run.paused_left if run else None


__all__ = ["clock_of", "restore_copies", "turn_clock"]
