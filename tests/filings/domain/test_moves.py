"""The workflow from draft to start, and what stands in its way."""

from __future__ import annotations

import uuid

import pytest

from filings.domain import drafts, moves, review
from filings.models import Correction, Decision, FilingVersion, Notice, Receipt, Step
from filings.states import MOVES, State
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [state.value for state in State])
def test_every_state_is_reached_by_moves_of_the_table(state):
    filing, _people = make.filing_in(state)

    assert filing.state == state


def test_the_whole_way_is_written_down_step_by_step():
    filing, people = make.filing_in("started")

    taken = list(Step.objects.filter(filing=filing).values_list("move", "target", "by"))

    assert taken == [
        ("open", "draft", people.owner.pk),
        ("submit", "submitted", people.owner.pk),
        ("claim", "in_review", people.reviewer.pk),
        ("approve", "approved", people.lead.pk),
        ("report", "ready", people.owner.pk),
        ("start", "started", people.owner.pk),
    ]


def test_an_empty_draft_is_refused_with_every_gate_and_clause():
    filing = make.filing()

    with pytest.raises(Refused) as refusal:
        moves.submit_filing(filing, by=make.owner_of(filing.enterprise), at=NOW, key=uuid.uuid4())

    assert refusal.value.rule == "R1.2"
    assert {detail.split("（")[1][:4] for detail in refusal.value.details} == {
        "R1.2",
        "R1.3",
        "R1.4",
        "R4.4",
        "R3.1",
    }
    assert not FilingVersion.objects.exists()


def test_the_same_submission_key_makes_one_version():
    filing = make.fill(make.filing())
    owner = make.owner_of(filing.enterprise)
    key = uuid.uuid4()

    made = {moves.submit_filing(filing, by=owner, at=NOW, key=key).pk for _ in range(20)}

    assert len(made) == FilingVersion.objects.count() == 1


def test_a_stranger_cannot_submit():
    filing = make.fill(make.filing())
    stranger = make.owner_of(make.firm())

    with pytest.raises(NotAllowed):
        moves.submit_filing(filing, by=stranger, at=NOW, key=uuid.uuid4())


def test_a_reviewer_of_another_district_cannot_claim():
    filing, _people = make.filing_in("submitted")
    other = make.officer("bureau", district="410803", role="lead")

    with pytest.raises(NotAllowed):
        moves.claim_filing(filing, by=other, at=NOW)


def test_a_reviewer_who_does_not_hold_the_filing_cannot_approve():
    filing, _people = make.filing_in("in_review")
    colleague = make.officer("bureau", district=filing.district.code)

    with pytest.raises(NotAllowed):
        moves.approve_filing(filing, by=colleague, at=NOW)


def test_a_page_older_than_the_filing_decides_nothing():
    filing, people = make.filing_in("in_review")
    seen = filing.revision
    moves.hand_over_filing(filing, by=people.reviewer, to=people.lead, at=NOW)

    with pytest.raises(Stale):
        moves.approve_filing(filing, by=people.lead, at=NOW, revision=seen)

    assert not Decision.objects.exists()


def test_a_return_without_corrections_is_refused():
    filing, people = make.filing_in("in_review")

    with pytest.raises(Refused):
        moves.return_filing(filing, by=people.reviewer, at=NOW)

    filing.refresh_from_db()
    assert filing.state == State.IN_REVIEW


def test_corrections_reach_the_enterprise_only_with_the_return():
    filing, people = make.filing_in("in_review")
    point = review.collect_correction(
        filing, section="plan", text="请写明路线", path="logistics", by=people.reviewer, at=NOW
    )
    before = point.status

    count = moves.return_filing(filing, by=people.reviewer, at=NOW)

    point.refresh_from_db()
    assert (before, point.status, count) == ("collected", "sent", 1)


def test_submitting_again_needs_every_correction_ticked_off():
    filing, people = make.filing_in("returned")

    with pytest.raises(Refused) as refusal:
        moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    point = Correction.objects.get()
    review.mend_correction(point, by=people.owner, at=NOW)
    version = moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    assert refusal.value.details == ["：请补充"]
    assert version.number == 2


