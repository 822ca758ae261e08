"""Judging a filing: what is written, what is kept, and who hears of it."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections

from filings.domain.enterprise import add_site, change_profile
from filings.models import Notice
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain.declarations import declare
from policies.domain.matching import Outcome, match_filing
from policies.domain.rematch import request_rematch
from policies.models import Match, SupportLink
from policies.queries.verdicts import content_of_link
from tests.factories import NOW, filing, filing_in, owner_of
from tests.factories.policies import publish_pack

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


def verdicts(made) -> dict[str, str]:
    current = SupportLink.objects.filter(filing=made).current()
    return dict(current.values_list("measure", "verdict"))


def test_every_offer_gets_a_verdict_and_duties_of_government_get_none(pack):
    made = filing()

    outcome = match_filing(made.pk, at=NOW)

    assert outcome == Outcome(written=5, changed=5, is_first=True)
    assert verdicts(made) == {
        "甲1-1": "unknown",
        "甲1-2": "unknown",
        "甲1-3": "unknown",
        "甲1-5": "unknown",
        "乙2-1": "unknown",
    }


def test_a_verdict_is_kept_with_its_facts_sources_day_pack_and_last_day(pack):
    made = filing()
    answer = declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)
    declare(made, "premium_yuan", Decimal("36000.01"), by=owner_of(made.enterprise), at=NOW)

    link = SupportLink.objects.current().get(filing=made, measure="甲1-2")

    assert (link.verdict, link.amount_yuan) == ("eligible", Decimal("18000.01"))
    assert (link.pack, link.day, link.valid_until) == (pack, date(2020, 3, 2), date(2020, 3, 5))
    assert content_of_link(link)["facts"]["insured"] == {
        "value": True,
        "source": "declaration",
        "declaration": answer.pk,
    }
    assert content_of_link(link)["facts"]["premium_yuan"]["value"] == "36000.01"
    assert content_of_link(link)["trace"] == [
        {
            "fact": "insured",
            "op": "eq",
            "threshold": True,
            "actual": True,
            "holds": True,
            "clause": "甲1-2",
        }
    ]


def test_judging_again_writes_nothing(pack):
    made = filing()
    match_filing(made.pk, at=NOW)
    rows = list(SupportLink.objects.values())

    outcome = match_filing(made.pk, at=LATER)

    assert outcome == Outcome()
    assert list(SupportLink.objects.values()) == rows
    assert Match.objects.get(filing=made).at == LATER


def test_only_what_differs_is_written_and_the_row_before_is_kept(pack):
    made = filing()
    match_filing(made.pk, at=NOW)

    declare(made, "insured", False, by=owner_of(made.enterprise), at=LATER)

    changed = SupportLink.objects.filter(filing=made).exclude(at=NOW)
    assert dict(changed.values_list("measure", "verdict")) == {
        "甲1-1": "not_eligible",
        "甲1-2": "not_eligible",
    }
    ended = SupportLink.objects.filter(filing=made, superseded_at=LATER)
    assert dict(ended.values_list("measure", "verdict")) == {"甲1-1": "unknown", "甲1-2": "unknown"}
    assert SupportLink.objects.current().get(filing=made, measure="甲1-3").at == NOW


def test_the_day_after_its_last_day_a_measure_is_over_and_stays_so_without_new_rows(pack):
    made = filing()
    declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)
    last_day, day_after = NOW + timedelta(days=3), NOW + timedelta(days=4)

    match_filing(made.pk, at=last_day)
    assert verdicts(made)["甲1-2"] == "eligible"
    match_filing(made.pk, at=day_after)
    link = SupportLink.objects.current().get(filing=made, measure="甲1-2")
    match_filing(made.pk, at=day_after + timedelta(days=10))

    assert (link.verdict, content_of_link(link)["basis"]) == ("not_eligible", "validity")
    assert SupportLink.objects.current().get(filing=made, measure="甲1-2") == link


def test_facts_of_the_filing_settle_what_they_can(pack):
    made, _ = filing_in("submitted")
    match_filing(made.pk, at=NOW)

    assert verdicts(made)["甲1-3"] == "eligible"
    link = SupportLink.objects.current().get(filing=made, measure="甲1-3")
    assert content_of_link(link)["facts"] == {
        "is_resuming_or_resumed": {"value": True, "source": "filing"}
    }


def test_a_changed_profile_is_judged_by_the_outbox_and_told_once(pack, clock_at, drain):
    clock_at(NOW)
    made = filing()
    drain()
    declare(made, "tax_due_date", "2020-02-20", by=owner_of(made.enterprise), at=NOW)
    Notice.objects.all().delete()

    change_profile(
        made.enterprise,
        by=owner_of(made.enterprise),
        at=LATER,
        employees=5000,
        annual_revenue_wanyuan=Decimal(90000),
    )
    drain()
    drain()

    assert verdicts(made)["乙2-1"] == "not_eligible"
    notice = Notice.objects.get(kind="support")
    assert notice.to == owner_of(made.enterprise)
    assert notice.facts["count"] == 1
    assert notice.url == f"/filings/{made.pk}/support/"


def test_the_first_judging_and_one_without_changes_are_not_told(pack, clock_at, drain):
    clock_at(NOW)
    filing()
    drain()
    clock_at(LATER)
    request_rematch("day", "2020-03-03", at=LATER)
    drain()

    assert not Notice.objects.filter(kind="support").exists()


def test_a_new_pack_version_is_told_and_unchanged_verdicts_keep_their_version(
    pack, tmp_path: Path, clock_at, drain
):
    clock_at(NOW)
    made, _ = filing_in("submitted")
    drain()
    Notice.objects.all().delete()

    new = publish_pack(tmp_path, a__03=None)
    drain()

    assert "甲1-3" not in verdicts(made)
    assert SupportLink.objects.current().get(filing=made, measure="甲1-1").pack == pack
    assert Match.objects.get(filing=made).pack == new
    assert Notice.objects.get(kind="support").facts["count"] == 1


def test_a_day_that_begins_judges_every_filing_and_asks_for_the_next(pack, clock_at, drain):
    clock_at(NOW)
    made = filing()
    declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)
    drain()

    midnight = clock_at("2020-03-06T00:00:00+08:00")
    OutboxRow.objects.filter(kind="support.day", done_at=None).update(next_at=midnight)
    drain()

    assert verdicts(made)["甲1-2"] == "not_eligible"
    waiting = OutboxRow.objects.get(kind="support.day", done_at=None)
    assert waiting.subject == "2020-03-07"


def test_before_a_pack_is_published_nothing_is_judged(db):
    made = filing()

    assert match_filing(made.pk, at=NOW) == Outcome()
    assert request_rematch("hand", "", at=NOW) is None
    assert Match.objects.get(filing=made).day is None


def test_a_filing_that_is_gone_is_passed_over(pack):
    assert match_filing(987654, at=NOW) == Outcome()
    assert not Match.objects.exists()


def test_a_fact_that_the_rules_cannot_take_is_unknown_and_never_zero(pack):
    made = filing(employees=2_000_000_000)

    match_filing(made.pk, at=NOW)

    link = SupportLink.objects.current().get(filing=made, measure="乙2-1")
    assert link.verdict == "unknown"
    assert "employees" not in content_of_link(link)["facts"]


def test_every_site_of_an_enterprise_is_judged_on_its_own(pack, clock_at, drain):
    clock_at(NOW)
    first = filing()
    owner = owner_of(first.enterprise)
    second = add_site(
        first.enterprise,
        name="二厂区",
        district=first.district,
        zone=None,
        address="南路 2 号",
        by=owner,
        at=NOW,
    )
    drain()

    declare(first, "insured", False, by=owner, at=LATER)
    assert verdicts(second)["甲1-1"] == "unknown"
    drain()

    assert verdicts(second)["甲1-1"] == "not_eligible"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_verdict_once(tmp_path: Path):
    made = filing()
    match_filing(made.pk, at=NOW)  # before there is a pack: the row to lock is there already
    publish_pack(tmp_path)
    start = threading.Barrier(4)
    failures = []

    def work() -> None:
        try:
            start.wait()
            match_filing(made.pk, at=NOW)
        except Exception as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert SupportLink.objects.filter(filing=made).count() == 5
