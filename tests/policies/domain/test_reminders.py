"""Reminding of last days: on the right day, once, of what still has to be applied for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from filings.domain.enterprise import add_site
from filings.domain.moves import withdraw_filing
from filings.domain.notices import link_of, words
from filings.models import Notice
from jiaozuo_portal.outbox.models import OutboxRow
from policies import tasks
from policies.domain import applications, declarations, packs, reminders
from policies.domain.kept import announce
from policies.domain.matching import match_filing
from policies.eligibility.facts import Text
from policies.eligibility.packs import Effect, Override
from policies.models import Application, DeadlineReminder
from policies.queries.deadlines import endings_on, stage_on, waiting_for
from policies.queries.packs import published_rules
from tests import factories as make
from tests.factories import NOW, SHANGHAI

pytestmark = pytest.mark.django_db

#: 焦政办〔2020〕4号 ends on this day; 焦政办4-6 pays back unemployment insurance.
LAST = date(2020, 5, 6)
REBATE = "焦政办4-6"


def morning(days_before: int) -> datetime:
    day = LAST - timedelta(days=days_before)
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW)
    packs.load_folder(None, at=NOW)


def firm(**answers):
    """A small firm with a submitted filing, and its owner."""
    filing, people = make.filing_in("submitted", employees=40)
    owner = make.fresh(people.owner)
    for name, value in answers.items():
        declarations.declare(filing, name, value, by=owner, at=NOW)
    match_filing(filing.pk, at=NOW)
    return filing, owner


def insured():
    return firm(
        layoff_count=0,
        unemployment_insured=True,
        unemployment_insurance_paid_last_year_yuan=Decimal(36000),
        affected_by_epidemic=True,
        in_temporary_difficulty=True,
    )


def notices(owner) -> list[Notice]:
    return list(Notice.objects.filter(to=owner, kind__startswith="deadline").order_by("pk"))


def test_the_notices_go_out_7_3_and_1_days_before_and_once_each():
    _filing, owner = insured()
    told = {}

    for days in (8, 7, 6, 5, 4, 3, 2, 1, 0, -1):
        before = len(notices(owner))
        for hour in (0, 6):  # twice a day
            reminders.remind_batch(0, at=morning(days) + timedelta(hours=hour))
        told[days] = len(notices(owner)) - before

    assert {days for days, count in told.items() if count} == {7, 3, 1}
    assert set(told.values()) == {0, 1}


def test_what_ends_on_one_day_makes_one_notice_that_counts_it():
    filing, owner = insured()

    reminders.remind_batch(0, at=morning(7))

    (notice,) = notices(owner)
    (row,) = DeadlineReminder.objects.all()
    assert (row.last_day, row.stage, row.measures) == (LAST, 7, notice.facts["count"])
    assert notice.facts["count"] > 1
    assert words(notice) == (
        f"{filing.enterprise.name}（{filing.site.name}）有 {row.measures} 项支持政策申请到"
        "2020年5月6日截止，还剩 7 天"
    )
    assert link_of(notice) == f"/filings/{filing.pk}/support/?last=7"
    assert OutboxRow.objects.filter(kind="notice.deliver", key=f"notice:{notice.key}").count() == 1


def test_a_portal_that_was_down_on_day_7_catches_up_once_on_day_6(clock_at, drain):
    _filing, owner = insured()
    OutboxRow.objects.exclude(kind="support.day").delete()
    OutboxRow.objects.update(subject=morning(7).date().isoformat())

    clock_at(morning(6) + timedelta(hours=2))
    row = OutboxRow.objects.get()
    tasks.match_all(row)
    tasks.match_all(row)
    drain()

    (notice,) = notices(owner)
    assert notice.facts["days"] == 6


def test_the_first_batch_waits_for_the_morning(clock_at):
    at = clock_at(morning(7) - timedelta(hours=8))

    reminders.request_reminders(at=at)
    reminders.request_reminders(at=at)

    (row,) = OutboxRow.objects.filter(kind="support.deadlines")
    waits = row.due_at - row.created_at
    assert timedelta(hours=7, minutes=59) < waits <= timedelta(hours=8)


@pytest.mark.parametrize("state", ["sent", "granted", "withdrawn", "refused", "paid"])
def test_who_has_applied_is_not_reminded_of_that_benefit(state):
    filing, owner = insured()
    made = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
    reminders.remind_batch(0, at=morning(7))
    before = notices(owner)[0].facts["count"]

    Application.objects.filter(pk=made.pk).update(state=state)
    reminders.remind_batch(0, at=morning(3))

    assert notices(owner)[-1].facts["count"] == before - 1


@pytest.mark.parametrize("state", ["draft", "asked_back"])
def test_an_application_that_lies_with_the_enterprise_is_reminded_of(state, monkeypatch):
    filing, owner = insured()
    made = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
    Application.objects.filter(pk=made.pk).update(state=state)
    declarations.declare(filing, "unemployment_insured", False, by=owner, at=NOW)
    match_filing(filing.pk, at=NOW)
    monkeypatch.setattr("policies.queries.deadlines._candidates", lambda *_: ())

    reminders.remind_batch(0, at=morning(7))

    (notice,) = notices(owner)
    assert (notice.facts["count"], link_of(notice)) == (1, f"/applications/{made.pk}/")


@pytest.mark.parametrize(("state", "is_left_alone"), [("draft", True), ("withdrawn", False)])
def test_the_other_site_is_not_reminded_of_what_the_enterprise_gets_once(state, is_left_alone):
    filing, owner = insured()
    second = add_site(
        filing.enterprise, name="二厂区", district=filing.district, zone=None, address="南路",
        by=owner, at=NOW,
    )  # fmt: skip
    match_filing(second.pk, at=NOW)
    pack = published_rules().pack
    (ending,) = endings_on(pack, LAST - timedelta(days=7))
    before = waiting_for(pack, ending, [filing.pk, second.pk])[second.pk]

    made = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
    Application.objects.filter(pk=made.pk).update(state=state)
    after = waiting_for(pack, ending, [filing.pk, second.pk])

    assert REBATE in before.measures
    assert (REBATE not in after[second.pk].measures) is is_left_alone
    assert waiting_for(pack, ending, [second.pk])[second.pk] == after[second.pk]


def test_one_answer_away_counts_and_two_do_not():
    rules = published_rules()
    _filing, owner = firm()
    _other, close = firm(affected_by_epidemic=True, unemployment_insured=True, layoff_count=0)

    reminders.remind_batch(0, at=morning(7))

    (ending,) = endings_on(rules.pack, morning(7).date())
    counts = [sum(one.facts["count"] for one in notices(who)) for who in (owner, close)]
    assert counts[0] < counts[1] < len(ending.measures)


def test_what_needs_no_application_is_never_reminded_of():
    rules = published_rules()

    (ending,) = endings_on(rules.pack, morning(7).date())

    assert REBATE in ending.measures
    assert not ending.measures & {"焦政办4-10a", "焦政办4-10b", "焦政办4-20", "焦政办4-15a"}


def test_what_another_measure_has_taken_the_place_of_is_not_reminded_of():
    pack = published_rules().pack
    later = pack.measures["豫政9-17b"]
    override = Override(REBATE, Effect.REPLACES, morning(7).date(), Text("依据", "basis"))
    measures = {**pack.measures, later.id: replace(later, overrides=(override,))}
    changed = replace(pack, measures=measures)

    before, after = (
        {key for one in endings_on(rules, morning(7).date()) for key in one.measures}
        for rules in (pack, changed)
    )

    assert before - after == {REBATE}


def test_an_event_that_is_announced_ends_measures_on_its_day():
    rules = published_rules()
    officer = make.officer("city")
    day = date(2020, 3, 20)
    announce(
        "epidemic_end_date", "2020-03-20", since=day, source="公告", source_date=day,
        by=officer, at=morning(47),
    )  # fmt: skip

    assert any(
        "豫政9-13a" in one.measures and one.last_day == day for one in endings_on(rules.pack, day)
    )


def test_a_closed_filing_is_left_alone():
    filing, owner = insured()
    withdraw_filing(filing, by=owner, at=NOW, remark="不再复工")

    reminders.remind_batch(0, at=morning(7))

    assert notices(owner) == []


def test_batches_follow_one_another_at_the_same_cost(clock_at, drain, monkeypatch):
    owners = [insured()[1] for _ in range(5)]
    monkeypatch.setitem(reminders.remind_batch.__kwdefaults__, "size", 2)
    OutboxRow.objects.all().delete()
    clock_at(morning(7))

    reminders.request_reminders(at=morning(7))
    drain()

    assert [len(notices(owner)) for owner in owners] == [1] * 5
    assert OutboxRow.objects.filter(kind="support.deadlines").count() == 3


def test_one_filing_costs_as_many_queries_as_three():
    costs = []
    for days, firms in ((7, 1), (3, 2)):
        for _ in range(firms):
            insured()
        reminders.remind_batch(10**6, at=morning(days))
        with CaptureQueriesContext(connection) as seen:
            reminders.remind_batch(0, at=morning(days), size=100)
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 16


def test_a_second_worker_at_the_same_batch_writes_nothing(monkeypatch):
    _filing, owner = insured()
    reminders.remind_batch(0, at=morning(7))
    monkeypatch.setattr(
        "policies.queries.deadlines.DeadlineReminder.objects", DeadlineReminder.objects.none()
    )

    with pytest.raises(IntegrityError):
        reminders.remind_batch(0, at=morning(6))


@pytest.mark.parametrize(
    ("left", "stage"),
    [(8, None), (7, 7), (6, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, 1), (-1, None)],
)
def test_a_notice_is_due_until_the_next_one(left, stage):
    assert stage_on(LAST - timedelta(days=left), LAST) == stage
