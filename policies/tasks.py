"""The work of policies that the outbox hands over."""

from __future__ import annotations

from datetime import date

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.queue import handles

from .domain.matching import match_filing
from .domain.packs import keep_judging_daily
from .domain.rematch import rematch_batch, request_rematch
from .domain.reminders import remind_batch, request_reminders


@handles("support.match")
def match_one(row: OutboxRow) -> None:
    """Judge one filing after a move, a submission, a new profile, or a new day."""
    match_filing(int(row.subject), at=clock.now())


@handles("support.rematch")
def match_batch(row: OutboxRow) -> None:
    """Judge a batch of filings again, and ask for the next one."""
    rematch_batch(int(row.subject), at=clock.now())


@handles("support.day")
def match_all(row: OutboxRow) -> None:
    """A day of the portal's clock has begun: judge every filing, and ask for the next day.

    A row that comes late (the portal was down) judges the present day; days in between are not
    made up, for nobody was shown them. Last days are reminded of in the morning.
    """
    at = clock.now()
    request_rematch(at=at)
    request_reminders(at=at)
    keep_judging_daily(at=at, done=date.fromisoformat(row.subject))


@handles("support.deadlines")
def remind(row: OutboxRow) -> None:
    """Remind a batch of filings of what ends soon, and ask for the next one."""
    remind_batch(int(row.subject), at=clock.now())
