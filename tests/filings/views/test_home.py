"""Where each reader lands, and the pages that everybody may read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.models import Agency, AgencyContact, CitySetting, Membership, TimeLimit
from filings.queries.people import DESKS
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_what_this_is_and_the_ways_in(client):
    make.city()

    page = client.get(reverse("home")).content.decode()

    for name in ("register", "sign_in", "contacts", "help"):
        assert f'href="{reverse(name)}' in page
    assert "焦作市复工复产备案平台" in page


def test_nothing_of_one_city_stands_in_the_code(client):
    make.city()
    CitySetting.objects.update(portal_name="洛阳市复工备案平台")

    assert "洛阳市复工备案平台" in client.get(reverse("home")).content.decode()


def test_before_a_city_is_loaded_the_public_pages_stand(client):
    for name in ("home", "contacts", "help", "sign_in", "register"):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("role", ["owner", "clerk", "viewer"])
def test_the_people_of_an_enterprise_land_on_it(client, role):
    firm = make.firm()
    client.force_login(make.member(firm, role))

    assert client.get(reverse("home")).url == reverse("enterprise", args=(firm.pk,))


def test_whoever_works_for_nobody_yet_lands_on_the_registration(client):
    client.force_login(make.user())

    assert client.get(reverse("home")).url == reverse("enterprise_new")


@pytest.mark.parametrize("kind", [kind.value for kind in Agency.Kind])
def test_each_agency_lands_on_its_desk(client, kind):
    client.force_login(make.officer(kind, district="410804"))

    assert client.get(reverse("home")).url == reverse(DESKS[kind])


def test_the_administrator_lands_on_the_admin_site(client):
    client.force_login(make.user(is_staff=True, is_superuser=True))

    assert client.get(reverse("home")).url == reverse("admin:index")


def test_whoever_works_in_two_places_chooses(client):
    officer = make.officer("bureau")
    firm = make.firm()
    Membership.objects.create(user=officer, enterprise=firm, role="viewer")
    client.force_login(make.fresh(officer))

    page = client.get(reverse("home")).content.decode()

    assert f'href="{reverse("desk")}"' in page
    assert f'href="{reverse("enterprise", args=(firm.pk,))}"' in page


def test_an_agency_that_was_closed_counts_for_nothing(client):
    officer = make.officer("bureau")
    Agency.objects.update(is_active=False)
    client.force_login(make.fresh(officer))

    assert client.get(reverse("home")).url == reverse("enterprise_new")


# ---------------------------------------------------------------- contacts and help
def test_every_published_contact_is_there_with_its_day(client):
    make.city()

    page = client.get(reverse("contacts")).content.decode()

    for contact in AgencyContact.objects.all():
        assert f'href="tel:{contact.phone}"' in page
    assert "2020年2月25日" in page or "2月25日" in page


def test_contacts_of_a_closed_agency_are_not_published(client):
    make.city()
    closed = Agency.objects.get(kind="bureau", district__code="410802")
    closed.is_active = False
    closed.save()

    page = client.get(reverse("contacts")).content.decode()

    assert closed.contacts.get().phone not in page


def test_thirty_contacts_take_as_many_queries_as_one(client):
    make.city()
    url = reverse("contacts")

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            client.get(url)
        return len(taken)

    many = queries()
    AgencyContact.objects.exclude(pk=AgencyContact.objects.order_by("pk")[0].pk).delete()

    assert queries() == many


def test_help_names_the_time_only_where_the_city_has_set_one(client):
    make.city()
    with_hours = client.get(reverse("help")).content.decode()
    TimeLimit.objects.update(hours=None)

    without = client.get(reverse("help")).content.decode()

    assert "没有规定审核时限" in without
    assert "生产疫情防控物资的企业：从企业提交时起，48 小时内办结" in with_hours


# ---------------------------------------------------------------- the frame of every page
def test_the_bell_counts_the_unread_with_one_query(client):
    _filing, people = make.filing_in("returned")
    client.force_login(people.owner)

    with CaptureQueriesContext(connection) as taken:
        page = client.get(reverse("account"))

    asked = [query for query in taken if "filings_notice" in query["sql"]]
    assert len(asked) == 1
    assert page.context["unread_notices"] == people.owner.notices.count() > 0


def test_a_visitor_costs_no_query_for_notices(client):
    make.city()

    with CaptureQueriesContext(connection) as taken:
        client.get(reverse("help"))

    assert not [query for query in taken if "filings_notice" in query["sql"]]


def test_pages_of_a_signed_in_person_are_kept_in_no_cache(client):
    client.force_login(make.user())

    response = client.get(reverse("account"))

    assert "no-store" in response["Cache-Control"]
