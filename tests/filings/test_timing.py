"""The arithmetic of a time limit: clock hours, pauses left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from filings.timing import Pause, Run, Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")
# D01 among the deadlines: accepted Friday 17:00, due Sunday 17:00.
FRIDAY = datetime(2020, 3, 6, 17, 0, tzinfo=SHANGHAI)
SUNDAY = datetime(2020, 3, 8, 17, 0, tzinfo=SHANGHAI)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def run(*pauses: tuple[float, float | None], **rest) -> Run:
    """48 hours from Friday on; pauses from and to so many hours after it."""
    made = tuple(
        Pause(FRIDAY + hours(since), None if until is None else FRIDAY + hours(until))
        for since, until in pauses
    )
    return Run(FRIDAY, 48, made, **rest)


def test_accepted_on_friday_at_17_is_due_on_sunday_at_17():
    assert run().due == SUNDAY


def test_exactly_48_hours_are_in_time_and_a_second_more_is_not():
    assert run().left(SUNDAY) == timedelta(0)
    assert not run().has_reached(Stage.LIMIT, SUNDAY)
    assert run().has_reached(Stage.LIMIT, SUNDAY + timedelta(seconds=1))


def test_night_weekend_and_midnight_count_like_any_hour():
    before_midnight = datetime(2020, 3, 6, 23, 59, 59, tzinfo=SHANGHAI)

    assert run().left(before_midnight) - run().left(before_midnight + timedelta(seconds=2)) == (
        timedelta(seconds=2)
    )
    assert run().left(before_midnight) == hours(41) + timedelta(seconds=1)


def test_the_moment_does_not_depend_on_the_zone_in_which_it_is_told():
    assert run().left(SUNDAY.astimezone(ZoneInfo("UTC"))) == timedelta(0)
    assert Run(FRIDAY.astimezone(ZoneInfo("UTC")), 48).due == SUNDAY


def test_a_pause_moves_the_last_moment_by_its_length():
    assert run((10, 15)).due == SUNDAY + hours(5)
    assert run((10, 15), (20, 40)).due == SUNDAY + hours(25)


def test_while_paused_nothing_is_used_and_no_last_moment_is_known():
    paused = run((17, None))

    assert paused.due is None
    assert paused.left(FRIDAY + hours(17)) == paused.left(FRIDAY + hours(500)) == hours(31)
    assert paused.paused_left == hours(31)
    assert not any(paused.has_reached(stage, FRIDAY + hours(500)) for stage in Stage)


@pytest.mark.parametrize(
    ("pauses", "half", "most"),
    [((), 24, 38.4), (((10, 15),), 29, 43.4), (((30, 40),), 24, 48.4), (((24, 34),), 34, 48.4)],
    ids=["none", "before both", "between", "at the very half"],
)
def test_half_and_eighty_percent_are_counted_without_the_pauses(pauses, half, most):
    counted = run(*pauses)

    assert counted.moment_of(Stage.HALF) == FRIDAY + hours(half)
    assert counted.moment_of(Stage.MOST) == FRIDAY + hours(most)


def test_paused_at_the_very_moment_the_stage_waits_for_the_end_of_the_pause():
    assert run((24, None)).moment_of(Stage.HALF) is None
    assert run((48, None)).moment_of(Stage.LIMIT) is None
    assert run((48, 60)).due == FRIDAY + hours(60)


def test_a_pause_after_the_limit_is_not_counted_as_being_late():
    late = run((51, 75))

    assert late.left(FRIDAY + hours(76)) == -hours(4)
    assert FRIDAY + hours(76) - late.due == hours(4)
    assert late.moment_of(Stage.LIMIT) == SUNDAY + timedelta(seconds=1)


def test_the_city_comes_after_its_further_hours_or_never():
    told = run((51, 75), city_after=24)

    assert told.moment_of(Stage.CITY) == FRIDAY + hours(48 + 24 + 24) + timedelta(seconds=1)
    assert run().moment_of(Stage.CITY) is None
    assert [stage for stage, _moment in run().moments()] == ["half", "most", "limit"]


def test_what_has_stopped_reaches_nothing_any_more():
    stopped = run(stopped=FRIDAY + hours(30))

    assert stopped.used(SUNDAY) == hours(30)
    assert stopped.due is None
    assert not any(stopped.has_reached(stage, SUNDAY + hours(99)) for stage in Stage)
