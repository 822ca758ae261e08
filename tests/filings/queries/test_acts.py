"""What was done about a filing comes in one query, as it stands in its tables, and to whom it may.

And so does a person with roles and posts.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import attachments, moves, review, supplies
from filings.models import (
    Correction,
    Decision,
    Filing,
    GateWaiver,
    Notice,
    Opinion,
    PreStartReport,
    Receipt,
    RosterRow,
    User,
    ZoneReceipt,
)
from filings.models.reader import read_user, reader_of
from filings.queries.acts import Acts, acts_on
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=6)
ODD = "“引号” \"double\" 'single' \\ 反斜线\n换行 \u2028 🏭"


@pytest.fixture(autouse=True)
def in_the_afternoon(clock_at):
    clock_at(LATER)


def everything_done() -> tuple[Filing, Any]:
    """A filing about which everything was done that can be."""
    filing, people = make.filing_in("approved", district="410803", zone=True)
    health = make.officer("health", district=filing.district.code)
    zone = make.officer("zone", district=filing.district.code)
    for text in (ODD, "第二条"):
        review.give_opinion(filing, text=text, by=health, at=LATER, version=filing.version)
    review.receive_for_zone(filing, by=zone, at=LATER, version=filing.version)
    GateWaiver.objects.create(filing=filing, gate="plan", reason=ODD, by=people.lead, at=LATER)
    for status in Correction.Status.values:
        Correction.objects.create(
            filing=filing, version=1, section="scheme", text=ODD, by=people.reviewer, at=LATER,
            status=status, mended_by=people.owner if status == "mended" else None,
        )  # fmt: skip
    for content in ({"ready": ODD}, {"ready": "", "rows": [{"id": 1}, None]}):
        PreStartReport.objects.create(
            filing=filing, version=1, submission_key=uuid.uuid4(), content=content,
            by=people.owner, at=LATER,
        )  # fmt: skip
    return filing, people


def columns(row: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.get_internal_type() != "JSONField"
    }


def test_every_row_comes_as_its_table_has_it_in_one_query():
    filing, people = everything_done()

    with CaptureQueriesContext(connection) as seen:
        acts = acts_on(filing)
        names = [str(one.by) for one in (*acts.opinions, *acts.decisions, *acts.corrections)]

    came: dict[Any, list[Any]] = {
        Decision: acts.decisions,
        Opinion: acts.opinions,
        ZoneReceipt: acts.zone_receipts,
        GateWaiver: list(acts.waivers.values()),
        Correction: acts.corrections,
        Receipt: acts.receipts,
        PreStartReport: acts.prestarts,
    }
    assert len(seen) == 1
    for model, rows in came.items():
        stored = {row.pk: columns(row) for row in model.objects.filter(filing=filing)}
        assert {row.pk: columns(row) for row in rows} == stored != {}
    assert [one.text for one in acts.opinions] == ["第二条", ODD]
    assert [one.content for one in acts.prestarts] == [
        {"ready": "", "rows": [{"id": 1}, None]},
        {"ready": ODD},
    ]
    assert acts.prestart == acts.prestarts[0]
    assert {str(people.lead), str(people.reviewer)} < set(names)
    agency = Opinion.objects.filter(filing=filing).first().agency
    assert {str(one.agency) for one in acts.opinions} == {str(agency)}
    assert {str(one.mended_by) for one in acts.corrections} == {"None", str(people.owner)}


def test_of_persons_only_their_names_come_along():
    filing, people = everything_done()

    with CaptureQueriesContext(connection) as seen:
        acts_on(filing)

    assert "password" not in seen[0]["sql"]
    assert "mobile" not in seen[0]["sql"]


def test_of_another_filing_nothing_comes_along_and_strangers_find_no_page():
    filing, people = everything_done()
    other, _people = make.filing_in("draft")
    stranger = Client()
    stranger.force_login(make.officer("bureau", district="410802"))

    assert acts_on(other) == Acts([], [], [], {}, [], [], [])
    for route in ("review", "filing"):
        assert stranger.get(reverse(route, args=[filing.pk])).status_code == 404


def test_a_point_that_is_not_sent_yet_is_told_to_the_bureau_alone():
    filing, people = everything_done()
    collected = Correction.objects.get(filing=filing, status=Correction.Status.COLLECTED)
    Correction.objects.filter(pk=collected.pk).update(text="只有工信部门看得到")

    def page(user, route: str) -> str:
        client = Client()
        client.force_login(user)
        return client.get(reverse(route, args=[filing.pk])).content.decode()

    assert "只有工信部门看得到" in page(people.lead, "review")
    assert "只有工信部门看得到" not in page(people.owner, "filing")
    health = make.officer("health", district=filing.district.code)
    assert "只有工信部门看得到" not in page(health, "review")


def test_a_filing_about_which_nothing_was_done_has_nothing():
    filing, people = make.filing_in("draft")

    assert acts_on(filing) == Acts([], [], [], {}, [], [], [])


def test_a_person_is_read_with_where_they_stand_in_one_query():
    filing, people = make.filing_in("submitted")
    for user in (people.owner, people.lead, User.objects.create_user("nobody", name="无处")):
        with CaptureQueriesContext(connection) as seen:
            found = read_user(user.pk)
            assert found is not None
            reader = found.reader

        assert len(seen) == 1
        assert columns(found) == columns(User.objects.get(pk=user.pk))
        assert reader == reader_of(User.objects.get(pk=user.pk))
    assert Notice.objects.filter(to=people.lead, read_at=None).exists()
    assert read_user(10**9) is None


def test_who_may_no_longer_sign_in_is_signed_out():
    _filing, people = make.filing_in("submitted")
    client = Client()
    client.force_login(people.lead)
    before = client.get(reverse("desk")).status_code
    User.objects.filter(pk=people.lead.pk).update(is_active=False)

    after = client.get(reverse("desk"))

    assert (before, after.status_code) == (200, 302)
    assert "/sign-in/" in after.url


def in_a_second_version(state: str) -> tuple[Filing, Any]:
    """A filing that was returned and came back, with something new of every kind."""
    filing, people = make.filing_in("returned", district="410803", zone=True)
    for number in (1, 2, 3):
        make.roster_row(filing, 90 + number, health="symptoms" if number == 2 else "healthy")
    RosterRow.objects.filter(filing=filing, first_version=1)[:1].get().delete()
    supplies.record_entry(
        filing.supplies.get(), direction="out", quantity=Decimal(1), on=NOW.date(), person="孙仓管",
        purpose="领用", by=people.owner, at=NOW,
    )  # fmt: skip
    upload = SimpleUploadedFile("表.csv", "姓名,电话\n甲,1\n".encode())
    attachments.attach_file(filing, "plan", upload, by=people.owner, at=NOW)
    Correction.objects.filter(filing=filing).update(status=Correction.Status.MENDED)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    return filing, people


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "approved", "started"])
@pytest.mark.parametrize(("route", "who"), [("review", "lead"), ("filing", "owner")])
def test_a_filing_takes_at_most_twelve_queries_whatever_its_state(route, who, state):
    filing, people = make.filing_in(state)

    assert queries_of(reverse(route, args=[filing.pk]), getattr(people, who)) <= 12


NARROWED = "?person=%E5%91%98&workshop=%E4%B8%80%E8%BD%A6%E9%97%B4&problem=any"


@pytest.mark.parametrize("asked", ["", NARROWED])
@pytest.mark.parametrize("who", ["lead", "owner", "zone", "health", "city"])
def test_a_filing_that_came_back_takes_at_most_twelve_queries(who, asked):
    filing, people = in_a_second_version("submitted")
    if who in ("lead", "owner"):
        reader = getattr(people, who)
    else:
        district = "" if who == "city" else filing.district.code
        reader = make.officer(who, **({"district": district} if district else {}))
    pages = [reverse("version", args=[filing.pk, 2])]
    if who != "owner":
        pages.append(reverse("review", args=[filing.pk]))

    assert [queries_of(page + asked, reader) <= 12 for page in pages] == [True] * len(pages)


def queries_of(url: str, reader: User) -> int:
    """The queries of a page that is opened for the second time."""
    client = Client()
    client.force_login(reader)
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(seen)
