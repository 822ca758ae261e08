"""Judging every filing again: after a new pack, another list or value, and when a day begins.

A round (`Rematch`) is divided into lanes, each a row of the outbox that takes some thousand filings
and asks for the rest of its lane. What has been judged is told by the filings themselves, so that a
lane that was killed goes on where it was.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from django.db import connection, transaction

from filings.public import Filing
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import Work, enqueue, enqueue_all
from policies.models import Pack, Rematch
from policies.queries.rematch_progress import KIND, key_of, waiting

from .matching import match_filings

#: How many filings one transaction judges.
BATCH = 500
#: How many workers a round may keep busy; a filing's own judging takes turns with them.
LANES = 2
#: After so long a lane lets others have the worker.
TURN = timedelta(seconds=10)
#: Longer than a turn with its last batch can take: then a lane that was killed is taken up again.
LEASE = timedelta(seconds=30)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lane:
    """The filings of a round from `first` on that come before `end`, or all without an end."""

    rematch: int
    first: int
    end: int | None = None

    def __str__(self) -> str:
        return f"{self.rematch}:{self.first}:{self.end or ''}"

    @classmethod
    def of(cls, subject: str) -> Lane:
        """The lane that an outbox row names, as `str` gave it."""
        rematch, first, end = subject.split(":")
        return cls(int(rematch), int(first), int(end) if end else None)


def request_rematch(cause: str, subject: str | int, *, at: datetime) -> Rematch | None:
    """Ask, once for each cause and subject, for every filing to be judged again: the round.

    Belongs into the transaction of the change. None before a pack is published, and where the same
    was asked for before.
    """
    with transaction.atomic():
        _one_at_a_time()
        asked = Rematch.objects.filter(cause=cause, subject=str(subject))
        if asked.exists() or not Pack.objects.published().exists():
            return None
        total = Filing.objects.count()
        made = Rematch.objects.create(cause=cause, subject=str(subject), total=total, at=at)
        enqueue_all(Work(KIND, str(lane), key_of(made.pk, lane.first)) for lane in _lanes(made))
    return made


def _one_at_a_time() -> None:
    # Two rounds that are asked for at once would be there to be read in either order; SQLite has
    # one writer anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policies.rematch'))")


def _lanes(rematch: Rematch) -> list[Lane]:
    """The filings in lanes of the same length."""
    ids = Filing.objects.order_by("pk").values_list("pk", flat=True)
    count = min(LANES, rematch.total)
    starts = [ids[rematch.total * lane // count] for lane in range(count)]
    return [Lane(rematch.pk, first, end) for first, end in zip_longest(starts, starts[1:])]


def run_lane(lane: Lane) -> None:
    """Judge the filings of a lane for one turn, a batch in a transaction, and ask for the rest.

    Safe to run again from the start: what has been judged is passed over.
    """
    over_at, first = time.monotonic() + TURN.total_seconds(), lane.first
    while True:
        done = rematch_batch(Lane(lane.rematch, first, lane.end), at=clock.now())
        if done is None:
            return
        first = done + 1
        if time.monotonic() >= over_at:
            break
    with transaction.atomic():
        rest = Lane(lane.rematch, first, lane.end)
        enqueue(KIND, str(rest), key=key_of(lane.rematch, first))


def rematch_batch(lane: Lane, *, at: datetime, size: int = BATCH) -> int | None:
    """Judge the next `size` waiting filings of a lane: the last of them, None where none waits.

    The same as `match_filing` for each, in one transaction with a fixed number of reads. One that
    cannot be judged is left to a row of its own, so that it holds up nobody else; where all of
    them fail together, each is.
    """
    filings = waiting(lane.rematch).filter(pk__gte=lane.first).order_by("pk")
    if lane.end is not None:
        filings = filings.filter(pk__lt=lane.end)
    ids = list(filings.values_list("pk", flat=True)[:size])
    if not ids:
        return None
    try:
        with transaction.atomic():
            unfit = list(match_filings(ids, at=at).unfit)
            _leave_to_themselves(unfit, lane.rematch)
    except Exception as error:  # noqa: BLE001 - one of them fails, and the others shall not
        logger.warning("a batch from filing %s on failed: %s", ids[0], type(error).__name__)
        with transaction.atomic():
            _leave_to_themselves(ids, lane.rematch)
    return ids[-1]


def _leave_to_themselves(filings: list[int], rematch: int) -> None:
    """Let each be judged by itself; its own row shows the failure and tries again."""
    enqueue_all(
        Work("support.match", str(pk), key_of(rematch, pk, "support.match")) for pk in filings
    )
