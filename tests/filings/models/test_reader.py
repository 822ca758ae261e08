"""Where somebody stands, and what the bell says, in one query."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from filings.models import AgencyContact, CitySetting, Notice, Posting, User
from filings.models.reader import Post
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def noticed(person: User, count: int, **fields) -> None:
    Notice.objects.bulk_create(
        Notice(to=person, kind="return", at=NOW, **fields) for _n in range(count)
    )


def test_all_of_it_comes_in_one_query():
    firm = make.filing().enterprise
    person = make.member(firm, "clerk")
    agency = make.officer("bureau", district="410803", role="lead").postings.get().agency
    Posting.objects.create(user=person, agency=agency, role="lead")
    TOTPDevice.objects.create(user=person, confirmed=True)
    noticed(person, 3)
    noticed(person, 2, read_at=NOW)
    noticed(make.user(), 4)

    with CaptureQueriesContext(connection) as seen:
        reader = make.fresh(person).reader

    assert len(seen) == 2  # `fresh` is the first
    assert reader.roles == {firm.pk: "clerk"}
    assert reader.posts == (Post(agency.pk, "bureau", agency.district_id, None, "lead", False),)
    assert (reader.has_second_factor, reader.unread) == (True, 3)


def test_whoever_stands_nowhere_has_nothing():
    TOTPDevice.objects.create(user=make.user(), confirmed=True)
    person = make.user()
    TOTPDevice.objects.create(user=person, confirmed=False)

    reader = make.fresh(person).reader

    assert (reader.roles, reader.posts) == ({}, ())
    assert (reader.has_second_factor, reader.unread) == (False, 0)


def test_a_post_in_a_closed_agency_counts_for_nothing():
    person = make.officer("health", district="410803")
    agency = person.postings.get().agency
    agency.is_active = False
    agency.save()

    assert make.fresh(person).posts == ()


def test_a_post_tells_whether_its_agency_demands_codes():
    person = make.officer("zone", district="410803")
    agency = person.postings.get().agency
    agency.requires_second_factor = True
    agency.save()

    post = make.fresh(person).posts[0]

    assert (post.zone_id, post.requires_second_factor) == (agency.zone_id, True)


def test_changed_settings_and_contacts_are_on_the_next_page(client):
    make.city()
    client.force_login(make.user())
    client.get(reverse("account"))
    setting = CitySetting.current()
    setting.portal_name = "新名字平台"
    setting.save()
    AgencyContact.objects.filter(agency__kind="city").update(phone="0391-0000001")

    page = client.get(reverse("account")).content.decode()

    assert "新名字平台" in page
    assert "0391-0000001" in page
