"""Many filings at once: each by the rules of the single action, each with a result of its own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction

from filings.domain import bulk, moves, review
from filings.domain.notices import words
from filings.models import Batch, BatchItem, Filing, Notice, Posting, Step, User
from filings.states import MOVES
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE, THERE = "410882", "410804"


def filings(state: str, count: int = 1, district: str = HERE) -> list[Filing]:
    return [make.filing_in(state, district=district)[0] for _n in range(count)]


@pytest.fixture
def lead(db) -> User:
    return make.officer("bureau", district=HERE, role="lead", name="负责人")


@pytest.fixture
def colleague(db) -> User:
    return make.officer("bureau", district=HERE, name="同事")


def start(kind: str, chosen: list[Filing], by: User, **given: Any) -> Batch:
    revisions = {filing.pk: filing.revision for filing in chosen}
    given = {"key": uuid.uuid4(), "at": NOW} | given
    return bulk.start_batch(kind, revisions, by=by, **given)


def results(batch: Batch) -> list[str]:
    return list(batch.items.order_by("position").values_list("result", flat=True))


def details(batch: Batch) -> list[str]:
    return list(batch.items.order_by("position").values_list("detail", flat=True))


# ---------------------------------------------------------------- each kind
def test_the_lead_assigns_many_and_each_is_recorded_as_if_done_singly(lead, colleague, drain):
    chosen = filings("submitted", 3)

    batch = start("assign", chosen, lead, to=colleague, text="请优先")
    drain()

    batch.refresh_from_db()
    assert results(batch) == ["done"] * 3
    assert batch.finished_at is not None
    assert [Filing.objects.get(pk=one.pk).holder for one in chosen] == [colleague] * 3
    assert [(step.by, step.to, step.remark) for step in Step.objects.filter(move="assign")] == [
        (lead, colleague, "请优先")
    ] * 3
    assert Notice.objects.filter(kind="assign", to=colleague).count() == 3


def test_many_are_handed_over(lead, colleague, drain):
    chosen = filings("in_review", 2)

    batch = start("hand_over", chosen, lead, to=colleague)
    drain()

    assert results(batch) == ["done"] * 2
    assert [Filing.objects.get(pk=one.pk).holder for one in chosen] == [colleague] * 2


def test_a_notice_goes_to_the_owners_and_clerks_of_each_enterprise(colleague, drain):
    chosen = [*filings("returned"), *filings("draft")]
    clerk = make.member(chosen[0].enterprise, "clerk")
    viewer = make.member(chosen[0].enterprise, "viewer")

    batch = start("notice", chosen, colleague, text="请在周五前补正。")
    drain()

    assert results(batch) == ["done"] * 2
    told = Notice.objects.filter(kind="told")
    owners = {make.owner_of(one.enterprise) for one in chosen}
    assert {notice.to for notice in told} == {*owners, clerk}
    assert viewer not in {notice.to for notice in told}
    assert words(told.get(to=clerk)) == (
        f"工信部门就{chosen[0].enterprise.name}的备案通知：请在周五前补正。"
    )


def test_a_long_batch_is_worked_off_in_steps_in_its_order(lead, colleague, monkeypatch):
    chosen = filings("submitted", 3)
    batch = start("assign", chosen, lead, to=colleague)

    first = bulk.run_step(batch, at=NOW, size=2)
    between = results(batch)
    batch.refresh_from_db()
    open_between = batch.finished_at is None
    second = bulk.run_step(batch, at=NOW, size=2)
    nothing = bulk.run_step(batch, at=NOW, size=2)

    assert (first, second, nothing) == (2, 1, 0)
    assert between == ["done", "done", ""]
    assert open_between
    assert results(batch) == ["done"] * 3
    assert Step.objects.filter(move="assign").count() == 3
    keys = OutboxRow.objects.filter(kind="desk.bulk").order_by("created_at")
    assert [row.key for row in keys] == [f"desk.bulk:{batch.pk}:1", f"desk.bulk:{batch.pk}:3"]


# ---------------------------------------------------------------- refused and changed
def test_each_item_has_its_own_reason_and_the_others_go_on(lead, colleague, drain):
    draft, waiting, reviewed = *filings("draft"), *filings("submitted"), *filings("in_review")

    batch = start("assign", [draft, waiting, reviewed], lead, to=colleague)
    drain()

    assert results(batch) == ["refused", "done", "refused"]
    assert details(batch) == [
        "备案现在的状态是“草稿”，不能分派审核。",
        "",
        "备案现在的状态是“审核中”，不能分派审核。",
    ]


def test_reasons_are_in_the_language_of_the_person(lead, colleague, drain):
    User.objects.filter(pk=lead.pk).update(language="en")

    batch = start("assign", filings("draft"), lead, to=colleague)
    drain()

    assert "备案" not in details(batch)[0]


def test_a_reviewer_cannot_assign_in_bulk_what_they_cannot_assign_singly(colleague, drain):
    chosen = filings("submitted")

    batch = start("assign", chosen, colleague, to=colleague)
    drain()

    assert results(batch) == ["refused"]
    assert Filing.objects.get(pk=chosen[0].pk).holder is None


def test_a_reviewer_hands_over_only_what_they_hold(colleague, drain):
    mine, other = filings("submitted", 2)
    moves.claim_filing(mine, by=colleague, at=NOW)
    moves.claim_filing(other, by=make.officer("bureau", district=HERE), at=NOW)
    to = make.officer("bureau", district=HERE)

    batch = start("hand_over", [mine, other], colleague, to=to)
    drain()

    assert results(batch) == ["done", "refused"]


def test_a_filing_decided_meanwhile_is_left_as_it_is(lead, colleague, drain):
    decided, waiting = filings("in_review", 2)
    batch = start("hand_over", [decided, waiting], lead, to=colleague)
    moves.approve_filing(decided, by=lead, at=NOW)

    drain()

    assert results(batch) == ["changed", "done"]
    assert Filing.objects.get(pk=decided.pk).state == "approved"
    assert Filing.objects.get(pk=decided.pk).holder != colleague


def test_a_notice_about_another_state_is_not_sent(colleague, drain):
    [filing] = filings("submitted")
    batch = start("notice", [filing], colleague, text="请尽快提交。")
    moves.claim_filing(filing, by=colleague, at=NOW)

    drain()

    assert results(batch) == ["changed"]
    assert not Notice.objects.filter(kind="told").exists()


def test_somebody_of_another_bureau_gets_nothing(lead, drain):
    [filing] = filings("submitted")

    batch = start("assign", [filing], lead, to=make.officer("bureau", district=THERE))
    drain()

    assert results(batch) == ["refused"]
    assert Filing.objects.get(pk=filing.pk).holder is None


def test_who_lost_the_post_while_the_batch_runs_does_nothing_more(lead, colleague):
    chosen = filings("submitted", 2)
    batch = start("assign", chosen, lead, to=colleague)
    bulk.run_step(batch, at=NOW, size=1)
    Posting.objects.filter(user=lead).delete()

    bulk.run_step(batch, at=NOW)

    assert results(batch) == ["done", "refused"]


def test_who_may_no_longer_sign_in_does_nothing_more(lead, colleague, drain):
    batch = start("assign", filings("submitted"), lead, to=colleague)
    User.objects.filter(pk=lead.pk).update(is_active=False)

    drain()

    assert results(batch) == ["refused"]


def test_one_filing_that_breaks_holds_up_no_other_and_leaves_nothing(
    lead, colleague, drain, monkeypatch
):
    bad, good = filings("submitted", 2)
    give = moves.assign_filing

    def broken(filing: Filing, **given: Any) -> None:
        give(filing, **given)
        if filing.pk == bad.pk:
            raise ValueError("broken")

    monkeypatch.setattr(moves, "assign_filing", broken)

    batch = start("assign", [bad, good], lead, to=colleague)
    drain()

    assert results(batch) == ["failed", "done"]
    assert Filing.objects.get(pk=bad.pk).holder is None


def test_a_fault_of_the_database_is_no_result_and_is_tried_again(lead, colleague, monkeypatch):
    batch = start("assign", filings("submitted"), lead, to=colleague)
    with monkeypatch.context() as patch:
        patch.setattr(moves, "assign_filing", lambda *_given, **_named: _locked_out())
        with pytest.raises(OperationalError):
            bulk.run_step(batch, at=NOW)
    before = results(batch)

    bulk.run_step(batch, at=NOW)

    assert (before, results(batch)) == ([""], ["done"])


def test_a_batch_that_is_given_up_ends_and_makes_room_for_the_next(lead, colleague, monkeypatch):
    one, two = filings("submitted", 2)
    batch = start("assign", [one, two], lead, to=colleague)
    bulk.run_step(batch, at=NOW, size=1)
    with monkeypatch.context() as patch:
        patch.setattr(moves, "assign_filing", lambda *_given, **_named: _locked_out())
        row = OutboxRow.objects.still_open().get(kind="desk.bulk", key__endswith=":2")
        for _try in range(queue.MAX_TRIES):
            queue.perform(row.pk)

    again = start("assign", [two], lead, to=colleague)
    bulk.run_step(again, at=NOW)

    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert (results(batch), results(again)) == (["done", "failed"], ["done"])


def _locked_out() -> None:
    raise OperationalError("deadlock detected")


# ---------------------------------------------------------------- whose, and how many
def test_a_filing_of_another_bureau_gets_into_no_batch(lead, colleague):
    here, there = *filings("submitted"), *filings("submitted", district=THERE)

    with pytest.raises(NotAllowed):
        start("assign", [here, there], lead, to=colleague)

    assert not Batch.objects.exists()


def test_a_filing_of_another_bureau_in_a_batch_all_the_same_is_never_touched(
    lead, colleague, drain
):
    """The second wall: were it written into the batch, its item would be refused."""
    [there] = filings("submitted", district=THERE)
    batch = start("assign", filings("submitted"), lead, to=colleague)
    batch.items.update(filing=there, revision=there.revision)

    drain()

    assert results(batch) == ["refused"]
    there.refresh_from_db()
    assert there.holder is None


@pytest.mark.parametrize("kind", ["approve", "return", "revoke", "claim", ""])
def test_nothing_is_decided_in_bulk(kind, lead, colleague):
    with pytest.raises(Refused, match="不能批量"):
        start(kind, filings("in_review"), lead, to=colleague, text="准予")

    assert not Batch.objects.exists()


def test_no_kind_is_a_move_that_decides_and_the_database_knows_no_other(lead):
    decisions = {move.name for move in MOVES.values() if move.decides or move.danger}

    assert not decisions & set(Batch.Kind.values)
    with pytest.raises(IntegrityError, match="batch_of_known_kind"), transaction.atomic():
        Batch.objects.create(person=lead, kind="approve", made_at=NOW)


@pytest.mark.parametrize(
    ("kind", "given"),
    [("notice", {"text": " "}), ("assign", {}), ("hand_over", {"text": "请办"})],
)
def test_what_the_action_needs_must_be_there(kind, given, lead):
    with pytest.raises(Refused):
        start(kind, filings("submitted"), lead, **given)


def test_nothing_chosen_and_too_much_chosen_are_refused(lead, colleague, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 1)
    with pytest.raises(Refused, match="先选择"):
        start("assign", [], lead, to=colleague)
    with pytest.raises(Refused, match="最多 1 件"):
        start("assign", filings("submitted", 2), lead, to=colleague)


def test_one_batch_at_a_time_a_person(lead, colleague, drain):
    one, two = filings("submitted", 2)
    start("assign", [one], lead, to=colleague)

    with pytest.raises(Refused, match="正在办理"):
        start("assign", [two], lead, to=colleague)
    others = start("notice", [two], colleague, text="别人的一批")
    drain()
    after = start("assign", [two], lead, to=colleague)

    assert others.person == colleague
    assert after.finished_at is None


def test_the_database_itself_holds_one_open_batch_a_person(lead):
    Batch.objects.create(person=lead, kind="notice", made_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(person=lead, kind="notice", made_at=NOW)


def test_pressed_twice_it_is_one_batch_also_when_it_is_over(lead, colleague, drain):
    key, chosen = uuid.uuid4(), filings("submitted")
    first = start("assign", chosen, lead, to=colleague, key=key)
    again = start("assign", chosen, lead, to=colleague, key=key)
    drain()
    late = start("assign", chosen, lead, to=colleague, key=key)

    assert first == again == late
    assert BatchItem.objects.count() == 1
    assert Step.objects.filter(move="assign").count() == 1


# ---------------------------------------------------------------- stopping
def test_who_stops_a_batch_leaves_undone_what_was_not_done(lead, colleague, drain):
    chosen = filings("submitted", 2)
    batch = start("assign", chosen, lead, to=colleague)
    bulk.run_step(batch, at=NOW, size=1)

    bulk.stop_batch(batch, by=lead, at=NOW)
    drain()

    assert results(batch) == ["done", "stopped"]
    batch.refresh_from_db()
    assert batch.finished_at == NOW
    assert start("assign", [chosen[1]], lead, to=colleague).pk != batch.pk


def test_nobody_stops_the_batch_of_somebody_else(lead, colleague):
    batch = start("assign", filings("submitted"), lead, to=colleague)

    with pytest.raises(NotAllowed):
        bulk.stop_batch(batch, by=colleague, at=NOW)

    assert results(batch) == [""]


def test_an_enterprises_own_officer_sends_it_nothing(drain):
    """Nobody acts as the bureau on the enterprise that they work for."""
    [filing] = filings("submitted")
    owner = make.owner_of(filing.enterprise)
    make.officer("bureau", district=HERE)
    Posting.objects.create(
        user=owner, agency=Posting.objects.latest("pk").agency, role=Posting.Role.LEAD
    )

    with pytest.raises(NotAllowed):
        review.tell_enterprise(filing, text="通知", by=make.fresh(owner), at=NOW)
