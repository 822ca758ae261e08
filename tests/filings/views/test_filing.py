"""The clerk's task list, corrections and opinions through the front door."""

from __future__ import annotations

import pytest
from django.urls import reverse

from filings.domain import moves, review
from filings.models import Correction, SectionDraft
from filings.states import State
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(clock_at):
    clock_at(NOW)


def page(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(name, args=args))


def test_an_empty_draft_lists_what_is_missing_linked_to_the_field(client):
    filing = make.filing()

    answer = page(client, make.owner_of(filing.enterprise), "filing", filing.pk)

    text = answer.content.decode()
    section = reverse("section", args=[filing.pk, "scheme"])
    assert f'href="{section}#id_leadership"' in text
    assert f'href="{reverse("section", args=[filing.pk, "plan"])}#id_has_orders_0"' in text
    assert "准予备案以后才能填写开工前报告" in text
    assert [task.state for task in answer.context["tasks"]] == [
        "empty",
        "empty",
        "empty",
        "empty",
        "locked",
    ]


def test_a_full_draft_is_complete_and_leads_to_the_check(client):
    filing = make.fill(make.filing())

    answer = page(client, make.owner_of(filing.enterprise), "filing", filing.pk)

    assert [task.state for task in answer.context["tasks"]][:4] == ["complete"] * 4
    assert answer.context["left"] == 0
    assert reverse("check_answers", args=[filing.pk]) in answer.content.decode()


def test_a_workshop_without_a_responsible_person_is_named_in_the_scheme(client):
    filing = make.fill(make.filing())
    make.roster_row(filing, 9, workshop="二车间", team="甲班")

    answer = page(client, make.owner_of(filing.enterprise), "filing", filing.pk)

    scheme = answer.context["tasks"][0]
    assert scheme.state == "partly"
    assert scheme.missing[0].url.endswith("/scheme/#id_unit_leads")
    assert "二车间 甲班" in scheme.missing[0].message


@pytest.mark.parametrize("state", [state.value for state in State])
def test_the_page_opens_in_every_state_for_every_role(client, state):
    filing, people = make.filing_in(state)
    viewer = make.member(filing.enterprise, "viewer")

    for person in (people.owner, viewer):
        assert page(client, person, "filing", filing.pk).status_code == 200


@pytest.mark.parametrize(
    ("state", "reason"),
    [("withdrawn", "暂不复工"), ("suspended", "现场不符"), ("revoked", "材料不实")],
)
def test_who_opens_a_stopped_filing_reads_why(client, state, reason):
    filing, people = make.filing_in(state)

    assert reason in page(client, people.owner, "filing", filing.pk).content.decode()


def test_a_viewer_is_told_why_there_is_nothing_to_press(client):
    filing = make.filing()

    text = page(client, make.member(filing.enterprise, "viewer"), "filing", filing.pk)

    assert "您的账号只能查看" in text.content.decode()
    assert "disabled" in text.content.decode()


def test_an_officer_is_led_to_the_review(client):
    filing, people = make.filing_in("submitted")

    answer = page(client, people.reviewer, "filing", filing.pk)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("review", args=[filing.pk])


@pytest.mark.parametrize("name", ["filing", "corrections", "check_answers", "start", "history"])
def test_another_enterprise_s_filing_is_not_there(client, name):
    filing, _people = make.filing_in("returned")

    answer = page(client, make.owner_of(make.firm()), name, filing.pk)

    assert answer.status_code == 404


def test_the_draft_is_not_there_for_the_bureau(client):
    filing, people = make.filing_in("submitted")
    client.force_login(people.lead)

    for name in ("corrections", "check_answers", "supplies", "start"):
        assert client.get(reverse(name, args=[filing.pk])).status_code == 403


def test_a_correction_is_ticked_with_an_answer_and_unticked_again(client):
    _filing, people = make.filing_in("returned")
    point = Correction.objects.get()
    client.force_login(people.owner)

    client.post(reverse("correction_mend", args=[point.pk]), {"answer": "已写明"})
    point.refresh_from_db()
    ticked = (point.status, point.answer)
    client.post(reverse("correction_unmend", args=[point.pk]))
    point.refresh_from_db()

    assert ticked == ("mended", "已写明")
    assert point.status == "sent"


def test_ticking_beside_the_field_saves_what_the_page_carries(client):
    filing, people = make.filing_in("returned")
    point = Correction.objects.get()
    client.force_login(people.owner)

    answer = client.post(
        reverse("correction_mend", args=[point.pk]), {"marks": "{}", "emergency": "改好的处置"}
    )

    stored = SectionDraft.objects.get(filing=filing, key="scheme").data
    assert answer["Location"].endswith("/scheme/#id_duties")
    assert Correction.objects.get().status == "mended"
    # The mark says that the page showed nothing there, so it does not overwrite what is stored.
    assert stored["emergency"] == make.SCHEME["emergency"]


def test_corrections_that_are_still_collected_are_not_shown(client):
    filing, people = make.filing_in("in_review")
    review.collect_correction(
        filing, section="plan", text="尚未发出的意见", by=people.reviewer, at=NOW
    )

    listed = page(client, people.owner, "corrections", filing.pk).content.decode()
    shown = page(client, people.owner, "filing", filing.pk).content.decode()

    assert "尚未发出的意见" not in listed + shown


def test_another_s_correction_cannot_be_ticked(client):
    make.filing_in("returned")
    point = Correction.objects.get()
    client.force_login(make.owner_of(make.firm()))

    assert client.post(reverse("correction_mend", args=[point.pk])).status_code == 404


def test_an_opinion_is_shown_and_marked_as_handled(client):
    filing, people = make.filing_in("submitted")
    health = make.officer("health")
    opinion = review.give_opinion(filing, text="宿舍每间两人。", by=health, at=NOW)

    shown = page(client, people.owner, "filing", filing.pk).content.decode()
    client.post(reverse("opinion_handle", args=[opinion.pk]), {"answer": "已调整"})

    opinion.refresh_from_db()
    assert "宿舍每间两人。" in shown
    assert (opinion.handled_by, opinion.answer) == (people.owner, "已调整")


def test_withdrawing_asks_for_a_reason_and_reopening_brings_the_draft_back(client):
    filing, people = make.filing_in("submitted")
    client.force_login(people.owner)
    url = reverse("withdraw", args=[filing.pk])

    without = client.post(url, {"revision": filing.revision, "remark": " "})
    client.post(url, {"revision": filing.revision, "remark": "暂不复工"})
    filing.refresh_from_db()
    withdrawn = filing.state
    client.post(reverse("reopen", args=[filing.pk]))
    filing.refresh_from_db()

    assert without.status_code == 422
    assert (withdrawn, filing.state) == ("withdrawn", "draft")
    assert moves.versions.snapshot(filing)["scheme"]["duties"]
