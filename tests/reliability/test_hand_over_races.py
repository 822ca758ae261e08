"""One filing is given to two people, or given away and decided, at the same moment.

By hand and by a batch: one of the two is done and the other told so, or both come one after the
other, and filing, steps, desk and decisions tell the same story. Each race has its control on the
same database, with the lock or the check of the revision taken away.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection

from filings.domain import bulk, moves, review
from filings.models import Batch, BatchItem, Decision, Filing, Notice, Step, User
from jiaozuo_portal.lib.refusals import NotAllowed, Stale
from tests import factories as make
from tests.factories import NOW
from tests.threads import WAIT, all_at_once, kinds, meet, take_locks_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ONE_OF_TWO = {"done": 1, "refused": 1}
#: How long the first one waits for a second one, who may be held up by a lock.
PATIENCE = WAIT
Press = Callable[[], object]


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW)


@pytest.fixture
def without_locks(monkeypatch):
    take_locks_away(monkeypatch)
    # Nobody is held up, so nobody need be left waiting on a busy machine.
    monkeypatch.setitem(globals(), "PATIENCE", 30.0)


@pytest.fixture
def without_revision(monkeypatch):
    monkeypatch.setattr(moves, "require_fresh", lambda _filing, _revision: None)


@dataclass(frozen=True)
class Case:
    """A filing as two people have it before them, and who may be given it."""

    filing: Filing
    people: make.Cast
    colleagues: tuple[User, User]
    revision: int | None

    def hand_over(self, by: User, to: User) -> object:
        return moves.hand_over_filing(
            fresh(self.filing), by=make.fresh(by), to=to, at=NOW, revision=self.revision
        )

    def claim(self) -> object:
        by = make.fresh(self.people.reviewer)
        return moves.claim_filing(fresh(self.filing), by=by, at=NOW, revision=self.revision)

    def decide(self, name: str) -> object:
        """The reviewer, who holds the filing, decides."""
        decision = {"approve": moves.approve_filing, "return": moves.return_filing}[name]
        by = make.fresh(self.people.reviewer)
        return decision(fresh(self.filing), by=by, at=NOW, revision=self.revision)

    def claim_and_approve(self) -> object:
        self.claim()
        by = make.fresh(self.people.reviewer)
        return moves.approve_filing(fresh(self.filing), by=by, at=NOW)


def case_in(state: str, *, decision: str = "", with_page: bool = True) -> Case:
    filing, people = make.filing_in(state)
    if decision == "return":
        review.collect_correction(
            filing, section="scheme", text="请补充", path="duties", by=people.reviewer, at=NOW
        )
        filing.refresh_from_db()
    first, second = (make.officer("bureau", district=filing.district.code) for _n in range(2))
    return Case(filing, people, (first, second), filing.revision if with_page else None)


def fresh(filing: Filing) -> Filing:
    return Filing.objects.select_related("enterprise", "site", "district", "zone").get(pk=filing.pk)


def steps_of(filing: Filing, *names: str) -> list[Step]:
    return list(Step.objects.filter(filing=filing, move__in=names).order_by("pk"))


def contradictions(filing: Filing) -> list[str]:
    """In what the filing, its steps, its entry on the desk and its decisions do not agree."""
    now, steps = fresh(filing), list(Step.objects.filter(filing=filing).order_by("pk"))
    given = [step.to or step.by for step in steps if step.move in {"claim", "assign", "hand_over"}]
    decided = [step.move for step in steps if step.move in {"approve", "return"}]
    pairs = {
        "revision": (now.revision, len(steps)),
        "state": (now.state, steps[-1].target),
        "chain": ([step.source for step in steps], ["", *(step.target for step in steps[:-1])]),
        "holder": (now.holder, given[-1] if given else None),
        "desk": ((now.desk_entry.state, now.desk_entry.holder), (now.state, now.holder)),
        "decisions": (list(Decision.objects.values_list("kind", flat=True)), decided),
        "decided": (now.state in {"approved", "returned"}, bool(decided)),
    }
    return [name for name, (stored, told) in pairs.items() if stored != told]


def one_into_the_other(monkeypatch, first: Press, second: Press) -> list[object]:
    """`second` begins when `first` has compared the revision and has not written yet.

    The first one waits there for the second to end, for PATIENCE seconds at most: under a lock it
    does so in vain, and the second comes after it.
    """
    looked, over = threading.Event(), threading.Event()
    compare = moves.require_fresh

    def compare_and_wait(filing: Filing, revision: int | None) -> None:
        compare(filing, revision)
        if not looked.is_set():
            looked.set()
            over.wait(timeout=PATIENCE)

    monkeypatch.setattr(moves, "require_fresh", compare_and_wait)

    def press(number: int) -> object:
        if number == 0:
            return first()
        looked.wait(timeout=30)
        try:
            return second()
        finally:
            over.set()

    return all_at_once(2, press)


# ---------------------------------------------------------------- two hand-overs
def hand_over_at_once(monkeypatch, case: Case) -> list[object]:
    """The holder and the lead each give the filing to a colleague, both having looked."""
    meet(monkeypatch, moves, "require_fresh", 2)
    givers = (case.people.reviewer, case.people.lead)
    return all_at_once(2, lambda number: case.hand_over(givers[number], case.colleagues[number]))


def told(case: Case) -> set[User]:
    """Which of the two colleagues has heard that the filing is now theirs."""
    notices = Notice.objects.filter(kind="hand_over", to__in=case.colleagues)
    return {notice.to for notice in notices.select_related("to")}


def test_of_two_hand_overs_at_once_one_is_done_and_the_other_told_so(monkeypatch):
    case = case_in("in_review")

    got = hand_over_at_once(monkeypatch, case)

    assert kinds(got) == ONE_OF_TWO
    winner = case.colleagues[got.index(None)]
    assert isinstance(got[1 - got.index(None)], Stale)
    assert fresh(case.filing).holder == winner
    assert [step.to for step in steps_of(case.filing, "hand_over")] == [winner]
    assert told(case) == {winner}
    assert contradictions(case.filing) == []


def test_two_hand_overs_that_name_no_revision_come_one_after_the_other(monkeypatch):
    """Both are the lead's, who may take a filing from whoever has it."""
    case = case_in("in_review", with_page=False)
    lead, (one, other) = case.people.lead, case.colleagues

    got = one_into_the_other(
        monkeypatch, lambda: case.hand_over(lead, one), lambda: case.hand_over(lead, other)
    )

    assert got == [None, None]
    assert [step.to for step in steps_of(case.filing, "hand_over")] == [one, other]
    assert fresh(case.filing).revision == case.filing.revision + 2
    assert contradictions(case.filing) == []


