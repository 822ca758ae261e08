"""The work of policies that the outbox hands over."""

from __future__ import annotations

from datetime import date

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.queue import handles
from policies.models import Rematch

from .domain.matching import match_filing
from .domain.packs import keep_judging_daily
from .domain.rematch import LEASE, Lane, request_rematch, run_lane
from .domain.reminders import remind_batch, request_reminders


@handles("support.match")
def match_one(row: OutboxRow) -> None:
    """Judge one filing after a move, a submission, a new profile, or a new day."""
    match_filing(int(row.subject), at=clock.now())


@handles("support.rematch", in_pieces=True, lease=LEASE)
def match_lane(row: OutboxRow) -> None:
    """Judge filings of a lane again for a while, and ask for the rest of it."""
    run_lane(Lane.of(row.subject))


@handles("support.day")
def match_all(row: OutboxRow) -> None:
    """A day of the portal's clock has begun: judge every filing, and ask for the next day.

    A row that comes late (the portal was down) judges the present day; days in between are not
    made up, for nobody was shown them. Last days are reminded of in the morning.
    """
    at = clock.now()
    request_rematch(Rematch.Cause.DAY, str(clock.day_of(at)), at=at)
    request_reminders(at=at)
    keep_judging_daily(at=at, done=date.fromisoformat(row.subject))


@handles("support.deadlines")
def remind(row: OutboxRow) -> None:
    """Remind a batch of filings of what ends soon, and ask for the next one."""
    remind_batch(int(row.subject), at=clock.now())
