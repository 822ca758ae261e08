"""Checking, submitting, reporting and starting through the front door."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from filings.domain import drafts
from filings.models import FilingVersion, PreStartReport
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(clock_at):
    clock_at(NOW)


def carried(client, name, filing):
    form = client.get(reverse(name, args=[filing.pk])).context["form"]
    return {name: field.value() for name, field in ((f.name, f) for f in form)}


def test_submitting_shows_what_was_received_and_who_has_it(client):
    filing = make.fill(make.filing())
    client.force_login(make.owner_of(filing.enterprise))

    answer = client.post(
        reverse("submit", args=[filing.pk]), carried(client, "check_answers", filing), follow=True
    )

    text = answer.content.decode()
    assert answer.redirect_chain == [(reverse("received", args=[filing.pk]), 302)]
    assert "第 1 版" in text
    assert "解放区工业和信息化局" in text


def test_pressing_twice_makes_one_version(client):
    filing = make.fill(make.filing())
    client.force_login(make.owner_of(filing.enterprise))
    page = carried(client, "check_answers", filing)

    answers = [client.post(reverse("submit", args=[filing.pk]), page) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert FilingVersion.objects.count() == 1


def test_a_shut_gate_refuses_with_its_clause_and_where_to_mend(client):
    filing = make.filing()
    client.force_login(make.owner_of(filing.enterprise))

    answer = client.post(
        reverse("submit", args=[filing.pk]), carried(client, "check_answers", filing)
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "防控方案六个部分" in text
    assert "指南 R1.2" in text
    assert reverse("section", args=[filing.pk, "scheme"]) in text
    assert not FilingVersion.objects.exists()


def test_a_page_older_than_the_filing_submits_nothing(client):
    filing, people = make.filing_in("returned")
    client.force_login(people.owner)
    page = {**carried(client, "check_answers", filing), "revision": filing.revision - 1}

    answer = client.post(reverse("submit", args=[filing.pk]), page)

    assert answer.status_code == 409
    assert FilingVersion.objects.count() == 1


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_page_without_its_key_submits_nothing(client, key):
    filing = make.fill(make.filing())
    client.force_login(make.owner_of(filing.enterprise))

    answer = client.post(
        reverse("submit", args=[filing.pk]),
        {"submission_key": key, "revision": filing.revision},
    )

    assert answer.status_code == 409
    assert not FilingVersion.objects.exists()


def test_a_viewer_checks_but_does_not_submit(client):
    filing = make.fill(make.filing())
    client.force_login(make.member(filing.enterprise, "viewer"))

    checked = client.get(reverse("check_answers", args=[filing.pk]))
    answer = client.post(
        reverse("submit", args=[filing.pk]),
        {"submission_key": uuid.uuid4(), "revision": filing.revision},
    )

    assert checked.status_code == 200
    assert answer.status_code == 403
    assert not FilingVersion.objects.exists()


def test_nothing_was_received_before_the_first_submission(client):
    filing = make.filing()
    client.force_login(make.owner_of(filing.enterprise))

    assert client.get(reverse("received", args=[filing.pk])).status_code == 404


def test_the_start_page_names_the_gates_that_are_shut_and_presses_nothing(client):
    filing, people = make.filing_in("approved")
    client.force_login(people.owner)

    answer = client.get(reverse("start", args=[filing.pk]))

    states = {gate["label"]: gate["state"] for gate in answer.context["gates"]}
    assert states == {
        "已制定防疫工作方案": "pass",
        "已开展开工前人员排查": "fail",
        "已组织消杀和安全检查": "fail",
        "开工前报告已填写完整": "fail",
    }
    assert answer.content.decode().count("disabled aria-describedby") == 2


def test_a_report_with_a_shut_gate_is_refused_with_the_clause(client):
    filing, people = make.filing_in("approved")
    client.force_login(people.owner)

    answer = client.post(
        reverse("report_prestart", args=[filing.pk]), carried(client, "start", filing)
    )

    assert answer.status_code == 422
    assert "指南 R2.9" in answer.content.decode()
    assert not PreStartReport.objects.exists()


def test_from_the_report_to_the_start(client):
    filing, people = make.filing_in("approved")
    client.force_login(people.owner)
    drafts.fill_section(filing, "prestart", make.PRESTART, by=people.owner, at=NOW)

    client.post(reverse("report_prestart", args=[filing.pk]), carried(client, "start", filing))
    filing.refresh_from_db()
    reported = filing.state
    client.post(reverse("start_work", args=[filing.pk]), carried(client, "start", filing))
    filing.refresh_from_db()

    assert (reported, filing.state) == ("ready", "started")


def test_work_does_not_start_before_the_report(client):
    filing, people = make.filing_in("approved")
    client.force_login(people.owner)

    answer = client.post(reverse("start_work", args=[filing.pk]), {"revision": filing.revision})

    filing.refresh_from_db()
    assert answer.status_code == 403
    assert filing.state == "approved"