def test_who_has_just_lost_the_filing_does_not_hand_it_over_whatever_the_page_said(monkeypatch):
    case = case_in("in_review", with_page=False)
    holder, lead, (one, other) = case.people.reviewer, case.people.lead, case.colleagues

    got = one_into_the_other(
        monkeypatch, lambda: case.hand_over(lead, one), lambda: case.hand_over(holder, other)
    )

    assert got[0] is None
    assert isinstance(got[1], NotAllowed)
    assert [step.to for step in steps_of(case.filing, "hand_over")] == [one]
    assert contradictions(case.filing) == []


def test_without_locks_two_hand_overs_are_written_into_each_other(monkeypatch, without_locks):
    case = case_in("in_review")

    got = hand_over_at_once(monkeypatch, case)

    assert kinds(got) != ONE_OF_TWO
    if connection.vendor == "postgresql":
        assert kinds(got) == {"done": 2}
        assert "revision" in contradictions(case.filing)


def test_without_locks_the_later_of_two_hand_overs_is_lost(monkeypatch, without_locks):
    case = case_in("in_review", with_page=False)
    lead, (one, other) = case.people.lead, case.colleagues

    got = one_into_the_other(
        monkeypatch, lambda: case.hand_over(lead, one), lambda: case.hand_over(lead, other)
    )

    assert got != [None, None] or fresh(case.filing).holder != other
    if connection.vendor == "postgresql":
        assert fresh(case.filing).revision == case.filing.revision + 1


