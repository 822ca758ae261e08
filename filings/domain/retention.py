"""Personal data goes when it is no longer needed: uploads after a day, rosters after the term.

R4.4 asks for a roster; nothing asks to keep it. How long is a setting of the city, empty until an
administrator decides it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from filings.models import CitySetting, Filing, RosterRow
from filings.states import State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue

from . import audit
from .moves import lock_filing
from .roster import purge_imports

#: An upload that was not applied by then has been forgotten.
IMPORTS_LAST = timedelta(days=1)

#: A roster has served its purpose: work has begun, or the filing has come to its end.
SERVED = (State.STARTED, State.WITHDRAWN, State.REVOKED)


def purge_personal_data(*, at: datetime) -> dict[str, int]:
    """Delete what is past its term at the portal's moment `at`; how many imports and people.

    The rows go with their sealed numbers and look-up values, out of every version; the figures of
    a frozen version stay, since they name nobody.
    """
    imports = purge_imports(before=at - IMPORTS_LAST)
    days = CitySetting.current().roster_retention_days
    if not days:
        return {"imports": imports, "people": 0}
    due = Filing.objects.filter(
        state__in=SERVED, state_since__lt=at - timedelta(days=days), roster__isnull=False
    ).distinct()
    return {"imports": imports, "people": sum(_purge_roster(filing, at, days) for filing in due)}


def _purge_roster(filing: Filing, at: datetime, days: int) -> int:
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        if locked.state not in SERVED or locked.state_since >= at - timedelta(days=days):
            return 0
        people, __ = RosterRow.objects.filter(filing=locked).delete()
        audit.record("purge_roster", locked, by=None, filing=locked)
    return people


def keep_purging_daily(*, at: datetime, done: date | None = None) -> None:
    """Ask for the next day's purge, once; each day's work asks for the next one."""
    next_day = max(clock.day_of(at), done or date.min) + timedelta(days=1)
    start = datetime.combine(next_day, time(3), tzinfo=timezone.get_default_timezone())
    with transaction.atomic():
        enqueue(
            "filings.purge",
            next_day.isoformat(),
            due_at=clock.real_moment_of(start),
            key=f"filings.purge:{next_day}",
        )
