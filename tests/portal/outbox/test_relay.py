import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import relay
from jiaozuo_portal.outbox.management.commands import relay as command
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.relay import claim, relay_due

pytestmark = pytest.mark.django_db


def make_row(subject="", **fields) -> OutboxRow:
    now = clock.real_now()
    return OutboxRow.objects.create(
        **{"kind": "made.up", "subject": subject, "due_at": now, "next_at": now, **fields}
    )


def test_due_rows_are_sent_as_ids_and_nothing_else(sent):
    row = make_row("17")

    number = relay_due()

    assert number == 1
    assert sent() == [("outbox.perform_row", [str(row.pk)])]


def test_rows_done_dead_or_for_later_are_not_sent(sent):
    now = clock.real_now()
    make_row(done_at=now)
    make_row(dead_at=now)
    make_row(next_at=now + timedelta(minutes=1))

    number = relay_due()

    assert (number, sent()) == (0, [])


def test_sent_row_waits_for_its_answer(sent):
    make_row()

    numbers = [relay_due(), relay_due()]

    assert numbers == [1, 0]


def test_unanswered_row_is_sent_again_and_each_wait_is_longer(sent, settings):
    settings.PORTAL_OUTBOX_RESEND_SECONDS = 90
    row = make_row()
    waits = []

    for _ in range(8):
        at = clock.real_now()
        OutboxRow.objects.update(next_at=at)
        claim(limit=10, at=at)
        row.refresh_from_db()
        waits.append((row.next_at - at).total_seconds())

    assert waits == [90, 180, 360, 720, 1440, 2880, 3600, 3600]


def test_batch_is_limited_and_the_oldest_goes_first(monkeypatch):
    published = []
    monkeypatch.setattr(relay, "publish", published.append)
    now = clock.real_now()
    rows = [make_row(next_at=now - timedelta(seconds=age)) for age in (10, 30, 20)]

    relay_due(limit=2)

    assert published == [rows[1], rows[2]]


def test_rows_wait_while_the_broker_is_away(monkeypatch, sent):
    """The broker takes the first of three and goes away: only that one counts as sent."""
    taken = []

    def goes_away(row):
        if taken:
            raise ConnectionError("no broker")
        taken.append(row.pk)

    monkeypatch.setattr(relay, "publish", goes_away)
    for _ in range(3):
        make_row()

    number = relay_due()

    waiting = OutboxRow.objects.exclude(pk__in=taken)
    assert number == 1
    assert set(waiting.values_list("sends", flat=True)) == {0}
    soon = clock.real_now() + relay.BROKER_PAUSE
    assert waiting.filter(next_at__lte=soon).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("safe", [True, False])
def test_row_is_claimed_by_one_of_four_relays(monkeypatch, safe):
    """The control reads the rows without a claim, and every relay sends every row."""
    for number in range(40):
        make_row(str(number))
    if not safe:
        monkeypatch.setattr(
            relay, "claim", lambda limit, at: list(OutboxRow.objects.to_be_sent(at)[:limit])
        )
    meet = threading.Barrier(4)
    published = []
    monkeypatch.setattr(relay, "publish", lambda row: published.append(row.pk))

    def run() -> None:
        meet.wait()
        relay_due(limit=100)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(published)) == 40
    assert len(published) == (40 if safe else 160)


def test_command_sends_what_is_due_once(sent):
    make_row()

    call_command("relay", "--once")

    assert len(sent()) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_stops_cleanly_at_a_signal(process_environment, number):
    row = make_row()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "relay", "--interval", "0.05"],
        env=process_environment,
        stderr=subprocess.PIPE,
    )
    for _ in range(400):
        row.refresh_from_db()
        if row.sends:
            break
        threading.Event().wait(0.05)
    os.kill(process.pid, number)

    _, errors = process.communicate(timeout=20)

    assert (row.sends, process.returncode, errors) == (1, 0, b"")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_command_waits_for_a_database_that_is_away(monkeypatch, error):
    """The database answers at the third look; the relay is stopped by what it sends then."""
    looks = []

    def look(limit: int) -> int:
        looks.append(limit)
        if len(looks) < 3:
            raise error("gone")
        signal.raise_signal(signal.SIGTERM)
        return 0

    monkeypatch.setattr(command, "relay_due", look)
    monkeypatch.setattr(command, "DATABASE_PAUSE", 0.01)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    call_command("relay", "--interval", "0.01")

    signal.signal(signal.SIGTERM, before[0])
    signal.signal(signal.SIGINT, before[1])
    assert len(looks) == 3