def test_without_the_revision_a_colleague_loses_the_filing_and_nobody_is_told(
    monkeypatch, without_revision
):
    case = case_in("in_review")
    lead, (one, other) = case.people.lead, case.colleagues

    got = one_into_the_other(
        monkeypatch, lambda: case.hand_over(lead, one), lambda: case.hand_over(lead, other)
    )

    assert got == [None, None]
    assert fresh(case.filing).holder == other


# ---------------------------------------------------------------- a hand-over and a decision
def hand_over_and_decide(monkeypatch, case: Case, decision: str, first: str) -> list[object]:
    """The lead gives the filing away while its holder decides.

    Gives the results, the hand-over's before the decision's, whichever of them is `first`.
    """
    presses = [
        lambda: case.hand_over(case.people.lead, case.colleagues[0]),
        lambda: case.decide(decision),
    ]
    if first == "hand_over":
        return one_into_the_other(monkeypatch, *presses)
    return one_into_the_other(monkeypatch, *reversed(presses))[::-1]


@pytest.mark.parametrize("with_page", [True, False])
@pytest.mark.parametrize("decision", ["approve", "return"])
def test_who_has_just_lost_the_filing_does_not_decide_on_it(monkeypatch, decision, with_page):
    case = case_in("in_review", decision=decision, with_page=with_page)

    got = hand_over_and_decide(monkeypatch, case, decision, "hand_over")

    assert got[0] is None
    assert isinstance(got[1], Stale if with_page else NotAllowed)
    now = fresh(case.filing)
    assert (now.state, now.holder) == ("in_review", case.colleagues[0])
    assert not Decision.objects.exists()
    assert contradictions(case.filing) == []


@pytest.mark.parametrize("with_page", [True, False])
@pytest.mark.parametrize("decision", ["approve", "return"])
def test_a_filing_just_decided_is_not_handed_over(monkeypatch, decision, with_page):
    case = case_in("in_review", decision=decision, with_page=with_page)

    got = hand_over_and_decide(monkeypatch, case, decision, "decision")

    assert isinstance(got[0], Stale if with_page else NotAllowed)
    assert kinds(got) == ONE_OF_TWO
    assert fresh(case.filing).holder == case.people.reviewer
    assert not steps_of(case.filing, "hand_over")
    assert told(case) == set()
    assert contradictions(case.filing) == []


@pytest.mark.parametrize("first", ["hand_over", "decision"])
@pytest.mark.parametrize("decision", ["approve", "return"])
def test_without_locks_a_filing_is_decided_and_handed_over(
    monkeypatch, without_locks, decision, first
):
    case = case_in("in_review", decision=decision)

    got = hand_over_and_decide(monkeypatch, case, decision, first)

    assert kinds(got) != ONE_OF_TWO
    if connection.vendor == "postgresql":
        assert kinds(got) == {"done": 2}
        assert contradictions(case.filing) != []


# ---------------------------------------------------------------- a batch and one person
#: The batch's kind, in which state it meets the filing, and what somebody does to it meanwhile.
PAIRS = [
    pytest.param("hand_over", "in_review", "approve", id="hand_over-approve"),
    pytest.param("hand_over", "in_review", "return", id="hand_over-return"),
    pytest.param("hand_over", "in_review", "hand_over", id="hand_over-hand_over"),
    pytest.param("assign", "submitted", "claim", id="assign-claim"),
    pytest.param("assign", "submitted", "claim_and_approve", id="assign-claim_and_approve"),
]


def press_of(case: Case, rival: str) -> Press:
    return {
        "approve": lambda: case.decide("approve"),
        "return": lambda: case.decide("return"),
        "hand_over": lambda: case.hand_over(case.people.reviewer, case.colleagues[1]),
        "claim": case.claim,
        "claim_and_approve": case.claim_and_approve,
    }[rival]


def batch_press(case: Case, kind: str) -> Press:
    """The lead's batch gives the filing to the first colleague: what a worker does of it."""
    batch = bulk.start_batch(
        kind,
        {case.filing.pk: case.filing.revision},
        by=case.people.lead,
        to=case.colleagues[0],
        at=NOW,
        key=uuid.uuid4(),
    )
    return lambda: bulk.run_step(Batch.objects.get(pk=batch.pk), at=NOW)


