"""The clock of a review through the moves, and who is told when."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from filings.domain import moves, review
from filings.domain.notices import words
from filings.domain.timing import clock_of
from filings.models import (
    ClockAlert,
    ClockPause,
    Correction,
    DeskEntry,
    Filing,
    Notice,
    ReviewClock,
    TimeLimit,
)
from filings.models.desk import NEVER
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make

pytestmark = pytest.mark.django_db

# D01: accepted on a Friday at 17:00.
FRIDAY = datetime(2020, 3, 6, 17, 0, tzinfo=make.SHANGHAI)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


class Case:
    """One filing of a maker of supplies, its people, and a clock that is moved by hand."""

    def __init__(self, drain, **profile) -> None:
        self.drain = drain
        self.filing = make.fill(make.filing(**{"makes_epidemic_supplies": True} | profile))
        self.people = make.cast(self.filing)
        drain()

    def fresh(self) -> Filing:
        return Filing.objects.get(pk=self.filing.pk)

    def submit(self, after: float) -> None:
        for point in Correction.objects.filter(filing=self.filing, status="sent"):
            review.mend_correction(point, by=self.people.owner, at=FRIDAY + hours(after))
        moves.submit_filing(
            self.fresh(), by=self.people.owner, at=FRIDAY + hours(after), key=uuid.uuid4()
        )

    def claim(self, after: float) -> None:
        moves.claim_filing(self.fresh(), by=self.people.reviewer, at=FRIDAY + hours(after))

    def hand_back(self, after: float) -> None:
        at, by = FRIDAY + hours(after), self.people.reviewer
        review.collect_correction(self.fresh(), section="plan", text="请补", by=by, at=at)
        moves.return_filing(self.fresh(), by=by, at=at)

    def told_by(self, after: float) -> list[tuple[str, str]]:
        """What has been told by then, the worker having run at that moment: stage and person."""
        with time_machine.travel(FRIDAY + hours(after), tick=False):
            self.drain()
        told = Notice.objects.filter(kind__startswith="time_").order_by("pk")
        return [(notice.kind, notice.to.name) for notice in told]

    def stages_by(self, after: float) -> list[str]:
        return [kind.removeprefix("time_") for kind, _name in self.told_by(after)]


@pytest.fixture
def case(drain) -> Case:
    with time_machine.travel(FRIDAY - hours(30), tick=False):
        return Case(drain)


# ---------------------------------------------------------------- start, pause, stop
def test_the_clock_starts_with_the_acceptance_and_says_when_it_is_due(case):
    case.submit(0)

    assert case.fresh().due_at == FRIDAY + hours(48)
    assert DeskEntry.objects.get(pk=case.filing.pk).due_at == FRIDAY + hours(48)
    assert ReviewClock.objects.get().started_at == FRIDAY


def test_a_city_may_let_it_start_with_the_claim(case):
    TimeLimit.objects.update(starts_on="claim")
    case.submit(0)
    assert case.fresh().due_at is None

    case.claim(5)

    assert case.fresh().due_at == FRIDAY + hours(53)


def test_who_makes_no_supplies_has_no_limit_while_the_city_has_set_none(drain):
    other = Case(drain, makes_epidemic_supplies=None)
    other.submit(0)
    assert (other.fresh().due_at, ReviewClock.objects.count()) == (None, 0)

    TimeLimit.objects.create(kind="other", hours=120)
    second = Case(drain, makes_epidemic_supplies=False)
    second.submit(0)

    assert second.fresh().due_at == FRIDAY + hours(120)


def test_it_pauses_while_corrections_are_with_the_enterprise(case):
    case.submit(0)
    case.claim(1)
    case.hand_back(17)
    paused, entry = case.fresh(), DeskEntry.objects.get(pk=case.filing.pk)
    case.submit(40)

    assert (paused.due_at, paused.time_left) == (None, hours(31))
    assert (entry.due_at, entry.time_left) == (None, hours(31))
    assert (case.fresh().due_at, case.fresh().time_left) == (FRIDAY + hours(48 + 23), None)
    assert list(ClockPause.objects.values_list("since", "until")) == [
        (FRIDAY + hours(17), FRIDAY + hours(40))
    ]


def test_a_decision_stops_it_and_the_next_submission_begins_anew(case):
    case.submit(0)
    case.claim(1)
    moves.approve_filing(case.fresh(), by=case.people.lead, at=FRIDAY + hours(30))
    stopped = case.fresh()
    case.submit(100)

    assert (stopped.due_at, stopped.time_left) == (None, None)
    assert case.fresh().due_at == FRIDAY + hours(148)
    ended, running = ReviewClock.objects.order_by("pk")
    assert (ended.stopped_at, running.stopped_at) == (FRIDAY + hours(30), None)


def test_a_withdrawal_stops_it(case):
    case.submit(0)

    moves.withdraw_filing(
        case.fresh(), by=case.people.owner, at=FRIDAY + hours(2), remark="暂不复工"
    )

    assert case.fresh().due_at is None
    assert clock_of(case.filing) is None


def test_a_later_change_of_the_setting_moves_no_clock_that_runs(case):
    case.submit(0)
    case.claim(1)
    TimeLimit.objects.update(hours=10, city_after_hours=1)
    case.hand_back(5)
    case.submit(6)

    assert case.fresh().due_at == FRIDAY + hours(49)
    assert case.stages_by(20) == []


def test_a_refused_move_leaves_the_clock_alone(case):
    case.submit(0)
    case.claim(1)

    with pytest.raises(Exception, match="补正意见"):
        moves.return_filing(case.fresh(), by=case.people.reviewer, at=FRIDAY + hours(2))

    assert case.fresh().due_at == FRIDAY + hours(48)
    assert not ClockPause.objects.exists()


def test_the_copies_are_restored_from_clock_and_pauses(case):
    case.submit(0)
    case.claim(1)
    case.hand_back(5)
    case.submit(9)
    Filing.objects.update(due_at=None, time_left=hours(1))
    DeskEntry.objects.update(ends_at=NEVER)

    call_command("rebuild_desk", verbosity=0)

    assert (case.fresh().due_at, case.fresh().time_left) == (FRIDAY + hours(52), None)
    assert DeskEntry.objects.get().due_at == FRIDAY + hours(52)


# ---------------------------------------------------------------- reminders and escalation
def test_the_holder_is_reminded_at_half_and_at_eighty_percent_once_each(case):
    case.submit(0)
    case.claim(1)
    name = case.people.reviewer.name

    assert case.told_by(23.9) == []
    assert case.told_by(24) == [("time_half", name)]
    assert case.told_by(38.3) == [("time_half", name)]
    assert case.told_by(38.4) == case.told_by(40) == [("time_half", name), ("time_most", name)]


def test_exactly_48_hours_are_in_time_and_then_the_lead_hears_of_it_and_then_the_city(case):
    city = make.officer("city", name="市局")
    case.submit(0)
    case.claim(1)
    case.told_by(40)
    Notice.objects.all().delete()

    assert case.told_by(48) == []
    late = case.told_by(48 + 1 / 3600)
    assert sorted(late) == sorted(
        ("time_limit", person.name) for person in (case.people.reviewer, case.people.lead)
    )
    assert case.told_by(72) == late
    assert sorted(case.told_by(72 + 1 / 3600)[2:]) == sorted(
        ("time_city", person.name) for person in (case.people.lead, city)
    )
    assert case.stages_by(500) == ["limit", "limit", "city", "city"]


def test_without_further_hours_the_city_hears_nothing(case):
    make.officer("city", name="市局")
    TimeLimit.objects.update(city_after_hours=None)
    case.submit(0)

    assert "city" not in case.stages_by(1000)


def test_a_pause_moves_the_reminders(case):
    case.submit(0)
    case.claim(1)
    case.hand_back(10)
    case.submit(40)

    assert case.stages_by(30) == []
    assert case.stages_by(53.9) == []
    assert case.stages_by(54) == ["half"]


def test_paused_at_the_very_moment_it_is_told_when_the_clock_goes_on(case):
    case.submit(0)
    case.claim(1)
    case.hand_back(24)

    assert case.stages_by(24) == case.stages_by(90) == []
    case.submit(100)
    assert case.stages_by(100) == ["half"]


def test_decided_in_time_nobody_is_told(case):
    case.submit(0)
    case.claim(1)
    moves.approve_filing(case.fresh(), by=case.people.lead, at=FRIDAY + hours(20))

    assert case.stages_by(500) == []
    assert not OutboxRow.objects.filter(kind="review.alert", done_at=None).exists()


def test_decided_after_half_only_half_was_told(case):
    case.submit(0)
    case.claim(1)
    assert case.stages_by(25) == ["half"]
    moves.approve_filing(case.fresh(), by=case.people.lead, at=FRIDAY + hours(30))

    assert case.stages_by(500) == ["half"]


def test_after_a_hand_over_the_new_holder_is_reminded_and_the_old_one_is_not(case):
    colleague = make.officer("bureau", name="新审核人")
    case.submit(0)
    case.claim(1)
    moves.hand_over_filing(
        case.fresh(), by=case.people.reviewer, to=colleague, at=FRIDAY + hours(5)
    )

    assert case.told_by(24) == [("time_half", "新审核人")]


def test_what_nobody_has_claimed_is_told_to_the_whole_bureau(case):
    case.submit(0)

    told = case.told_by(24)

    assert {name for _kind, name in told} == {case.people.reviewer.name, case.people.lead.name}


def test_a_worker_that_was_down_tells_late_and_once(case):
    case.submit(0)
    case.claim(1)

    assert case.stages_by(30) == case.stages_by(30) == ["half"]


def test_a_worker_that_was_down_past_the_limit_speaks_of_the_limit_only(case):
    case.submit(0)
    case.claim(1)

    assert case.stages_by(60) == ["limit", "limit"]
    assert list(ClockAlert.objects.values_list("stage", flat=True)) == ["limit"]


def test_the_same_row_done_twice_tells_once(case):
    case.submit(0)
    case.claim(1)
    before = case.told_by(25)
    told = OutboxRow.objects.filter(kind="review.alert", done_at__isnull=False)
    told.update(done_at=None, next_at=FRIDAY)

    assert case.told_by(26) == before


def test_a_withdrawn_and_submitted_again_filing_has_reminders_of_its_own(case):
    case.submit(0)
    assert set(case.stages_by(24)) == {"half"}
    moves.withdraw_filing(
        case.fresh(), by=case.people.owner, at=FRIDAY + hours(25), remark="暂不复工"
    )
    moves.reopen_filing(case.fresh(), by=case.people.owner, at=FRIDAY + hours(26))
    case.submit(30)

    assert case.fresh().due_at == FRIDAY + hours(78)
    assert len(case.stages_by(53)) == 2
    assert len(case.stages_by(54)) == 4


def test_the_notice_names_the_firm_and_the_last_moment(case):
    case.submit(0)
    case.claim(1)
    case.told_by(24)

    assert words(Notice.objects.get(kind="time_half")) == (
        f"{case.filing.enterprise.name}的备案审核时限已过半，请在 2020-03-08 17:00 前办结"
    )
