"""The measures of the boards: the list behind each figure, whose it is, and what it keeps back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import picture
from filings.queries.board import Line
from policies.domain import applications, declarations, packs
from policies.domain.matching import match_filing
from policies.models import Application
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

REBATE = "豫政9-17b"
HERE, THERE = "410802", "410803"


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW)
    make.city()
    packs.load_folder(None, at=NOW)


def insured(district: str, *, granted: int | None = None):
    """A filing that can use the rebate; with money that a department has agreed to."""
    filing, people = make.filing_in("submitted", employees=40, district=district)
    owner = make.fresh(people.owner)
    answers = {
        "layoff_count": 0,
        "unemployment_insured": True,
        "affected_by_epidemic": True,
        "unemployment_insurance_paid_last_year_yuan": Decimal(36000),
    }
    for name, value in answers.items():
        declarations.declare(filing, name, value, by=owner, at=NOW)
    match_filing(filing.pk, at=NOW)
    if granted is not None:
        made = applications.prepare_application(filing, REBATE, by=owner, at=NOW)
        Application.objects.filter(pk=made.pk).update(
            state="granted", granted_yuan=granted, sent_at=NOW
        )
    return filing


def measures(client, **asked) -> list[Line]:
    board = client.get(reverse("board"), asked).context["board"]
    return next(part.lines for part in board.parts if part.key == "measures")


def listed(client, url: str) -> set[int]:
    return {row.entry.pk for row in client.get(url).context["queue"].rows}


@pytest.fixture
def city(client):
    """Two filings here, one of them with money, and one there; the city's officer looks."""
    filings = insured(HERE), insured(HERE, granted=12_000), insured(THERE, granted=5_000)
    unfit, _people = make.filing_in("submitted", district=HERE, employees=40)
    match_filing(unfit.pk, at=NOW)
    picture.take_picture(at=NOW)
    client.force_login(make.officer("city"))
    return filings


@pytest.mark.parametrize("asked", [{}, {"place": HERE}, {"place": THERE}])
def test_every_figure_of_a_measure_is_that_of_its_list(client, city, asked):
    lines = measures(client, **asked)

    assert lines
    for line in lines:
        assert client.get(line.url).context["queue"].total == line.n
        assert client.get(line.yuan_url).context["yuan"] == line.yuan
    assert (
        sum(line.yuan for line in lines)
        == {"": 17_000, HERE: 12_000, THERE: 5_000}[asked.get("place", "")]
    )


def test_the_lists_hold_who_can_use_it_and_who_was_granted_money(client, city):
    one, paid, there = (filing.pk for filing in city)

    assert listed(client, f"/board/list/?figure=measure-{REBATE}") == {one, paid, there}
    assert listed(client, f"/board/list/?figure=granted-{REBATE}") == {paid, there}
    assert listed(client, f"/board/list/?figure=granted-{REBATE}&district={HERE}") == {paid}


def test_a_bureau_sees_its_own_district_only(client, city):
    one, paid, _there = (filing.pk for filing in city)
    client.force_login(make.officer("bureau", district=HERE))

    usable = client.get(reverse("board_list"), {"figure": f"measure-{REBATE}", "district": THERE})

    assert usable.context["queue"].total == 0
    assert listed(client, f"/board/list/?figure=measure-{REBATE}") == {one, paid}
    page = client.get(reverse("board_list"), {"figure": f"granted-{REBATE}"})
    assert page.context["yuan"] == 12_000
    assert "12,000" in page.content.decode()


def test_a_list_tells_neither_an_answer_nor_the_amount_of_one_filing(client, city):
    pages = [
        client.get(reverse("board_list"), {"figure": f"{name}-{REBATE}"}).content.decode()
        for name in ("measure", "granted")
    ]

    for page in pages:
        for kept_back in ("36,000", "36000", "18,000", "12,000", "5,000", "裁员"):
            assert kept_back not in page.replace(str(measures(client)[0].label), "")
    assert "17,000" in pages[1]


@pytest.mark.parametrize("figure", ["measure-", "measure-x", "granted-x", "measure-豫政9-5b"])
def test_what_is_no_benefit_has_no_list(client, city, figure):
    assert client.get(reverse("board_list"), {"figure": figure}).status_code == 404


def test_without_a_published_pack_there_is_no_list(client, city):
    packs.Pack.objects.update(status="withdrawn")

    assert client.get(reverse("board_list"), {"figure": f"measure-{REBATE}"}).status_code == 404


@pytest.mark.parametrize("name", ["measure", "granted"])
def test_a_long_list_takes_no_more_queries_than_a_short_one(client, city, name):
    url = f"/board/list/?figure={name}-{REBATE}"
    counts = []
    for _more in range(2):
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
        for _n in range(3):
            insured(HERE, granted=1)

    assert counts[0] == counts[1] <= 10