def batch_and_person(
    monkeypatch, case: Case, kind: str, rival: str, first: str
) -> tuple[list[object], BatchItem]:
    """A batch of the lead gives the filing to the first colleague while somebody else acts on it.

    Gives the results, the batch's before the person's whoever is `first`, and the batch's item.
    """
    presses = [batch_press(case, kind), press_of(case, rival)]
    if first == "batch":
        got = one_into_the_other(monkeypatch, *presses)
    else:
        got = one_into_the_other(monkeypatch, *reversed(presses))[::-1]
    return got, BatchItem.objects.select_related("batch").get()


@pytest.mark.parametrize(("kind", "state", "rival"), PAIRS)
def test_what_a_batch_has_just_given_away_is_somebody_elses(monkeypatch, kind, state, rival):
    case = case_in(state, decision=rival)

    got, item = batch_and_person(monkeypatch, case, kind, rival, "batch")

    assert got[0] == 1
    assert isinstance(got[1], Stale)
    assert (item.result, item.detail, item.batch.finished_at) == ("done", "", NOW)
    now = fresh(case.filing)
    assert (now.state, now.holder) == (state, case.colleagues[0])
    assert [step.to for step in steps_of(case.filing, kind)] == [case.colleagues[0]]
    assert not Decision.objects.exists()
    assert contradictions(case.filing) == []


@pytest.mark.parametrize(("kind", "state", "rival"), PAIRS)
def test_a_batch_leaves_alone_what_has_just_changed_and_says_so(monkeypatch, kind, state, rival):
    case = case_in(state, decision=rival)

    got, item = batch_and_person(monkeypatch, case, kind, rival, "person")

    assert kinds(got) == {"done": 2}
    assert (item.result, item.batch.finished_at) == ("changed", NOW)
    assert item.detail.startswith("这份备案刚才已有变化")
    now = fresh(case.filing)
    assert now.holder == (case.colleagues[1] if rival == "hand_over" else case.people.reviewer)
    assert case.colleagues[0] not in {step.to for step in steps_of(case.filing, kind)}
    assert not Notice.objects.filter(kind=kind, to=case.colleagues[0]).exists()
    assert contradictions(case.filing) == []


@pytest.mark.parametrize("first", ["batch", "person"])
@pytest.mark.parametrize(("kind", "state", "rival"), PAIRS)
def test_without_locks_a_batch_and_a_person_are_both_done(
    monkeypatch, without_locks, kind, state, rival, first
):
    case = case_in(state, decision=rival)

    got, item = batch_and_person(monkeypatch, case, kind, rival, first)

    came_through = kinds(got) == {"done": 2} and item.result == "done"
    assert came_through or kinds(got)["broke"]
    if connection.vendor == "postgresql":
        assert came_through
        assert contradictions(case.filing) != []


def test_without_the_revision_a_batch_takes_the_filing_from_who_was_just_given_it(
    monkeypatch, without_revision
):
    case = case_in("in_review")

    got, item = batch_and_person(monkeypatch, case, "hand_over", "hand_over", "person")

    assert kinds(got) == {"done": 2}
    assert item.result == "done"
    assert fresh(case.filing).holder == case.colleagues[0]


def two_workers_at_once(monkeypatch) -> tuple[Case, list[object]]:
    """Two workers are at the same one item, as after a lease that ended too early."""
    case = case_in("submitted")
    work_off = batch_press(case, "assign")
    meet(monkeypatch, moves, "require_fresh", 2)
    return case, all_at_once(2, lambda _number: work_off())


def test_of_two_workers_at_one_item_one_does_it_and_the_other_passes_it_over(monkeypatch):
    case, got = two_workers_at_once(monkeypatch)

    assert Counter(got) == {1: 1, 0: 1}
    assert BatchItem.objects.get().result == "done"
    assert [step.to for step in steps_of(case.filing, "assign")] == [case.colleagues[0]]
    assert contradictions(case.filing) == []


def test_without_locks_two_workers_do_one_item_twice(monkeypatch, without_locks):
    case, got = two_workers_at_once(monkeypatch)

    assert got == [1, 1] or kinds(got)["broke"]
    if connection.vendor == "postgresql":
        assert got == [1, 1]
        assert len(steps_of(case.filing, "assign")) == 2
