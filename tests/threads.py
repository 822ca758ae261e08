"""Several people at once: threads with connections of their own, and races made to happen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from jiaozuo_portal.lib.refusals import Refused

#: How long one waits at a meeting for the others, who may be held up by a lock.
WAIT = 1.0


def all_at_once(presses: int, press: Callable[[int], object]) -> list[object]:
    """What each of `presses` threads got: the result of `press`, or the exception it raised.

    All threads wait for the last one before any of them presses.
    """
    got: list[object] = [None] * presses
    gate = threading.Barrier(presses)

    def one(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            got[number] = press(number)
        except Exception as fault:  # noqa: BLE001 - what came out is what the test looks at
            got[number] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return got


def kinds(got: list[object]) -> Counter:
    """How many came through, were refused, or broke."""
    return Counter(
        "refused" if isinstance(one, Refused) else "broke" if isinstance(one, Exception) else "done"
        for one in got
    )


def meet(
    patch: pytest.MonkeyPatch, owner: Any, name: str, people: int, *, before: bool = False
) -> None:
    """Make whoever calls `owner.name` wait there for the others, for WAIT seconds at most.

    Put between reading and writing it lets a race happen each time: without a lock all stand at
    the same point with what they read, and then write. With one they come one after the other.
    """
    barrier, real = threading.Barrier(people), getattr(owner, name)

    def met(*given: Any, **named: Any) -> Any:
        result = None if before else real(*given, **named)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=WAIT)
        return real(*given, **named) if before else result

    patch.setattr(owner, name, met)


def take_locks_away(patch: pytest.MonkeyPatch) -> None:
    """For the control of a race: plain reads, and on SQLite transactions that begin as readers."""
    patch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())
    if connection.vendor == "sqlite":
        patch.setattr(
            "django.db.backends.sqlite3.base.DatabaseWrapper._start_transaction_under_autocommit",
            lambda self: self.cursor().execute("BEGIN DEFERRED"),
        )
