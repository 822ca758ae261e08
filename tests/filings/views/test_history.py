"""The timeline, and one number in full for a reason."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import privacy, review
from filings.models import AuditEntry, RosterRow, SectionDraft
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(clock_at):
    clock_at(NOW)


def read(client, person, filing):
    client.force_login(person)
    return client.get(reverse("history", args=[filing.pk]))


def test_everybody_who_may_see_the_filing_reads_the_same_timeline(client):
    filing, people = make.filing_in("returned")
    readers = [people.owner, people.reviewer, make.officer("health"), make.officer("city")]

    pages = [read(client, reader, filing) for reader in readers]

    told = [[event.what for event in page.context["events"]] for page in pages]
    assert told[0] == ["退回补正", "领取审核", "提交备案（第 1 版）", "建立备案"]
    assert told[1:] == told[:1] * 3


def test_a_look_at_a_number_stands_there_without_the_number_or_the_name(client):
    filing, people = make.filing_in("submitted")
    row = RosterRow.objects.filter(filing=filing).first()
    number = privacy.reveal_person(row, "id", by=people.reviewer, reason="电话核实返岗时间")

    text = read(client, people.owner, filing).content.decode()

    assert "查看了一个完整号码" in text
    assert "电话核实返岗时间" in text
    assert number not in text
    assert row.name not in text


def test_points_that_were_not_sent_are_not_in_the_timeline(client):
    filing, people = make.filing_in("in_review")
    review.collect_correction(
        filing, section="plan", text="还在收集的意见", by=people.reviewer, at=NOW
    )

    assert "还在收集的意见" not in read(client, people.owner, filing).content.decode()


def test_one_event_and_thirty_cost_the_same_queries(client):
    filing, people = make.filing_in("approved")
    read(client, people.owner, filing)
    with CaptureQueriesContext(connection) as few:
        read(client, people.owner, filing)
    row = RosterRow.objects.filter(filing=filing).first()
    health = make.officer("health")
    for number in range(30):
        privacy.reveal_person(row, "id", by=people.reviewer, reason=f"核实第 {number} 次")
        review.give_opinion(filing, text="请落实", by=health, at=NOW)

    with CaptureQueriesContext(connection) as many:
        page = read(client, people.owner, filing)

    assert len(many) == len(few)
    assert page.context["page"].paginator.num_pages == 2


def reveal(client, filing, reason, **more):
    given = {"section": "scheme", "path": "principal_phone", "version": "", "reason": reason}
    return client.post(reverse("reveal_phone", args=[filing.pk]), given | more)


def test_a_phone_is_shown_once_for_a_reason_and_recorded(client):
    filing = make.fill(make.filing())
    owner = make.owner_of(filing.enterprise)
    client.force_login(owner)

    answer = reveal(client, filing, "核对负责人电话")

    entry = AuditEntry.objects.get(action="reveal")
    assert "13800000000" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (entry.by, entry.reason) == (owner, "核对负责人电话")
    assert "13800000000" not in str(SectionDraft.objects.get(filing=filing, key="scheme").data)


def test_without_a_reason_nothing_is_shown(client):
    filing = make.fill(make.filing())
    client.force_login(make.owner_of(filing.enterprise))

    answer = reveal(client, filing, "看")

    assert answer.status_code == 422
    assert "13800000000" not in answer.content.decode()
    assert not AuditEntry.objects.filter(action="reveal").exists()


def test_the_bureau_sees_the_number_of_a_version_and_not_of_the_draft(client):
    filing, people = make.filing_in("submitted")
    client.force_login(people.reviewer)

    of_version = reveal(client, filing, "电话核实", version="1")
    of_draft = reveal(client, filing, "电话核实")

    assert "13800000000" in of_version.content.decode()
    assert of_draft.status_code == 422
    assert "13800000000" not in of_draft.content.decode()


@pytest.mark.parametrize("role", ["viewer", "stranger", "city"])
def test_who_may_not_see_numbers_is_refused(client, role):
    filing, _people = make.filing_in("submitted")
    person = {
        "viewer": lambda: make.member(filing.enterprise, "viewer"),
        "stranger": lambda: make.owner_of(make.firm()),
        "city": lambda: make.officer("city"),
    }[role]()
    client.force_login(person)

    answer = reveal(client, filing, "想看一看")

    assert answer.status_code in (403, 404)
    assert "13800000000" not in answer.content.decode()


@pytest.mark.parametrize(
    "asked", [{"section": "nothing"}, {"path": ""}, {"version": "-1"}, {"version": "x"}]
)
def test_a_place_that_does_not_exist_is_not_there(client, asked):
    filing = make.fill(make.filing())
    client.force_login(make.owner_of(filing.enterprise))

    assert reveal(client, filing, "核对电话", **asked).status_code == 404


def test_english_says_what_was_done_not_what_to_do(client):
    made, people = make.filing_in("returned")
    client.force_login(people.owner)
    client.cookies["django_language"] = "en"

    page = client.get(reverse("history", args=[made.pk])).content.decode()

    assert "Returned for correction" in page
    assert "Claimed for review" in page
    assert "Return for correction" not in page
