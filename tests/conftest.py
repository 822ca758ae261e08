"""Fixtures that every test may use."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from jiaozuo_portal.lib import clock


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch, settings) -> Callable[[str | datetime], datetime]:
    """Stop the portal's clock at a moment: `clock_at("2020-03-02T08:00:00+08:00")`.

    The real clock runs on, as it does for sign-in, tokens and audit stamps. Call it again to move
    the portal's clock.
    """

    def stop(at: str | datetime) -> datetime:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        moment = moment.astimezone(UTC)
        settings.PORTAL_CLOCK_START = moment
        settings.PORTAL_CLOCK_ANCHOR = clock.real_now()
        monkeypatch.setattr(clock, "_portal_moment", lambda real: moment)
        return moment

    return stop
