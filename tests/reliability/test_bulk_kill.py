"""A batch whose worker is killed goes on where it was: one result an item, no filing moved twice.

The kill comes at each point of an item. The controls: with filing and result not in one
transaction, and then without the revision too, the same kill leaves a wrong result or two moves.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from filings import tasks
from filings.domain import bulk, moves
from filings.models import AuditEntry, Batch, BatchItem, Filing, Notice, Step, User
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW
from tests.reliability import one_step

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DEAD = -9
FILINGS = 6
#: The item in the middle, at which the worker is killed.
FATAL = 3
STATES = {"assign": "submitted", "hand_over": "in_review"}


@pytest.fixture
def do_step(process_environment):
    """`do_step(row, where, item, way)` does a step in a process that dies where it is told to."""

    def do(row: OutboxRow, *words: str | int) -> int:
        command = [sys.executable, one_step.__file__, str(row.pk), *map(str, words)]
        return subprocess.run(command, env=process_environment, timeout=60, check=False).returncode

    return do


@pytest.fixture
def colleague(db) -> User:
    make.city()
    return make.officer("bureau")


def begun(kind: str, colleague: User) -> tuple[Batch, OutboxRow]:
    """A batch of the lead in which every filing goes to the colleague, and its first step."""
    filings = [make.filing_in(STATES[kind])[0] for _n in range(FILINGS)]
    batch = bulk.start_batch(
        kind,
        {filing.pk: filing.revision for filing in filings},
        by=make.officer("bureau", role="lead"),
        to=colleague,
        at=NOW,
        key=uuid.uuid4(),
    )
    return batch, OutboxRow.objects.get(kind="desk.bulk")


def end_lease(row: OutboxRow) -> None:
    lease_is_over = clock.real_now() - tasks.BATCH_LEASE - timedelta(seconds=1)
    OutboxRow.objects.filter(pk=row.pk).update(claimed_at=lease_is_over)


def results(batch: Batch) -> list[str]:
    return list(batch.items.order_by("position").values_list("result", flat=True))


def moved(batch: Batch) -> list[int]:
    """How often each filing of the batch was moved by it, in the batch's order."""
    steps = Counter(Step.objects.filter(move=batch.kind).values_list("filing", flat=True))
    return [steps[pk] for pk in batch.items.order_by("position").values_list("filing", flat=True)]


@pytest.mark.parametrize(
    ("where", "kept", "kind"),
    [
        ("moved", FATAL - 1, "assign"),
        ("written", FATAL - 1, "hand_over"),
        ("committed", FATAL, "assign"),
    ],
)
def test_a_killed_batch_goes_on_where_it_was(do_step, colleague, kind, where, kept):
    batch, row = begun(kind, colleague)
    before = {item.filing_id: item.revision for item in batch.items.all()}

    killed = do_step(row, where, FATAL)
    left = (results(batch), moved(batch))
    too_early = queue.perform(row.pk)
    early = results(batch)
    end_lease(row)
    again = do_step(row)
    end_lease(row)
    once_more = queue.perform(row.pk)

    row.refresh_from_db()
    batch.refresh_from_db()
    rest = FILINGS - kept
    assert (killed, too_early, again, once_more) == (DEAD, False, 0, False)
    assert left == (["done"] * kept + [""] * rest, [1] * kept + [0] * rest)
    assert early == left[0]  # the claim of whoever was killed still stands
    assert (row.done_at is not None, row.dead_at, row.tries) == (True, None, 2)
    assert batch.finished_at is not None
    assert (results(batch), moved(batch)) == (["done"] * FILINGS, [1] * FILINGS)
    after = Filing.objects.filter(pk__in=before, holder=colleague)
    assert {one.pk: one.revision - 1 for one in after} == before
    assert AuditEntry.objects.filter(action="assign", field="by_hand").count() == FILINGS
    assert Notice.objects.filter(kind=kind, to=colleague).count() == FILINGS


def test_a_batch_whose_worker_is_killed_in_every_step_is_worked_off_all_the_same(
    do_step, colleague
):
    batch, row = begun("assign", colleague)

    killed = []
    for where in ("moved", "written", "committed"):
        killed.append(do_step(row, where, 2))
        end_lease(row)
    queue.perform(row.pk)

    row.refresh_from_db()
    assert killed == [DEAD] * 3
    assert (row.done_at is not None, row.tries) == (True, 4)
    assert (results(batch), moved(batch)) == (["done"] * FILINGS, [1] * FILINGS)


def kill_apart(do_step, row: OutboxRow) -> None:
    assert do_step(row, "moved", FATAL, "apart") == DEAD
    end_lease(row)


def test_with_filing_and_result_apart_a_kill_leaves_a_wrong_result(do_step, colleague):
    batch, row = begun("assign", colleague)

    kill_apart(do_step, row)
    left = (results(batch), moved(batch))
    queue.perform(row.pk)

    before, after = FATAL - 1, FILINGS - FATAL
    assert left == (["done"] * before + [""] * (after + 1), [1] * FATAL + [0] * after)
    assert results(batch)[FATAL - 1] == "changed"
    assert BatchItem.objects.get(batch=batch, position=FATAL).filing.holder == colleague


def test_with_filing_and_result_apart_and_no_revision_a_filing_is_moved_twice(
    do_step, colleague, monkeypatch
):
    batch, row = begun("assign", colleague)
    monkeypatch.setattr(moves, "require_fresh", lambda _filing, _revision: None)

    kill_apart(do_step, row)
    queue.perform(row.pk)

    assert results(batch) == ["done"] * FILINGS
    assert moved(batch) == [2 if place == FATAL else 1 for place in range(1, FILINGS + 1)]