def test_approval_issues_a_numbered_receipt_and_supersedes_the_old_one():
    filing, people = make.filing_in("approved")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)

    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    first, second = Receipt.objects.order_by("pk")
    assert (first.number, second.number) == ("焦复备410802-2020-00001", "焦复备410802-2020-00002")
    assert first.superseded_at == NOW
    assert second.superseded_at is None


def test_start_gates_refuse_a_report_with_a_missing_fact_and_name_the_clause():
    filing, people = make.filing_in("approved")
    given = {**make.PRESTART, "disinfected_equipment": ""}
    drafts.fill_section(filing, "prestart", given, by=people.owner, at=NOW)

    with pytest.raises(Refused) as refusal:
        moves.report_prestart(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    assert refusal.value.rule == "R2.9"
    assert any("重点设施设备已消杀" in detail for detail in refusal.value.details)


@pytest.mark.parametrize("gate", ["scheme", "screening", "disinfection", "report"])
def test_no_start_gate_can_be_waived_by_anybody(gate):
    filing, people = make.filing_in("submitted")

    with pytest.raises(Refused):
        moves.waive_gate(filing, gate, by=people.lead, at=NOW, reason="特事特办")


def test_the_lead_waives_an_approval_gate_with_a_reason_that_is_kept():
    filing = make.filing()
    people = make.cast(filing)
    make.fill(filing, people=0)

    for gate in ("roster",):
        moves.waive_gate(filing, gate, by=people.lead, at=NOW, reason="停产检修，只有值班人员")
    version = moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    assert version.content["waivers"] == {"roster": "停产检修，只有值班人员"}


def test_a_reviewer_cannot_waive():
    filing, people = make.filing_in("in_review")

    with pytest.raises(NotAllowed):
        moves.waive_gate(filing, "roster", by=people.reviewer, at=NOW, reason="理由")


@pytest.mark.parametrize("name", ["suspend", "revoke", "withdraw", "resume"])
def test_moves_that_hurt_need_a_remark(name):
    source = {"suspend": "started", "revoke": "approved", "withdraw": "draft"}.get(
        name, "suspended"
    )
    filing, people = make.filing_in(source)
    by = people.owner if name == "withdraw" else people.lead
    move = getattr(moves, f"{name}_filing")

    with pytest.raises(Refused):
        move(filing, by=by, at=NOW, remark="  ")

    filing.refresh_from_db()
    assert filing.state == source


def test_each_move_tells_the_people_concerned_and_not_the_doer():
    filing, people = make.filing_in("submitted")

    told = set(Notice.objects.filter(kind="submit").values_list("to", flat=True))

    assert told == {people.reviewer.pk, people.lead.pk}
    assert OutboxRow.objects.filter(kind="notice.deliver").count() == Notice.objects.count()


def test_a_refused_move_writes_nothing():
    filing, people = make.filing_in("approved")
    steps, rows = Step.objects.count(), OutboxRow.objects.count()

    with pytest.raises(Refused):
        moves.report_prestart(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    assert (Step.objects.count(), OutboxRow.objects.count()) == (steps, rows)


def test_every_move_leads_somewhere_and_names_its_clause():
    for move in MOVES.values():
        assert move.sources
        assert move.actors
        assert move.rule.startswith("R")


def test_nobody_reviews_the_enterprise_they_work_for():
    filing, people = make.filing_in("submitted")
    people.lead.memberships.create(enterprise=filing.enterprise, role="viewer")

    with pytest.raises(NotAllowed):
        moves.claim_filing(filing, by=make.fresh(people.lead), at=NOW)


def test_a_change_of_an_approved_filing_can_be_given_a_waiver_too():
    filing, people = make.filing_in("approved")

    waiver = moves.waive_gate(filing, "roster", by=people.lead, at=NOW, reason="停产检修")

    assert waiver.gate == "roster"
