"""The portal's clock.

What the guide and the policies govern (verdicts, deadlines, the calendar) follows `now` and
`today`. Sign-in, sessions, tokens and audit stamps take `real_now`.
"""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The moment on the portal's clock, aware, in UTC.

    With a start set, it is the start plus the real time since the anchor, so that every process
    shows the same moment and a restart does not turn the clock back.
    """
    return _portal_moment(real_now())


def today() -> date:
    """The calendar day on the portal's clock, in the time zone of the settings."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar day of an aware moment, in the time zone of the settings."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def real_now() -> datetime:
    """The real moment, aware, in UTC."""
    return datetime.now(UTC)


def is_simulated() -> bool:
    """Whether the portal's clock is not the real one; the page header says so."""
    return settings.PORTAL_CLOCK_START is not None


def real_moment_of(moment: datetime) -> datetime:
    """The real moment at which the portal's clock shows `moment`.

    An outbox row that is due at a moment of the portal's clock is due then.
    """
    return moment - _shift()


def _portal_moment(real: datetime) -> datetime:
    return real + _shift()


def _shift() -> timedelta:
    start, anchor = settings.PORTAL_CLOCK_START, settings.PORTAL_CLOCK_ANCHOR
    return start - anchor if start and anchor else timedelta(0)
