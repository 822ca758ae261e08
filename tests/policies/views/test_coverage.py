"""The coverage page: true figures, filters, order, and a file that says what the page says."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from filings.domain.moves import withdraw_filing
from policies.domain import applications, declarations, packs
from policies.domain.matching import match_filing
from policies.models import Application
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

REBATE = "豫政9-17b"
URL = "/coverage/"


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW)
    make.city()


@pytest.fixture
def published():
    packs.load_folder(None, at=NOW)


@pytest.fixture
def officer(client):
    user = make.officer("policy")
    client.force_login(user)
    return user


def firm(district="410802", **answers):
    filing, people = make.filing_in("submitted", employees=40, district=district)
    owner = make.fresh(people.owner)
    for name, value in answers.items():
        declarations.declare(filing, name, value, by=owner, at=NOW)
    match_filing(filing.pk, at=NOW)
    return filing, owner


def insured(district="410802"):
    return firm(
        district,
        layoff_count=0,
        unemployment_insured=True,
        affected_by_epidemic=True,
        unemployment_insurance_paid_last_year_yuan=Decimal(36000),
    )


def coverage(client, **query):
    return client.get(URL, query).context["coverage"]


def row(client, key=REBATE, **query):
    return next(one for one in coverage(client, **query).rows if one.key == key)


def test_each_measure_says_what_came_of_it(client, published, officer):
    filing, owner = insured()
    firm()
    firm(unemployment_insured=False)
    paid = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
    Application.objects.filter(pk=paid.pk).update(state="paid", granted_yuan=17000, sent_at=NOW)
    other, other_owner = insured()
    applications.prepare_application(other, REBATE, by=other_owner, at=NOW)  # not sent

    found = row(client)

    assert (found.eligible, found.unknown, found.not_eligible) == (2, 1, 1)
    assert (found.applied, found.granted, found.refused, found.paid) == (1, 1, 0, 1)
    assert (found.granted_yuan, found.paid_yuan) == (17000, 17000)
    assert found.answered == 2 + 3 + 2  # layoffs, insured, affected
    assert found.unanswered > 0
    assert coverage(client).filings == 4


def test_what_an_enterprise_says_of_an_official_list_is_an_answer_too(client, published, officer):
    firm(on_city_key_supplies_list=True, tech_upgrade_for_supplies=True)
    firm(on_city_key_supplies_list=False)

    assert row(client, "焦政4-3a").answered == 2 + 1


def test_the_page_shows_what_it_counted(client, published, officer):
    filing, owner = insured()
    made = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
    Application.objects.filter(pk=made.pk).update(state="granted", granted_yuan=12345, sent_at=NOW)

    page = client.get(URL).content.decode()

    assert "12,345" in page
    assert filing.enterprise.name not in page
    assert "/policies/texts/yuzheng-2020-9/17/#豫政9-17b" in page


def test_filters_by_document_and_district(client, published, officer):
    insured("410802")
    insured("410803")

    assert row(client).eligible == 2
    assert row(client, district="410803").eligible == 1
    assert {one.key[:4] for one in coverage(client, document="焦政办4").rows} == {"焦政办4"}
    assert row(client, district="999999", document="no", sort="drop table", fact="x").eligible == 2


def test_facts_that_are_waited_for_lead_to_their_measures(client, published, officer):
    for _ in range(2):
        firm()

    facts = coverage(client).open_facts
    first = facts[0]
    waiting = coverage(client, fact=first.name).rows

    assert [one.verdicts for one in facts] == sorted((f.verdicts for f in facts), reverse=True)
    assert len(waiting) == first.measures
    assert all(one.unknown for one in waiting)
    assert f"?fact={first.name}" in client.get(URL).content.decode()


def test_the_order_is_chosen_by_a_column_and_turned(client, published, officer):
    insured()

    down = [one.eligible for one in coverage(client, sort="-eligible").rows]
    up = [one.eligible for one in coverage(client, sort="eligible").rows]

    assert down == sorted(down, reverse=True)
    assert up == sorted(down)
    assert 'aria-sort="descending"' in client.get(URL, {"sort": "-eligible"}).content.decode()


@pytest.mark.parametrize("query", [{}, {"document": "焦政4", "sort": "-unknown"}])
def test_the_files_hold_exactly_what_is_shown(client, published, officer, query):
    insured()
    shown = coverage(client, **query)

    text = client.get(reverse("coverage_export", args=["csv"]), query).content.decode("utf-8-sig")
    book = client.get(reverse("coverage_export", args=["xlsx"]), query).content

    lines = list(csv.reader(io.StringIO(text)))[1:]
    assert [(line[0], line[3]) for line in lines] == [
        (one.key, str(one.eligible)) for one in shown.rows
    ]
    cells = list(load_workbook(io.BytesIO(book)).active.iter_rows(min_row=2, values_only=True))
    assert [(cell[0], cell[3]) for cell in cells] == [(one.key, one.eligible) for one in shown.rows]


def test_a_withdrawn_filing_counts_no_more(client, published, officer):
    filing, owner = insured()
    withdraw_filing(filing, by=owner, at=NOW, remark="不再复工")

    assert row(client).eligible == 0
    assert coverage(client).filings == 0


def test_it_asks_the_database_as_often_for_3_filings_as_for_1(client, published, officer):
    def cost() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        return len(seen)

    insured()
    one = cost()
    for _ in range(2):
        insured()

    assert cost() == one <= 12


def test_before_a_pack_is_published_the_page_says_so(client, officer):
    assert "政策还没有发布" in client.get(URL).content.decode()
    assert client.get(reverse("coverage_export", args=["csv"])).status_code == 404


def test_only_policy_and_city_officers_see_it(client, published):
    _filing, owner = firm()
    for person in (owner, make.officer("bureau", district="410802")):
        client.force_login(person)
        assert client.get(URL).status_code == 403
        assert client.get(reverse("coverage_export", args=["csv"])).status_code == 403
