"""A notice is sent once: what a kill at each point of its sending leaves, and what comes of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction

from filings import tasks
from filings.domain import notices, people
from filings.models import Delivery, Notice
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories
from tests.reliability import one_row

DEAD = -9


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


@pytest.fixture
def do_row(process_environment, mailbox):
    """`do_row(row, where)` does a row in its own process, which dies `where` it is told to."""
    environment = {
        **process_environment,
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "MAILBOX": str(mailbox),
    }

    def do(row: OutboxRow, where: str = "") -> int:
        command = [sys.executable, one_row.__file__, str(row.pk), where]
        return subprocess.run(command, env=environment, timeout=60, check=False).returncode

    return do


def one_notice() -> tuple[Notice, OutboxRow]:
    reader = factories.user()
    with transaction.atomic():
        [notice] = notices.send("join_accepted", [reader], at=factories.NOW)
    return notice, OutboxRow.objects.get(subject=str(notice.key))


def end_lease(row: OutboxRow) -> None:
    lease_is_over = clock.real_now() - tasks.MAIL_LEASE - timedelta(seconds=1)
    OutboxRow.objects.filter(pk=row.pk).update(claimed_at=lease_is_over)


def copies(mailbox: Path) -> Counter:
    return Counter(path.name.partition(".")[0] for path in mailbox.iterdir())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("where", "sent"), [("before", 1), ("after", 2), ("recorded", 1)])
def test_a_kill_loses_nothing_and_repeats_only_what_nobody_can_know(do_row, mailbox, where, sent):
    """Killed just after the server took it, the message goes out again under the same key."""
    notice, row = one_notice()

    killed = do_row(row, where)
    too_early = do_row(row)
    early = copies(mailbox).total()
    end_lease(row)
    again = do_row(row)
    once_more = do_row(row)

    row.refresh_from_db()
    assert (killed, too_early, again, once_more) == (DEAD, 0, 0, 0)
    assert early == (0 if where == "before" else 1)
    assert copies(mailbox) == {str(notice.key): sent}
    assert Delivery.objects.filter(notice=notice).count() == 1
    assert (row.done_at is not None, row.dead_at, row.tries) == (True, None, 2)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_claim_keeps_a_second_sender_away_and_brings_the_row_back(do_row, mailbox):
    _notice, row = one_notice()
    do_row(row, "before")

    done = queue.perform(row.pk)

    row.refresh_from_db()
    assert (done, copies(mailbox).total(), row.done_at) == (False, 0, None)
    assert row.next_at == row.claimed_at + tasks.MAIL_LEASE


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_server_is_waited_for(drain, monkeypatch, settings):
    """On SQLite it would hold up everybody who writes, for as long as the server is silent."""
    settings.PORTAL_SMS_ADAPTER = "jiaozuo_portal.lib.sms.console"
    reader = factories.user()
    reader.set_mobile("13800000000")
    reader.save()
    seen: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        mail.EmailMessage, "send", lambda _self: seen.append(("mail", connection.in_atomic_block))
    )
    monkeypatch.setattr(
        tasks.sms, "send", lambda *_given, **_key: seen.append(("sms", connection.in_atomic_block))
    )
    with transaction.atomic():
        notices.send("join_accepted", [reader], at=factories.NOW)
        people.ask_password_reset(reader.email)

    drain()

    assert sorted(seen) == [("mail", False), ("mail", False), ("sms", False)]
