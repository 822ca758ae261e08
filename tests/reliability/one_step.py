"""Do one step of a batch in a process of its own: `one_step.py ROW [WHERE ITEM] [apart]`.

With WHERE the process kills itself at the ITEM-th item of the step: when its filing has been
`moved`, when its result has been `written` too, or when both have been `committed`. With `apart`
filing and result are not one transaction: the control of what a kill leaves.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))

import django

django.setup()

from django.db.models import QuerySet  # noqa: E402

from filings.domain import bulk  # noqa: E402
from filings.models import BatchItem  # noqa: E402
from jiaozuo_portal.outbox import queue  # noqa: E402


def die() -> None:
    """SIGKILL: nothing is finished and nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(where: str, turn: int) -> None:
    """Let this process die at the `turn`-th item."""
    act, write_down, do_item = bulk._act, BatchItem.save, bulk._do_item
    begun = 0

    def _act(*given: object) -> None:
        nonlocal begun
        begun += 1
        act(*given)
        if where == "moved" and begun == turn:
            die()

    def save(self: BatchItem, *given: object, **named: object) -> None:
        write_down(self, *given, **named)
        if where == "written" and begun == turn:
            die()

    def _do_item(*given: object) -> int:
        done = do_item(*given)
        if where == "committed" and begun == turn:
            die()
        return done

    bulk._act, BatchItem.save, bulk._do_item = _act, save, _do_item


def take_apart() -> None:
    """What a batch writes is committed piece by piece, and no item is locked."""
    bulk.transaction = SimpleNamespace(atomic=nullcontext)
    lock = QuerySet.select_for_update

    def select_for_update(rows: QuerySet, **options: object) -> QuerySet:
        return rows.all() if rows.model is BatchItem else lock(rows, **options)

    QuerySet.select_for_update = select_for_update


def main(row: str, where: str = "", item: str = "0", way: str = "") -> None:
    """Do the row, and die on the way where asked to."""
    if where:
        die_at(where, int(item))
    if way == "apart":
        take_apart()
    queue.perform(UUID(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
