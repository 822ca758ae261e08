"""The relay: hands due rows to Celery, and sends again what was not answered."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.tasks import perform_row

# While the broker cannot be reached, its rows wait this long.
BROKER_PAUSE = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)

logger = logging.getLogger(__name__)


def relay_due(*, limit: int = 100) -> int:
    """Claim up to `limit` due rows and publish them; gives how many the broker took.

    A claimed row's next turn is set before it is published. Where the relay dies in between, or the
    broker or a worker loses the message, the row comes up again by itself.
    """
    rows = claim(limit=limit, at=clock.real_now())
    for sent, row in enumerate(rows):
        try:
            publish(row)
        except Exception as error:  # noqa: BLE001 - every transport raises errors of its own
            logger.warning("the broker cannot be reached: %s", type(error).__name__)
            put_back(rows[sent:], at=clock.real_now() + BROKER_PAUSE)
            return sent
    return len(rows)


def claim(*, limit: int, at: datetime) -> list[OutboxRow]:
    """The rows that this relay alone sends now; their next turn is already written."""
    with transaction.atomic():
        due = OutboxRow.objects.to_be_sent(at)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        return [row for row in due[:limit] if _claim_one(row, at)]


def publish(row: OutboxRow) -> None:
    """Ring the doorbell: a message with the row's id. Raises what the transport raises."""
    perform_row.apply_async(args=[str(row.pk)], retry=False)


def put_back(rows: Iterable[OutboxRow], *, at: datetime) -> None:
    """Undo the claim of rows that were not published; their turn comes at `at`."""
    OutboxRow.objects.still_open().filter(pk__in=[row.pk for row in rows]).update(
        next_at=at, sends=F("sends") - 1
    )


def wait_after(sends: int) -> timedelta:
    """How long an answer to the message number `sends` is waited for, before the next one.

    Longer than a message normally queues, and twice as long each time, so that a slow worker is
    not buried in repeats.
    """
    base = timedelta(seconds=settings.PORTAL_OUTBOX_RESEND_SECONDS)
    return min(base * 2 ** min(sends - 1, 10), LONGEST_WAIT)


def _claim_one(row: OutboxRow, at: datetime) -> bool:
    # The filter on next_at lets one of two relays win on a database without SKIP LOCKED.
    mine = (
        OutboxRow.objects.still_open()
        .filter(pk=row.pk, next_at=row.next_at)
        .update(next_at=at + wait_after(row.sends + 1), sends=F("sends") + 1)
    )
    return mine == 1
