"""The reviewer's document and decisions: scope, stale pages, one decision, one number."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from filings import checklist
from filings.domain import drafts, moves, review
from filings.models import (
    Agency,
    AuditEntry,
    Correction,
    Decision,
    Filing,
    FilingVersion,
    GateWaiver,
    LedgerEntry,
    Receipt,
    RosterRow,
)
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=6)

DECISIONS = ("claim", "hand_over", "return_filing", "approve", "suspend", "resume", "revoke")


@pytest.fixture(autouse=True)
def in_the_afternoon(clock_at):
    clock_at(LATER)


def url(name: str, filing: Filing, *more) -> str:
    return reverse(name, args=[filing.pk, *more])


def look(client, user, filing, name="review", *more, **query):
    client.force_login(user)
    return client.get(url(name, filing, *more), query)


def press(client, user, filing, name, *more, **given):
    client.force_login(user)
    if "revision" not in given:
        filing.refresh_from_db()
        given["revision"] = filing.revision
    return client.post(url(name, filing, *more), given)


def text(response) -> str:
    return response.content.decode()


# ---------------------------------------------------------------- reading
def test_the_page_shows_the_frozen_version_and_not_the_draft(client):
    filing, people = make.filing_in("returned")
    changed = {"duties": "后来改过的分工"}
    drafts.fill_section(filing, "scheme", changed, by=people.owner, at=LATER)

    page = text(look(client, people.reviewer, filing))

    assert make.SCHEME["duties"] in page
    assert "后来改过的分工" not in page


def test_a_draft_that_was_never_submitted_shows_gates_and_no_content(client):
    filing = make.filing()
    people = make.cast(filing)
    make.fill(filing, people=0)
    make.roster_row(filing, 1, workshop="秘密车间", health="")

    response = look(client, people.reviewer, filing)

    page = text(response)
    states = {gate.name: gate.state for gate in response.context["gates"]}
    assert states["scheme_parts"] == "pass"
    assert states["responsible_persons"] == states["roster"] == "fail"
    assert not any(gate.why for gate in response.context["gates"])
    assert make.SCHEME["duties"] not in page
    assert "秘密车间" not in page


def test_the_checklist_is_filled_in_beside_its_section(client):
    filing, people = make.filing_in("in_review")

    response = look(client, people.reviewer, filing)

    states = {
        check.rule: check.state for part in response.context["documents"] for check in part.checks
    }
    assert states["R1.2"] == "done"
    assert states["R5.1"] == "not_given"
    assert "防控方案的六个部分都有内容吗？" in text(response)


def test_checks_that_need_eyes_stand_first_in_their_part(client):
    filing, people = make.filing_in("in_review")

    response = look(client, people.reviewer, filing)

    order = ["not_done", "not_given", "done"]
    parts = {
        part.key: [check.state for check in part.checks] for part in response.context["documents"]
    }
    for states in parts.values():
        assert states == sorted(states, key=order.index)
    # The control: in the order of the guide they would stand otherwise.
    guide = {
        key: [row.state for row in checklist.answers(FilingVersion.objects.get().content)
              if row.section == key]
        for key in parts
    }  # fmt: skip
    assert any(states != sorted(states, key=order.index) for states in guide.values())


def test_a_report_that_is_not_due_yet_is_no_defect(client):
    filing, people = make.filing_in("in_review")
    waiting = look(client, people.reviewer, filing).context
    started, others = make.filing_in("started")
    filed = look(client, others.reviewer, started).context

    assert waiting["documents"][-1].defects == 0
    assert not waiting["documents"][-1].is_due
    assert {check.state for check in filed["documents"][-1].checks} == {"done"}


def test_what_changed_since_the_last_version_is_shown(client):
    filing, people = make.filing_in("returned")
    drafts.fill_section(filing, "scheme", {"duties": "新的分工"}, by=people.owner, at=LATER)
    make.roster_row(filing, 3, name="新来的人")
    plan = {
        "returning_total": "3",
        "origins": [{"province": "河南省", "count": "3"}],
        "batches": [{"number": "1", "on": "2020-03-09", "count": "3"}],
    }
    drafts.fill_section(filing, "plan", plan, by=people.owner, at=LATER)
    review.mend_correction(filing.corrections.get(), by=people.owner, at=LATER, answer="写好了")
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    response = look(client, people.reviewer, filing)

    changes = response.context["changes"]
    assert [(c.label, c.before, c.after) for c in changes.sections["scheme"]] == [
        ("责任分工", make.SCHEME["duties"], "新的分工")
    ]
    assert [(p.kind, p.name) for p in changes.roster.persons] == [("added", "新来的人")]
    assert "写好了" in text(response)


def came_back(**profile) -> tuple[Filing, make.Cast]:
    """A filing whose second version has two more people and 120 more entries."""
    filing, people = make.filing_in("approved", **profile)
    for number in (3, 4):
        make.roster_row(filing, number, health="symptoms")
    entries = [
        LedgerEntry(
            filing=filing, item=filing.supplies.get(), direction="in", quantity=1, by=people.owner,
            on=NOW.date() - timedelta(days=n % 7), person="孙仓管", purpose=f"入库{n}",
            recorded_at=NOW,
        )
        for n in range(120)
    ]  # fmt: skip
    LedgerEntry.objects.bulk_create(entries)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())
    return filing, people


def test_changes_that_do_not_fit_the_page_lead_to_all_of_them(client, monkeypatch):
    filing, people = came_back()
    short = text(look(client, people.reviewer, filing))
    monkeypatch.setattr("filings.queries.differences.MOST_SHOWN", 1)

    long = text(look(client, people.reviewer, filing))
    everybody = look(client, people.reviewer, filing, "version_people", 2)

    assert url("version_people", filing, 2) not in short
    assert f'href="{url("version_people", filing, 2)}"' in long
    assert "看全部 2 人的变化" in long
    assert "员工3" in text(everybody)
    assert "新增 2 人，修改 0 人，移除 0 人" in text(everybody)


def test_every_entry_of_a_long_ledger_is_reached_once(client):
    filing, people = came_back()
    page = text(look(client, people.reviewer, filing))
    assert f'href="{url("version_entries", filing, 2)}?fresh"' in page
    assert f'href="{url("version_entries", filing, 2)}"' in page

    for asked, n in (({"fresh": ""}, 120), ({}, 121)):
        first = look(client, people.reviewer, filing, "version_entries", 2, **asked)
        after = first.context["page"].next
        second = look(client, people.reviewer, filing, "version_entries", 2, **asked, after=after)

        rows = [*first.context["page"].rows, *second.context["page"].rows]
        assert len(rows) == len({row.pk for row in rows}) == n
        assert [row.on for row in rows] == sorted((row.on for row in rows), reverse=True)
        assert second.context["page"].next is None
        assert f"共 {n} 条" in text(first)


@pytest.mark.parametrize("name", ["version_people", "version_entries"])
def test_the_lists_of_a_version_are_for_who_may_see_the_version(client, name):
    filing, people = came_back(district="410882", zone=True)
    kinds = ("zone", "health", "city")
    inside = [people.owner, people.lead, *(make.officer(kind, district="410882") for kind in kinds)]

    for user in inside:
        assert look(client, user, filing, name, 2).status_code == 200
        assert look(client, user, filing, name, 3).status_code == 404
    outside = make.officer("bureau", district="410803")
    assert look(client, outside, filing, name, 2).status_code == 404


def test_who_sees_no_health_is_not_told_what_changed_of_it(client):
    filing, people = came_back(district="410882", zone=True)
    row = RosterRow.objects.filter(filing=filing).in_draft().get(name="员工3")
    row.removed = True
    row.save()
    row.pk, row.removed, row.first_version, row.health = None, False, None, "healthy"
    row.save()
    moves.withdraw_filing(filing, by=people.owner, at=LATER, remark="人员有变")
    filing.refresh_from_db()
    moves.reopen_filing(filing, by=people.owner, at=LATER)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    told = {
        user: "健康状况" in text(look(client, user, filing, "version_people", 3))
        for user in (
            people.lead,
            make.officer("health", district="410882"),
            make.officer("zone", district="410882"),
        )
    }

    assert list(told.values()) == [True, True, False]


def test_a_roster_of_30_is_read_with_as_many_queries_as_one_of_2(client):
    small, people = make.filing_in("in_review")
    large = make.fill(make.filing(), people=30)
    owner = make.owner_of(large.enterprise)
    plan = {
        "returning_total": "30",
        "origins": [{"province": "河南省", "count": "30"}],
        "batches": [{"number": "1", "on": "2020-03-09", "count": "30"}],
    }
    drafts.fill_section(large, "plan", plan, by=owner, at=NOW)
    moves.submit_filing(large, by=owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(large, by=people.reviewer, at=NOW)
    counted = []

    for filing in (small, large):
        look(client, people.reviewer, filing)
        with CaptureQueriesContext(connection) as seen:
            assert look(client, people.reviewer, filing).status_code == 200
        counted.append(len(seen))

    assert counted[0] == counted[1]


def with_problems() -> tuple[Filing, make.Cast]:
    filing = make.fill(make.filing(district="410882", zone=True))
    people = make.cast(filing)
    make.roster_row(filing, 3, name="有症状的人", health="symptoms")
    make.roster_row(filing, 4, name="没证明的人", certificate_no="")
    moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="人数随后更新")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    return filing, people


def names(response) -> list[str]:
    return [row.name for row in response.context["roster"].page.rows]


def test_problems_come_first_and_can_be_filtered(client):
    filing, people = with_problems()

    everybody = names(look(client, people.reviewer, filing))
    unwell = names(look(client, people.reviewer, filing, problem="unwell"))
    unfit = names(look(client, people.reviewer, filing, problem="unfit"))
    found = names(look(client, people.reviewer, filing, person="没证明"))

    assert everybody == ["有症状的人", "没证明的人", "员工1", "员工2"]
    assert (unwell, unfit, found) == (["有症状的人"], ["没证明的人"], ["没证明的人"])


@pytest.mark.parametrize("kind", ["zone", "city"])
def test_zone_and_city_see_no_health_neither_by_column_nor_order_nor_filter(client, kind):
    filing, _people = with_problems()
    officer = make.officer(kind, district="410882")

    response = look(client, officer, filing, problem="unwell")

    assert names(response) == ["员工1", "员工2", "有症状的人", "没证明的人"]
    assert response.context["roster"].counts == {}
    for hidden in ("有发热或咳嗽等症状", "JK00001", "集会聚会"):
        assert hidden not in text(response)


def test_the_health_authority_sees_health(client):
    filing, _people = with_problems()

    page = text(look(client, make.officer("health", district="410882"), filing))

    assert "有发热或咳嗽等症状" in page


def test_no_full_number_is_ever_on_the_page(client):
    filing, people = make.filing_in("in_review")

    page = text(look(client, people.reviewer, filing))

    assert RosterRow.objects.first().id_masked in page
    for number in (make.resident_id(1), "13800000000", "13800000001"):
        assert number not in page


def test_collected_points_are_the_bureaus_own_until_they_are_sent(client):
    filing, people = make.filing_in("in_review", district="410882", zone=True)
    review.collect_correction(filing, section="plan", text="内部斟酌", by=people.reviewer, at=NOW)

    seen = {
        kind: "内部斟酌" in text(look(client, make.officer(kind, district="410882"), filing))
        for kind in ("bureau", "zone", "health", "city")
    }
    member = text(look(client, people.owner, filing, "version", 1))

    assert seen == {"bureau": True, "zone": False, "health": False, "city": False}
    assert "内部斟酌" not in member


def test_an_older_version_stays_to_be_read_by_everybody_concerned(client):
    filing, people = make.filing_in("approved")
    drafts.fill_section(filing, "scheme", {"duties": "第二版的分工"}, by=people.owner, at=LATER)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    for user in (people.owner, people.reviewer):
        page = text(look(client, user, filing, "version", 1))
        assert make.SCHEME["duties"] in page
        assert "第二版的分工" not in page
    assert look(client, people.owner, filing, "version", 3).status_code == 404


# ---------------------------------------------------------------- scope
@pytest.mark.parametrize("name", ["review", *DECISIONS[1:]])
def test_another_district_gets_a_404(client, name):
    filing, _people = make.filing_in("in_review")
    stranger = make.officer("bureau", district="410803", role="lead")

    assert look(client, stranger, filing, name).status_code == 404


@pytest.mark.parametrize("name", DECISIONS)
def test_another_district_decides_nothing(client, name):
    filing, _people = make.filing_in("in_review")
    stranger = make.officer("bureau", district="410803", role="lead")
    before = filing.revision

    response = press(client, stranger, filing, name, remark="理由")

    filing.refresh_from_db()
    assert (response.status_code, filing.revision) == (404, before)


@pytest.mark.parametrize("kind", ["zone", "health", "city"])
@pytest.mark.parametrize("name", DECISIONS)
def test_other_agencies_decide_nothing(client, kind, name):
    filing, _people = make.filing_in("in_review", district="410882", zone=True)
    officer = make.officer(kind, district="410882", role="lead")
    before = filing.revision

    response = press(client, officer, filing, name, remark="理由")

    filing.refresh_from_db()
    assert (response.status_code, filing.revision) == (403, before)


@pytest.mark.parametrize("name", ["review", *DECISIONS])
def test_the_enterprise_neither_reads_the_desk_nor_decides(client, name):
    filing, people = make.filing_in("in_review")
    before = filing.revision
    client.force_login(people.owner)

    answers = {client.get(url(name, filing)).status_code} | {
        client.post(url(name, filing), {"revision": before, "remark": "理由"}).status_code
    }

    filing.refresh_from_db()
    assert answers <= {403, 405}
    assert filing.revision == before


@pytest.mark.parametrize("name", ["suspend", "revoke"])
def test_a_reviewer_is_no_lead(client, name):
    filing, people = make.filing_in("approved")

    assert press(client, people.reviewer, filing, name, remark="理由").status_code == 403


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


def flags(response) -> dict[str, list[tuple[str, int | None]]]:
    """Where else each person of the page is said to be listed."""
    roster = response.context["roster"]
    return {
        row.name: [(one.name, one.filing) for one in roster.elsewhere.get(row.id_index, ())]
        for row in roster.page.rows
    }


def twice(client, filing) -> str:
    """The number that the page asks for by itself."""
    address = reverse("review_twice", args=[filing.pk, filing.version])
    assert f'hx-get="{address}"' in text(client.get(reverse("review", args=[filing.pk])))
    return client.get(address).content.decode()


def test_a_person_on_two_rosters_is_flagged_with_the_other_filing(client):
    # Both rosters hold the numbers 1 and 2; the third is on this one alone.
    other, _ = make.filing_in("submitted", district="410882")
    filing = make.fill(make.filing(district="410882", zone=True))
    people = make.cast(filing)
    make.roster_row(filing, 3, name="只在这里")
    moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="人数随后更新")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    answer = look(client, people.reviewer, filing)

    there = (f"{other.enterprise.name} · {other.site.name}", other.pk)
    assert flags(answer) == {"员工1": [there], "员工2": [there], "只在这里": []}
    assert twice(client, filing) == "2"
    assert names(look(client, people.reviewer, filing, problem="twice")) == ["员工1", "员工2"]
    assert there[0] in text(answer)


def test_of_a_filing_in_another_district_the_bureau_is_told_no_name(client):
    other, _ = make.filing_in("submitted", district="410803")
    filing, people = make.filing_in("in_review", district="410882", zone=True)

    answer = look(client, people.reviewer, filing)

    assert {place for places in flags(answer).values() for place in places} == {("", None)}
    assert "外县（市、区）" in text(answer)
    assert other.enterprise.name not in text(answer)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_roster_that_was_never_sent_or_has_ended_flags_nobody(client, state):
    if state == "draft":
        make.fill(make.filing(district="410882", zone=True))
    else:
        make.filing_in("withdrawn", district="410882", zone=True)
    filing, people = make.filing_in("in_review", district="410882", zone=True)

    answer = look(client, people.reviewer, filing)

    assert twice(client, filing) == "0"
    assert not any(flags(answer).values())


def test_the_enterprise_is_not_told_where_else_its_people_are_listed(client):
    make.filing_in("submitted", district="410882", zone=True)
    filing, people = make.filing_in("in_review", district="410882", zone=True)
    client.force_login(make.fresh(people.owner))

    answer = client.get(reverse("version", args=[filing.pk, 1]), {"problem": "twice"})

    assert "twice" not in answer.context["roster"].counts
    assert "也在" not in text(answer)
    assert client.get(reverse("review_twice", args=[filing.pk, 1])).status_code == 403
    assert len(names(answer)) == 2
