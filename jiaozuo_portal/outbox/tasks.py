"""The Celery tasks of the outbox; a message holds an id and nothing personal."""

from uuid import UUID

from celery import shared_task
from django.db import transaction

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow


@shared_task(name="outbox.perform_row")
def perform_row(row_id: str) -> None:
    """Do the work of one row; a second message for the same row does nothing."""
    queue.perform(UUID(row_id))


@shared_task(name="outbox.perform_without_row")
def perform_without_row(kind: str, subject: str) -> None:
    """What PORTAL_OUTBOX=off does, for the control of the test: a loss here is final."""
    now = clock.real_now()
    with transaction.atomic():
        queue.handle_now(OutboxRow(kind=kind, subject=subject, due_at=now, next_at=now))
