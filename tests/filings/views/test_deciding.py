"""The reviewer's decisions: stale pages, one decision, points, one number in full, four eyes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from filings.domain import moves, review
from filings.models import (
    Agency,
    AuditEntry,
    Correction,
    Decision,
    GateWaiver,
    Receipt,
    RosterRow,
)
from tests import factories as make
from tests.factories import NOW

from .reviewing import look, press, text, url

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=6)


@pytest.fixture(autouse=True)
def in_the_afternoon(clock_at):
    clock_at(LATER)


# ---------------------------------------------------------------- decisions
def test_the_whole_way_from_claim_to_receipt(client):
    filing, people = make.filing_in("submitted")

    press(client, people.reviewer, filing, "claim")
    confirm = look(client, people.reviewer, filing, "approve")
    response = press(client, people.reviewer, filing, "approve", remark="材料齐全")

    filing.refresh_from_db()
    assert filing.enterprise.name in text(confirm)
    assert response.status_code == 302
    assert (filing.state, Receipt.objects.count()) == ("approved", 1)


def test_two_points_are_returned_together_and_the_button_says_how_many(client):
    filing, people = make.filing_in("in_review")
    row = RosterRow.objects.first()
    for section, path in (("scheme", "duties"), ("roster", str(row.key))):
        press(
            client, people.reviewer, filing, "correction_add",
            section=section, path=path, text="请补充",
        )  # fmt: skip

    page = text(look(client, people.reviewer, filing))
    confirm = text(look(client, people.reviewer, filing, "return_filing"))
    press(client, people.reviewer, filing, "return_filing")

    filing.refresh_from_db()
    assert "退回补正（2 项）" in page
    assert "退回补正（2 项）" in confirm
    assert filing.state == "returned"
    assert list(
        Correction.objects.values_list("section", "path", "label", "status", "version")
    ) == [
        ("scheme", "duties", "责任分工", "sent", 1),
        ("roster", str(row.key), f"{row.name}（{row.id_masked}）", "sent", 1),
    ]


def test_pressing_twice_makes_one_decision_and_says_what_happened(client):
    filing, people = make.filing_in("in_review")
    seen = filing.revision

    first = press(client, people.reviewer, filing, "approve", revision=seen)
    second = press(client, people.lead, filing, "approve", revision=seen, remark="我也同意")

    assert (first.status_code, second.status_code) == (302, 409)
    assert Decision.objects.count() == Receipt.objects.count() == 1
    assert str(people.reviewer) in text(second)
    assert "准予备案" in text(second)
    assert "我也同意" in text(second)


def test_approving_and_returning_at_once_makes_one_decision(client):
    filing, people = make.filing_in("in_review")
    review.collect_correction(filing, section="plan", text="请补", by=people.reviewer, at=NOW)
    seen = filing.revision

    returned = press(client, people.reviewer, filing, "return_filing", revision=seen)
    approved = press(client, people.lead, filing, "approve", revision=seen)

    assert (returned.status_code, approved.status_code) == (302, 409)
    assert Decision.objects.get().kind == "return"


@pytest.mark.parametrize("revision", ["", "x", "0"])
@pytest.mark.parametrize("name", ["claim", "approve"])
def test_a_press_without_a_revision_decides_nothing(client, name, revision):
    filing, people = make.filing_in("submitted" if name == "claim" else "in_review")

    response = press(client, people.reviewer, filing, name, revision=revision)

    assert response.status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("name", "state"),
    [("suspend", "approved"), ("revoke", "approved"), ("resume", "suspended")],
)
def test_the_leads_moves_need_a_reason_and_keep_it(client, name, state):
    filing, people = make.filing_in(state)

    without = press(client, people.lead, filing, name, remark="  ")
    with_one = press(client, people.lead, filing, name, remark="现场核查")

    filing.refresh_from_db()
    assert (without.status_code, with_one.status_code) == (422, 302)
    assert filing.steps.last().remark == "现场核查"


def test_a_filing_is_handed_to_a_colleague_of_the_same_bureau_only(client):
    filing, people = make.filing_in("in_review")
    colleague = make.officer("bureau")
    stranger = make.officer("bureau", district="410803")

    refused = press(client, people.reviewer, filing, "hand_over", to=stranger.pk)
    done = press(client, people.reviewer, filing, "hand_over", to=colleague.pk, remark="我休假")

    filing.refresh_from_db()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert filing.holder == colleague


def test_an_approval_with_a_shut_gate_is_refused_with_the_clause(client):
    filing = make.fill(make.filing(), people=0)
    people = make.cast(filing)
    moves.waive_gate(filing, "roster", by=people.lead, at=NOW, reason="只有值班人员")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    GateWaiver.objects.all().delete()

    response = press(client, people.reviewer, filing, "approve", remark="同意")

    assert response.status_code == 422
    assert "R4.4" in text(response)
    assert "同意" in text(response)
    assert not Decision.objects.exists()


def test_the_lead_waives_a_gate_with_a_reason_that_the_page_shows(client):
    filing, people = make.filing_in("in_review")

    reviewer = press(client, people.reviewer, filing, "waive", "roster", remark="理由充分")
    start_gate = press(client, people.lead, filing, "waive", "screening", remark="理由充分")
    done = press(client, people.lead, filing, "waive", "roster", remark="停产检修")

    assert [reviewer.status_code, start_gate.status_code, done.status_code] == [403, 404, 302]
    assert list(GateWaiver.objects.values_list("gate", "reason")) == [("roster", "停产检修")]


# ---------------------------------------------------------------- points
@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("scheme", "nothing"),
        ("nothing", ""),
        ("process", ""),
        ("roster", "not-a-key"),
        ("roster", "5f0c2a54-0a34-4a3b-9a77-2d1f3f0f7d11"),
        ("supplies", "999999"),
        ("scheme", "file.x"),
    ],
)
def test_a_point_about_nothing_is_a_404(client, section, path):
    filing, people = make.filing_in("in_review")

    response = press(
        client, people.reviewer, filing, "correction_add", section=section, path=path, text="补"
    )

    assert response.status_code == 404
    assert not Correction.objects.exists()


def test_a_person_of_another_filing_is_nobody_here(client):
    filing, people = make.filing_in("in_review")
    other, _others = make.filing_in("in_review")
    foreign = RosterRow.objects.filter(filing=other).first()

    response = press(
        client, people.reviewer, filing, "correction_add",
        section="roster", path=str(foreign.key), text="补",
    )  # fmt: skip

    assert response.status_code == 404


def test_a_point_comes_back_to_where_it_was_made_and_nowhere_else(client):
    filing, people = make.filing_in("in_review")
    home = url("review", filing)
    where = {
        f"{home}?problem=any": f"{home}?problem=any#at-scheme-duties",
        "https://evil.example/": f"{home}#at-scheme-duties",
        "//evil.example/": f"{home}#at-scheme-duties",
        "/admin/": f"{home}#at-scheme-duties",
    }

    for back, expected in where.items():
        response = press(
            client, people.reviewer, filing, "correction_add",
            section="scheme", path="duties", text="补", back=back,
        )  # fmt: skip
        assert response["Location"] == expected


def test_each_reader_sees_the_place_of_a_point_in_the_own_language(client):
    filing, people = make.filing_in("in_review")
    client.cookies["django_language"] = "en"
    press(
        client, people.reviewer, filing, "correction_add",
        section="scheme", path="duties", text="补",
    )  # fmt: skip

    point = Correction.objects.get(filing=filing)

    with translation.override("zh-hans"):
        chinese = point.place
    with translation.override("en"):
        english = point.place
    assert (chinese, english) == ("责任分工", "Responsibilities")


def test_an_empty_point_keeps_the_page_and_says_what_is_missing(client):
    filing, people = make.filing_in("in_review")

    response = press(
        client, people.reviewer, filing, "correction_add", section="scheme", path="duties", text=" "
    )

    assert response.status_code == 422
    assert not Correction.objects.exists()


def test_who_does_not_hold_the_filing_writes_no_points(client):
    filing, _people = make.filing_in("in_review")
    colleague = make.officer("bureau")

    response = press(
        client, colleague, filing, "correction_add", section="scheme", path="duties", text="补"
    )

    assert response.status_code == 403


def test_a_point_is_dropped_before_it_is_sent(client):
    filing, people = make.filing_in("in_review")
    point = review.collect_correction(
        filing, section="plan", text="请补", by=people.reviewer, at=NOW
    )
    client.force_login(people.reviewer)

    client.post(reverse("correction_drop", args=[point.pk]), {"revision": filing.revision})

    assert not Correction.objects.exists()


def test_a_mended_point_is_settled_and_a_stale_page_settles_nothing(client):
    filing, people = make.filing_in("returned")
    point = Correction.objects.get()
    review.mend_correction(point, by=people.owner, at=NOW, answer="写好了")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    client.force_login(people.reviewer)
    address = reverse("correction_settle", args=[point.pk])

    stale = client.post(address, {"revision": filing.revision - 1})
    status_then = Correction.objects.get().status
    client.post(address, {"revision": filing.revision})

    assert (stale.status_code, status_then) == (409, "mended")
    assert Correction.objects.get().status == "settled"


def test_points_of_another_district_are_unknown(client):
    filing, people = make.filing_in("in_review")
    point = review.collect_correction(
        filing, section="plan", text="请补", by=people.reviewer, at=NOW
    )
    client.force_login(make.officer("bureau", district="410803"))

    for name in ("correction_drop", "correction_settle"):
        response = client.post(reverse(name, args=[point.pk]), {"revision": filing.revision})
        assert response.status_code == 404
    assert Correction.objects.get().status == "collected"


# ---------------------------------------------------------------- one number in full
def reveal(client, user, filing, **given):
    client.force_login(user)
    return client.post(url("review_reveal", filing), given)


def test_a_number_is_shown_once_for_a_reason_that_is_recorded(client):
    filing, people = make.filing_in("in_review")
    row = RosterRow.objects.first()
    asked = {"section": "roster", "path": str(row.key), "field": "id"}

    before = look(client, people.reviewer, filing, "review_reveal", **asked)
    response = reveal(client, people.reviewer, filing, reason="核对本人身份", **asked)
    again = look(client, people.reviewer, filing, "review_reveal", **asked)

    number = make.resident_id(1)
    assert [number in text(page) for page in (before, response, again)] == [False, True, False]
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="reveal")
    assert (entry.by, entry.field, entry.reason) == (people.reviewer, "id", "核对本人身份")
    assert number not in str(vars(entry))


@pytest.mark.parametrize("reason", ["", "看看"])
def test_without_a_reason_no_number_is_shown(client, reason):
    filing, people = make.filing_in("in_review")
    row = RosterRow.objects.first()

    response = reveal(
        client, people.reviewer, filing,
        section="roster", path=str(row.key), field="mobile", reason=reason,
    )  # fmt: skip

    assert response.status_code == 422
    assert "13800000000" not in text(response)
    assert not AuditEntry.objects.filter(action="reveal").exists()


def test_a_phone_of_a_section_is_revealed_the_same_way(client):
    filing, people = make.filing_in("in_review")

    response = reveal(
        client, people.reviewer, filing,
        section="scheme", path="principal_phone", reason="电话核实情况",
    )  # fmt: skip

    assert "13800000000" in text(response)
    assert AuditEntry.objects.get(action="reveal").field == "scheme.principal_phone"


@pytest.mark.parametrize(("kind", "status"), [("zone", 403), ("city", 403), ("health", 200)])
def test_only_bureau_and_health_reveal(client, kind, status):
    filing, _people = make.filing_in("in_review", district="410882", zone=True)
    row = RosterRow.objects.first()

    response = reveal(
        client, make.officer(kind, district="410882"), filing,
        section="roster", path=str(row.key), field="id", reason="核对本人身份",
    )  # fmt: skip

    assert response.status_code == status
    assert (make.resident_id(1) in text(response)) == (status == 200)


def test_a_person_who_is_only_in_the_draft_is_not_revealed_to_the_bureau(client):
    filing, people = make.filing_in("returned")
    late = make.roster_row(filing, 7)

    response = reveal(
        client, people.reviewer, filing,
        section="roster", path=str(late.key), field="id", reason="核对本人身份",
    )  # fmt: skip

    assert response.status_code == 404


# ---------------------------------------------------------------- four eyes
def test_four_eyes_are_told_before_the_click_and_refused_after_it(client):
    filing, people = make.filing_in("in_review")
    Agency.objects.filter(kind="bureau").update(requires_four_eyes=True)
    link, why = f'href="{url("approve", filing)}"', "这一版由您审核"

    page = text(look(client, people.reviewer, filing))
    asked = text(look(client, people.reviewer, filing, "approve"))
    pressed = press(client, people.reviewer, filing, "approve", remark="已核对现场")

    assert why in page
    assert link not in page
    assert why in asked
    assert 'disabled aria-describedby="blocked"' in asked
    assert pressed.status_code == 403
    assert why in text(pressed)
    assert "已核对现场" in text(pressed)
    assert not Receipt.objects.exists()


def test_four_eyes_leave_the_lead_the_button(client):
    filing, people = make.filing_in("in_review")
    Agency.objects.filter(kind="bureau").update(requires_four_eyes=True)

    page = text(look(client, people.lead, filing))
    pressed = press(client, people.lead, filing, "approve", remark="")

    assert f'href="{url("approve", filing)}"' in page
    assert "这一版由您审核" not in page
    assert (pressed.status_code, Receipt.objects.count()) == (302, 1)
