from datetime import UTC, date, datetime, timedelta

import pytest

from jiaozuo_portal.lib import clock

START = datetime.fromisoformat("2020-03-02T08:00:00+08:00")


@pytest.fixture
def started(settings):
    """The portal's clock, started one hour and a half ago."""
    settings.PORTAL_CLOCK_START = START
    settings.PORTAL_CLOCK_ANCHOR = clock.real_now() - timedelta(minutes=90)


def about(moment: datetime):
    return pytest.approx(moment.timestamp(), abs=5)


def test_without_a_start_the_portal_shows_real_time():
    assert clock.now().timestamp() == about(datetime.now(UTC))
    assert not clock.is_simulated()


def test_with_a_start_the_clock_runs_on_from_it(started):
    assert clock.now().timestamp() == about(START + timedelta(minutes=90))
    assert clock.is_simulated()


def test_real_time_is_never_simulated(started):
    assert clock.real_now().timestamp() == about(datetime.now(UTC))


def test_every_moment_is_aware(started):
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.real_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2020-03-01T15:59:59+00:00", date(2020, 3, 1)),
        ("2020-03-01T16:00:00+00:00", date(2020, 3, 2)),
        ("2020-03-02T00:00:00+08:00", date(2020, 3, 2)),
    ],
)
def test_day_turns_at_midnight_in_shanghai(moment, day):
    assert clock.day_of(datetime.fromisoformat(moment)) == day


def test_today_is_the_day_of_the_portal_and_not_of_the_server(clock_at):
    clock_at("2020-03-31T16:00:00+00:00")

    assert clock.today() == date(2020, 4, 1)


def test_real_moment_of_a_portal_deadline(settings, started):
    deadline = START + timedelta(days=2)

    due = clock.real_moment_of(deadline)

    assert due == settings.PORTAL_CLOCK_ANCHOR + timedelta(days=2)


def test_stopped_clock_stands_still_and_can_be_moved(clock_at):
    first = clock_at("2020-03-02T08:00:00+08:00")
    seen = [clock.now(), clock.now()]
    second = clock_at("2020-03-05T08:00:00+08:00")

    assert seen == [first, first]
    assert clock.now() == second
