"""Writing work down and doing it.

`enqueue` writes a row in the caller's transaction; `handles` names the function that does a kind of
work; `perform` does one row, and is what the Celery task calls.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxQuerySet, OutboxRow

MAX_TRIES = 5
# How long after a failed try the row is sent again.
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
# Longer than a task may run (CELERY_TASK_TIME_LIMIT), so that nobody else is still at it.
LEASE = timedelta(seconds=360)

logger = logging.getLogger(__name__)
Handle = Callable[[OutboxRow], None]


class UnknownKind(Exception):
    """No handler is registered for the kind of a row."""


@dataclass(frozen=True, slots=True)
class Handler:
    """The function for one kind of work, whether it commits by itself, and for how long the row
    is then its own; `given_up` says what becomes of work that never succeeded."""

    handle: Handle
    in_pieces: bool
    lease: timedelta = LEASE
    given_up: Handle | None = None


_handlers: dict[str, Handler] = {}


def enqueue(
    kind: str, subject: str | int | UUID, *, due_at: datetime | None = None, key: str | None = None
) -> None:
    """Write down a piece of work, in the transaction of the change that asks for it.

    `subject` is an id and never anything personal. `due_at` is a real moment, by default now
    (`clock.real_moment_of` turns a moment of the portal's clock into one). A `key` that was used
    before writes nothing, so that the same event is worked off once. Raises RuntimeError outside a
    transaction: the row would not stand and fall with the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enqueue must be called in the transaction of the change.")
    if not settings.PORTAL_OUTBOX:
        _send_without_row(kind, str(subject))
        return
    due = due_at or clock.real_now()
    row = OutboxRow(kind=kind, subject=str(subject), key=key, due_at=due, next_at=due)
    OutboxRow.objects.bulk_create([row], ignore_conflicts=key is not None)


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work that is due now: kind, subject and key as `enqueue` takes them."""

    kind: str
    subject: str
    key: str


def enqueue_all(works: Iterable[Work]) -> None:
    """Write down many pieces of work that are due now, as `enqueue` does for each.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enqueue_all must be called in the transaction of the change.")
    works = list(works)
    if not settings.PORTAL_OUTBOX:
        for work in works:
            _send_without_row(work.kind, work.subject)
        return
    now = clock.real_now()
    rows = [
        OutboxRow(kind=one.kind, subject=one.subject, key=one.key, due_at=now, next_at=now)
        for one in works
    ]
    OutboxRow.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def handles(
    kind: str,
    *,
    in_pieces: bool = False,
    lease: timedelta = LEASE,
    given_up: Handle | None = None,
) -> Callable[[Handle], Handle]:
    """Register a function `f(row) -> None` for a kind of work.

    It runs in one transaction with the row's "done", holding the row's lock, so its writes and
    "done" come together or not at all. A function that talks to the outside (mail) or must show its
    progress takes `in_pieces=True`: it commits by itself, nobody else runs the same row meanwhile,
    and it must be safe to run again from the start, with the row's id as its key. `lease` is longer
    than it can take: where its worker is killed, the row comes up again when the lease is over.
    Work that somebody waits for takes `given_up`, which is called once when the row is given up,
    whether its tries failed or killed their worker, and says so to who waits.
    """

    def register(handle: Handle) -> Handle:
        if kind in _handlers:
            raise ValueError(f"Two functions handle {kind}.")
        _handlers[kind] = Handler(handle, in_pieces, lease, given_up)
        return handle

    return register


def handled_kinds() -> frozenset[str]:
    """Every kind that some function handles, `tasks.py` of every app having been read."""
    autodiscover_modules("tasks")
    return frozenset(_handlers)


def perform(row_id: UUID) -> bool:
    """Do one row's work, once; gives whether this call did it.

    A failure is written down and the row is sent again later, until it is given up.
    """
    row = _start(row_id)
    if row is None:
        return False
    try:
        return _run(row)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, the row must say so
        _record_failure(row, error)
        return False


def drain(*, until: datetime | None = None) -> int:
    """Do every row that is due at the real moment `until` (now), and what they ask for in turn.

    For tests and the demo data: no broker, no back-off; an error of a handler comes through.
    Gives the number of rows done.
    """
    done = 0
    while row := OutboxRow.objects.to_be_sent(until or clock.real_now()).first():
        started = _start(row.pk)
        if started is not None and _run_or_let_go(started):
            done += 1
    return done


def handle_now(row: OutboxRow) -> None:
    """Run the function for a row's kind and nothing else; raises UnknownKind."""
    _handler_of(row.kind).handle(row)


def forget_done(*, before: datetime) -> int:
    """Delete rows done before a real moment; gives their number. Their keys may be used again."""
    return OutboxRow.objects.filter(done_at__lt=before).delete()[0]


def _start(row_id: UUID) -> OutboxRow | None:
    """Count the try before it begins, so that a row that kills its worker is given up as well."""
    now = clock.real_now()
    with transaction.atomic():
        row = _locked(OutboxRow.objects.still_open()).filter(pk=row_id).first()
        if row is None:
            return None
        leased_until = _leased_until(row)
        if leased_until is not None and now < leased_until:
            row.next_at = leased_until
            row.save(update_fields=["next_at"])
            return None
        if row.tries >= MAX_TRIES:
            row.dead_at, row.last_error = now, "stopped without an answer"
            row.save(update_fields=["dead_at", "last_error"])
            logger.error("outbox row %s (%s) is given up", row.pk, row.kind)
            _tell_given_up(row)
            return None
        row.tries += 1
        row.claimed_at = now
        row.save(update_fields=["tries", "claimed_at"])
    return row


def _run(row: OutboxRow) -> bool:
    handler = _handler_of(row.kind)
    if handler.in_pieces:
        handler.handle(row)
        return bool(
            OutboxRow.objects.filter(pk=row.pk, done_at=None).update(done_at=clock.real_now())
        )
    with transaction.atomic():
        locked = _locked(OutboxRow.objects.filter(pk=row.pk, done_at=None)).first()
        if locked is None:
            return False
        handler.handle(locked)
        locked.done_at = clock.real_now()
        locked.save(update_fields=["done_at"])
    return True


def _run_or_let_go(row: OutboxRow) -> bool:
    try:
        return _run(row)
    except Exception:
        OutboxRow.objects.filter(pk=row.pk).update(claimed_at=None)
        raise


def _record_failure(row: OutboxRow, error: Exception) -> None:
    now = clock.real_now()
    gives_up = row.tries >= MAX_TRIES
    OutboxRow.objects.filter(pk=row.pk, done_at=None).update(
        last_error=_place_of(error),
        claimed_at=None,
        dead_at=now if gives_up else None,
        next_at=now + BACK_OFF[min(row.tries, len(BACK_OFF)) - 1],
    )
    logger.log(
        logging.ERROR if gives_up else logging.WARNING,
        "outbox row %s (%s) failed, try %s of %s: %s",
        row.pk, row.kind, row.tries, MAX_TRIES, _place_of(error),
    )  # fmt: skip
    if gives_up:
        _tell_given_up(row)


def _tell_given_up(row: OutboxRow) -> None:
    """Let the kind's own function say what became of the work; the row is given up all the same."""
    try:
        given_up = _handler_of(row.kind).given_up
        if given_up is not None:
            with transaction.atomic():
                given_up(row)
    except Exception as error:  # noqa: BLE001 - it ends here, as the work did
        logger.error("outbox row %s (%s) ends silently: %s", row.pk, row.kind, _place_of(error))


def _place_of(error: Exception) -> str:
    # SECURITY: the kind of error and its place only; a message may quote personal values.
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"[:200]


def _handler_of(kind: str) -> Handler:
    if kind not in _handlers:
        autodiscover_modules("tasks")
    if kind not in _handlers:
        raise UnknownKind(kind)
    return _handlers[kind]


def _leased_until(row: OutboxRow) -> datetime | None:
    """Until when another process may still be at a row whose handler commits by itself."""
    if row.claimed_at is None:
        return None
    if row.kind not in _handlers:
        autodiscover_modules("tasks")
    handler = _handlers.get(row.kind)
    return row.claimed_at + handler.lease if handler and handler.in_pieces else None


def _locked(rows: OutboxQuerySet) -> OutboxQuerySet:
    """The rows under a lock; one that somebody else holds is passed over.

    On SQLite a transaction holds the whole database from its start, which does the same.
    """
    return rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


def _send_without_row(kind: str, subject: str) -> None:
    from jiaozuo_portal.outbox.tasks import perform_without_row

    transaction.on_commit(lambda: perform_without_row.delay(kind, subject), robust=True)
