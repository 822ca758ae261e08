"""300 submissions while broker, worker and relay are killed: every notice arrives once."""

import os
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from filings.domain import moves
from filings.models import Delivery, Filing, Notice, User
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories
from tests.processes import FileBroker, Portal, RedisBroker, use_broker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FILINGS, ROUNDS = 60, 5
KILLS = 12
SEED = 20200302
# Longer than the longest wait before the relay sends a row again in such a test.
PATIENCE = 200


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
def filings(process_environment) -> list[tuple[Filing, User]]:
    """Filled drafts with their owners."""
    factories.officer("bureau")
    made = [factories.fill(factories.filing()) for _ in range(FILINGS)]
    return [(filing, factories.owner_of(filing.enterprise)) for filing in made]


def submit_all(filings: list[tuple[Filing, User]], *, rounds: int) -> None:
    """Submit every filing, take it back, and submit it again."""
    for turn in range(rounds):
        for filing, owner in filings:
            if turn:
                moves.withdraw_filing(filing, by=owner, at=factories.NOW, remark="改期")
                moves.reopen_filing(filing, by=owner, at=factories.NOW)
            moves.submit_filing(filing, by=owner, at=factories.NOW, key=uuid.uuid4())


def kill_until(done: threading.Event, portal: Portal) -> Counter:
    """Kill something again and again until all is submitted, and KILLS times at least."""
    chance, killed = Random(SEED), Counter()
    while not done.is_set() or killed.total() < KILLS:
        killed[portal.kill_one(chance)] += 1
        time.sleep(chance.uniform(0.2, 1.0))
    return killed


def submit_under_fire(
    portal: Portal, filings: list[tuple[Filing, User]], *, rounds: int
) -> Counter:
    done = threading.Event()
    killed: list[Counter] = []
    killer = threading.Thread(target=lambda: killed.append(kill_until(done, portal)))
    killer.start()
    try:
        submit_all(filings, rounds=rounds)
    finally:
        done.set()
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


def wait_until_nothing_is_open(patience: float) -> None:
    until = time.monotonic() + patience
    while OutboxRow.objects.still_open().exists() and time.monotonic() < until:
        time.sleep(0.5)


def test_every_notice_arrives_once_whatever_is_killed(portal, filings, mailbox):
    killed = submit_under_fire(portal, filings, rounds=ROUNDS)

    notices = {str(key) for key in Notice.objects.values_list("key", flat=True)}
    wait_while_something_arrives(mailbox, expected=len(notices), patience=PATIENCE)
    wait_until_nothing_is_open(PATIENCE)
    copies = arrived(mailbox)
    assert killed.total() >= KILLS
    assert len(notices) >= FILINGS * ROUNDS
    assert set(copies) == notices
    assert Delivery.objects.count() == len(notices)
    assert not OutboxRow.objects.filter(done_at=None).exists()
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

    wait_while_something_arrives(mailbox, expected=Notice.objects.count(), patience=20)
    assert 0 < len(arrived(mailbox)) < Notice.objects.count()
