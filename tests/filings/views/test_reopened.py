"""The public list of reopened enterprises (P41), through the front door."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from filings.domain import moves
from filings.models import DeskEntry
from filings.queries import reopened as reads
from filings.states import State
from filings.views import reopened as views
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

QINYANG = "410882"


@pytest.fixture(autouse=True)
def a_day_later(clock_at):
    clock_at(NOW + timedelta(days=1))


def page(client, **query):
    return client.get(reverse("reopened"), query)


def names(response) -> list[str]:
    return [row.name for row in response.context["found"].rows]


def workbook(client, **query) -> list[tuple]:
    response = client.get(reverse("reopened_xlsx"), query)
    assert response.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


def started(**profile):
    return make.filing_in("started", **profile)[0]


def test_only_what_has_started_is_on_the_list(client):
    on = started(name="焦作第一纸业有限公司")
    for state in ("draft", "submitted", "in_review", "returned", "suspended", "revoked"):
        make.filing_in(state)

    response = page(client)

    assert names(response) == [on.enterprise.name]
    assert response.context["found"].counts == {"started": 1, "cleared": 0}


def test_what_is_cleared_to_start_stands_apart(client):
    filed = [make.filing_in(state)[0].enterprise.name for state in ("approved", "ready")]
    started()

    response = page(client, standing="cleared")

    assert sorted(names(response)) == sorted(filed)
    assert response.context["found"].counts == {"started": 1, "cleared": 2}


def test_a_suspended_enterprise_leaves_the_list_at_once(client):
    filing, people = make.filing_in("started")
    moves.suspend_filing(filing, by=people.lead, at=NOW, remark="要整改")

    response = page(client)

    assert names(response) == []
    assert "还没有企业在这里" in response.content.decode()


def test_nothing_but_name_place_trade_and_day_is_told(client):
    filing = started()

    told = page(client).content.decode()

    entry = DeskEntry.objects.get(pk=filing.pk)
    assert entry.name in told
    secrets = (
        entry.uscc, entry.number, filing.enterprise.legal_representative,
        filing.enterprise.contact_name, filing.enterprise.address,
    )  # fmt: skip
    assert all(secrets)
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"沁阳口罩厂", "解放纸厂"}),
        ({"district": QINYANG}, {"沁阳口罩厂"}),
        ({"supplies": "1"}, {"沁阳口罩厂"}),
        ({"q": "紙廠"}, {"解放纸厂"}),
        ({"q": "jfzc"}, {"解放纸厂"}),
        ({"q": "口罩", "district": "410802"}, set()),
        ({"district": "999999"}, {"沁阳口罩厂", "解放纸厂"}),
        ({"standing": "draft"}, {"沁阳口罩厂", "解放纸厂"}),
        ({"after": "no-token"}, {"沁阳口罩厂", "解放纸厂"}),
    ],
)
def test_filters_combine_and_a_wrong_one_is_as_good_as_none(client, query, found):
    started(name="沁阳口罩厂", district=QINYANG, makes_epidemic_supplies=True)
    started(name="解放纸厂")

    response = page(client, **query)

    assert set(names(response)) == found
    assert response.context["found"].total == len(found)
    assert {row[1] for row in workbook(client, **query)[1:]} == found


def test_counts_of_districts_add_up_to_the_city(client):
    started(district=QINYANG)
    started()
    started()

    found = page(client).context["found"]

    counts = {code: count for code, _name, count in found.districts if count}
    assert counts == {QINYANG: 1, "410802": 2}
    assert sum(counts.values()) == found.counts["started"] == found.total


def test_pages_hold_every_enterprise_once_and_so_does_the_workbook(client, monkeypatch):
    monkeypatch.setattr(reads, "PAGE_SIZE", 2)
    everyone = {started().enterprise.name for _n in range(5)}

    seen, after = [], ""
    while after is not None:
        response = page(client, after=after)
        seen += names(response)
        after = response.context["found"].page.next

    assert len(seen) == 5
    assert set(seen) == everyone
    assert [row[1] for row in workbook(client)[1:]] == seen


def test_no_cell_of_the_workbook_is_a_formula(client):
    started(name="=HYPERLINK(1)")

    assert workbook(client)[1][1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("address", ["reopened", "reopened_xlsx"])
def test_queries_do_not_grow_with_the_list(client, address):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse(address), {"q": "公司"})
            if response.streaming:
                b"".join(response.streaming_content)
        return len(queries)

    started(name="焦作公司")
    asked()
    one = asked()
    for _n in range(9):
        started(name="焦作公司")
    DeskEntry.objects.update(state=State.STARTED)

    assert asked() == one <= 10


def test_the_workbook_is_not_for_the_asking_all_day(client):
    for _n in range(views.FILES):
        workbook(client)

    refused = client.get(reverse("reopened_xlsx"))

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 60
