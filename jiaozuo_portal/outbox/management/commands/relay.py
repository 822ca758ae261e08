"""`manage.py relay`: hands due outbox rows to Celery until it is told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import forget_done
from jiaozuo_portal.outbox.relay import relay_due

DONE_IS_KEPT = timedelta(days=90)
SWEEP_EVERY = timedelta(hours=1)
DATABASE_PAUSE = 2.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Any number of relays may run at once; a row is sent by one of them."""

    help = "Hands due outbox rows to Celery until SIGTERM or SIGINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks")
        parser.add_argument("--batch", type=int, default=100, help="rows sent at once")
        parser.add_argument("--once", action="store_true", help="send what is due and end")

    def handle(self, *, interval: float, batch: int, once: bool, **options: Any) -> None:
        if once:
            relay_due(limit=batch)
            return
        stop = _stop_at_signals()
        swept_at = clock.real_now()
        while not stop.is_set():
            try:
                sent = relay_due(limit=batch)
                swept_at = _sweep(swept_at)
            except AnyDatabaseError as error:
                logger.warning("the database cannot be reached: %s", type(error).__name__)
                sent, pause = 0, DATABASE_PAUSE
            else:
                pause = interval
            close_old_connections()
            if sent < batch:
                stop.wait(pause)


def _stop_at_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _sweep(swept_at: datetime) -> datetime:
    now = clock.real_now()
    if now - swept_at < SWEEP_EVERY:
        return swept_at
    forget_done(before=now - DONE_IS_KEPT)
    return now
