"""300 submissions while broker, worker and relay are killed: every notice arrives once.

On PostgreSQL and Redis in full. On SQLite and the broker of files, whose every message waits in the
folder that a kill deletes, a smaller run shows the same.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.db.models import Max

from filings.domain import moves
from filings.models import Delivery, Filing, Notice, Step, User
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories
from tests.processes import FileBroker, Portal, RedisBroker, use_broker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

IN_FULL = os.environ["DATABASE_URL"].startswith("postgres")
FILINGS, ROUNDS = (60, 5) if IN_FULL else (30, 3)
KILLS = 12
SEED = 20200302
# Longer than the longest wait before the relay sends a row again in such a test.
PATIENCE = 200
# How long a message may wait in the broker of a busy machine before a worker takes it.
QUEUED_AT_MOST = timedelta(seconds=120)


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


@pytest.fixture
def portal(process_environment, tmp_path, mailbox):
    """The processes of the portal on this test's database, and this process on their broker."""
    environment = {
        **process_environment,
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "MAILBOX": str(mailbox),
        "PORTAL_OUTBOX_RESEND_SECONDS": "5",
        "PORTAL_SMS_ADAPTER": "",
    }
    url_before = os.environ["CELERY_BROKER_URL"]
    kind = RedisBroker if url_before.startswith("redis") else FileBroker
    running = Portal(environment, tmp_path, broker=kind)
    use_broker(running.broker.url)

    yield running

    running.stop()
    use_broker(url_before)


@pytest.fixture
def officer(process_environment) -> User:
    """Who hears of every submission."""
    return factories.officer("bureau")


@pytest.fixture
def filings(officer) -> list[tuple[Filing, User]]:
    """Filled drafts with their owners."""
    made = [factories.fill(factories.filing()) for _ in range(FILINGS)]
    return [(filing, factories.owner_of(filing.enterprise)) for filing in made]


def submit_all(
    filings: list[tuple[Filing, User]], *, rounds: int, submitted: threading.Semaphore | None = None
) -> None:
    """Submit every filing, take it back, and submit it again."""
    for turn in range(rounds):
        for filing, owner in filings:
            if turn:
                moves.withdraw_filing(filing, by=owner, at=factories.NOW, remark="改期")
                moves.reopen_filing(filing, by=owner, at=factories.NOW)
            moves.submit_filing(filing, by=owner, at=factories.NOW, key=uuid.uuid4())
            if submitted is not None:
                submitted.release()


def kill_while(submitted: threading.Semaphore, total: int, portal: Portal) -> Counter:
    """Kill something KILLS times, by chance, spread over `total` submissions."""
    chance, killed, seen = Random(SEED), Counter(), 0
    for mark in sorted(chance.sample(range(1, total), KILLS)):
        while seen < mark:
            # One that does not come was refused, which ends the test with its own error.
            if not submitted.acquire(timeout=60):
                return killed
            seen += 1
        killed[portal.kill_one(chance)] += 1
    return killed


def submit_under_fire(
    portal: Portal, filings: list[tuple[Filing, User]], *, rounds: int
) -> Counter:
    submitted = threading.Semaphore(0)
    total = len(filings) * rounds
    killed: list[Counter] = []
    killer = threading.Thread(
        target=lambda: killed.append(kill_while(submitted, total, portal)), daemon=True
    )
    killer.start()
    try:
        submit_all(filings, rounds=rounds, submitted=submitted)
    finally:
        # Whatever it has just killed it starts again: only then may the portal be stopped.
        killer.join()
    return killed[0]


def arrived(mailbox: Path) -> Counter:
    """How often each message arrived, by its key."""
    return Counter(path.name.partition(".")[0] for path in mailbox.iterdir())


def wait_while_something_arrives(mailbox: Path, *, expected: int, patience: float) -> None:
    """Wait for `expected` messages, as long as one more comes within `patience` seconds."""
    count, seen_at = -1, time.monotonic()
    while count < expected and time.monotonic() - seen_at < patience:
        time.sleep(0.5)
        if (now := len(arrived(mailbox))) != count:
            count, seen_at = now, time.monotonic()


def wait_until_nothing_is_open() -> None:
    """Wait for the next message of each open row: where nothing is killed any more, it is enough.

    A row whose messages were lost six times over waits some minutes for the next one.
    """
    still_open = OutboxRow.objects.still_open()
    last_turn = still_open.aggregate(last=Max("next_at"))["last"] or clock.real_now()
    until = max(last_turn, clock.real_now()) + QUEUED_AT_MOST
    while still_open.exists() and clock.real_now() < until:
        time.sleep(0.5)


def left_over() -> list[tuple[object, ...]]:
    """What is not done: kind, tries, messages, whether it is given up, and the last error."""
    rows = OutboxRow.objects.filter(done_at=None).order_by("kind", "next_at")
    return list(rows.values_list("kind", "tries", "sends", "dead_at", "next_at", "last_error"))


def expected_notices(officer: User) -> Counter:
    """One for each submission and each withdrawal, to the bureau's officer."""
    steps = Step.objects.filter(move__in=("submit", "withdraw"))
    return Counter((step, officer.pk) for step in steps.values_list("pk", flat=True))


def test_every_notice_arrives_once_whatever_is_killed(portal, officer, filings, mailbox):
    killed = submit_under_fire(portal, filings, rounds=ROUNDS)

    notices = {str(key) for key in Notice.objects.values_list("key", flat=True)}
    wait_while_something_arrives(mailbox, expected=len(notices), patience=PATIENCE)
    wait_until_nothing_is_open()
    copies = arrived(mailbox)
    assert killed.total() == KILLS
    assert set(killed) == {"broker", "relay", "worker"}
    assert Step.objects.filter(move="submit").count() == FILINGS * ROUNDS
    assert Counter(Notice.objects.values_list("step", "to")) == expected_notices(officer)
    assert set(copies) == notices
    assert Delivery.objects.count() == len(notices)
    assert not left_over()
    # Killed between the mail and its Delivery, each of a worker's two children sends one again,
    # under the same key.
    assert sum(copies.values()) - len(copies) <= 2 * killed["worker"]


def test_without_the_outbox_some_notices_are_lost(portal, filings, mailbox, settings):
    """The control: the same kills, with messages sent after commit and no rows behind them.

    The last filing is submitted when all is quiet again, and its notice arrives.
    """
    settings.PORTAL_OUTBOX = False
    *under_fire, last = filings

    submit_under_fire(portal, under_fire, rounds=ROUNDS)
    before = arrived(mailbox)
    submit_all([last], rounds=1)
    wait_while_something_arrives(mailbox, expected=len(before) + 1, patience=PATIENCE)

    wait_while_something_arrives(mailbox, expected=Notice.objects.count(), patience=8)
    assert 0 < len(arrived(mailbox)) < Notice.objects.count()
