"""Applications through the front door: the enterprise's pages, the desk, the paper."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from filings.domain.enterprise import add_site
from filings.models import RosterRow
from policies.domain import declarations, packs
from policies.models import Application
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

MEASURE = "豫政9-17b"


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)


def eligible():
    filing, people = make.filing_in("submitted", employees=40)
    owner = make.fresh(people.owner)
    for name, value in (
        ("layoff_count", 0), ("unemployment_insured", True), ("affected_by_epidemic", True),
        ("unemployment_insurance_paid_last_year_yuan", Decimal(36000)),
    ):  # fmt: skip
        declarations.declare(filing, name, value, by=owner, at=NOW)
    return filing, owner


def apply(client, filing, owner) -> Application:
    client.force_login(owner)
    answer = client.post(reverse("application_prepare", args=[filing.pk, MEASURE]))
    assert answer.status_code == 302
    return Application.objects.latest("pk")


def press(client, application, move, **typed):
    application.refresh_from_db()
    return client.post(
        reverse("application_move", args=[application.pk, move]),
        {"revision": application.revision, **typed},
    )


def officer_of(application):
    user = make.user()
    user.postings.create(agency=application.agency, role="reviewer")
    return make.fresh(user)


def test_from_the_measure_to_the_grant(client):
    filing, owner = eligible()
    client.force_login(owner)
    measure = client.get(reverse("support_measure", args=[filing.pk, MEASURE]))
    assert reverse("application_prepare", args=[filing.pk, MEASURE]) in measure.content.decode()

    application = apply(client, filing, owner)
    press(client, application, "send")
    client.force_login(officer_of(application))
    desk = client.get(reverse("applications_desk")).content.decode()
    assert filing.enterprise.name in desk
    press(client, application, "receive")
    press(client, application, "grant", amount="12000.50")

    application.refresh_from_db()
    assert (application.state, application.granted_yuan) == ("granted", Decimal("12000.50"))
    client.force_login(owner)
    page = client.get(reverse("application", args=[application.pk])).content.decode()
    assert "12,000.50" in page
    measure = client.get(reverse("support_measure", args=[filing.pk, MEASURE])).content.decode()
    assert reverse("application", args=[application.pk]) in measure
    assert "已同意" in client.get(reverse("applications")).content.decode()


def second_site(filing, owner):
    return add_site(
        filing.enterprise, name="二厂区", district=filing.district, zone=None, address="南路",
        by=owner, at=NOW,
    )  # fmt: skip


def test_a_second_site_is_led_to_the_application_of_the_first(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    second = second_site(filing, owner)

    prepared = client.post(reverse("application_prepare", args=[second.pk, MEASURE]), follow=True)
    measure = client.get(reverse("support_measure", args=[second.pk, MEASURE])).content.decode()
    support = client.get(reverse("support", args=[second.pk])).content.decode()
    own = client.get(reverse("support", args=[filing.pk])).content.decode()

    link = reverse("application", args=[application.pk])
    assert prepared.redirect_chain == [(link, 302)]
    assert (
        "“主厂区”已经申请过这项优惠（待提交），一家企业只能享受一次。" in prepared.content.decode()
    )
    assert reverse("application_prepare", args=[second.pk, MEASURE]) not in measure
    assert "由“主厂区”申请，一家企业只能享受一次" in measure
    assert (link in support, "由“主厂区”申请" in support) == (True, True)
    assert (link in own, "由“主厂区”申请" in own) == (True, False)


def test_what_a_site_gets_is_offered_to_the_second_site_as_well(client):
    filing, owner = eligible()
    declarations.declare(filing, "power_capacity_suspension", True, by=owner, at=NOW)
    client.force_login(owner)
    client.post(reverse("application_prepare", args=[filing.pk, "豫政9-13a"]))
    second = second_site(filing, owner)

    page = client.get(reverse("support_measure", args=[second.pk, "豫政9-13a"])).content.decode()
    support = client.get(reverse("support", args=[second.pk])).content.decode()

    assert reverse("application_prepare", args=[second.pk, "豫政9-13a"]) in page
    assert "每个厂区各申请一次" in page
    assert reverse("application", args=[Application.objects.get().pk]) not in support


def test_a_measure_without_application_says_how_the_benefit_comes(client):
    filing, owner = eligible()
    client.force_login(owner)

    page = client.get(reverse("support_measure", args=[filing.pk, "焦政办4-10a"])).content.decode()

    assert "不用向部门申请。" in page
    assert "按现行费率缴费即可" in page.split('id="apply"')[1].split("</section>")[0]
    assert reverse("application_prepare", args=[filing.pk, "焦政办4-10a"]) not in page


@pytest.mark.parametrize(
    ("measure", "there", "not_there"),
    [
        (MEASURE, "上年度失业保险缴费凭证", "没有写明要交哪些材料"),
        ("焦政4-13d", "没有写明要交哪些材料", "上年度失业保险缴费凭证"),
    ],
)
def test_a_measure_names_its_papers_or_says_that_the_text_names_none(
    client, measure, there, not_there
):
    filing, owner = eligible()
    client.force_login(owner)

    own = client.get(reverse("support_measure", args=[filing.pk, measure])).content.decode()
    row = _papers_row(own)

    assert there in row
    assert not_there not in row


def test_what_needs_no_application_asks_for_no_papers(client):
    filing, owner = eligible()
    client.force_login(owner)

    page = client.get(reverse("support_measure", args=[filing.pk, "焦政办4-10a"])).content.decode()

    assert "要交的材料" not in page


def _papers_row(page: str) -> str:
    return page.split("<dt>要交的材料</dt>")[1].split("</dd>")[0]


def test_an_application_made_elsewhere_is_recorded_on_the_page(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)

    refused = press(client, application, "outside", outside_number="410800-77")
    press(client, application, "outside", outside_on="2020-03-01", outside_number="410800-77")

    assert refused.status_code == 422
    assert 'value="410800-77"' in refused.content.decode()
    client.force_login(officer_of(application))
    page = client.get(reverse("application", args=[application.pk])).content.decode()
    assert "410800-77" in page
    assert "已经在窗口" not in page


def test_a_refusal_without_a_reason_keeps_what_was_typed_and_says_why(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    press(client, application, "send")
    client.force_login(officer_of(application))
    press(client, application, "receive")

    answer = press(client, application, "refuse", amount="7")

    assert answer.status_code == 422
    assert "理由" in answer.content.decode()
    assert 'value="7"' in answer.content.decode()
    application.refresh_from_db()
    assert application.state == "received"


@pytest.mark.parametrize("amount", ["-1", "NaN", "1e400", "一万", "1.234"])
def test_an_amount_that_is_none_is_refused(client, amount):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    press(client, application, "send")
    client.force_login(officer_of(application))
    press(client, application, "receive")

    assert press(client, application, "grant", amount=amount).status_code == 422


def test_the_officer_sees_the_application_and_nothing_of_the_filing(client):
    filing, owner = eligible()
    RosterRow.objects.filter(filing=filing).update(name="机密员工")
    application = apply(client, filing, owner)
    agency = application.agency
    agency.kind, agency.district, agency.zone = "policy", None, None
    agency.save()
    officer = officer_of(application)
    client.force_login(officer)

    # Not before it is sent.
    assert client.get(reverse("application", args=[application.pk])).status_code == 404
    client.force_login(owner)
    press(client, application, "send")
    client.force_login(officer)

    page = client.get(reverse("application", args=[application.pk]))
    assert page.status_code == 200
    assert "机密员工" not in page.content.decode()
    for route in ("filing", "support", "review", "roster"):
        assert client.get(reverse(route, args=[filing.pk])).status_code in {302, 403, 404}


@pytest.mark.parametrize("who", ["enterprise", "agency"])
def test_strangers_find_nothing(client, who):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    press(client, application, "send")
    stranger = (
        make.owner_of(make.firm())
        if who == "enterprise"
        else make.officer("health", district="410803")
    )
    client.force_login(stranger)

    assert client.get(reverse("application", args=[application.pk])).status_code == 404
    assert client.get(reverse("application_paper", args=[application.pk])).status_code == 404
    assert press(client, application, "withdraw").status_code in {403, 404}


def test_the_paper_says_what_the_page_says(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)

    answer = client.get(reverse("application_paper", args=[application.pk]))

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    flat = "".join(text.split())
    assert filing.enterprise.uscc in flat
    assert f"{application.asked_yuan:,}" in flat
    assert "符合" in flat
    for fact in application.content["facts"]:
        assert "".join(fact["value"].split()) in flat


def test_the_clause_of_each_reason_stands_in_the_paper_and_on_the_page(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    clauses = {line["clause"] for line in application.content["reasons"]}
    # The clause of the measure itself stands in the head of both.
    below = application.content["reasons"][0]["clause"] = "豫政〔2020〕9号 第99条"
    application.content["reasons"][-1].pop("clause")  # sent before clauses were told
    application.save()

    page = client.get(reverse("application", args=[application.pk])).content.decode()
    paper = client.get(reverse("application_paper", args=[application.pk])).content

    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(paper)).pages)
    assert clauses
    assert below in page.split('id="reasons"')[1].split("</section>")[0]
    assert "".join(below.split()) in "".join(text.split())


def test_an_application_with_hostile_words_is_printed_as_it_is(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    hostile = '#read("/etc/passwd") ] $x$ \\ "'
    application.content["enterprise"] = hostile
    application.save()

    answer = client.get(reverse("application_paper", args=[application.pk]))

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "etc/passwd" in text
    assert "root:" not in text


def test_the_desk_asks_as_often_for_1_application_as_for_10(client):
    filing, owner = eligible()
    application = apply(client, filing, owner)
    press(client, application, "send")
    officer = officer_of(application)

    def cost() -> int:
        client.force_login(officer)
        client.get(reverse("applications_desk"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("applications_desk"))
        return len(seen)

    one = cost()
    for _ in range(9):
        more, person = eligible()
        sent = apply(client, more, person)
        Application.objects.filter(pk=sent.pk).update(agency=application.agency)
        press(client, sent, "send")

    assert cost() == one
