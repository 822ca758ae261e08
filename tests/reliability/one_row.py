"""Do one outbox row in a process of its own: `one_row.py ROW [before|after|recorded]`.

With a second word the process kills itself there: before the mail server has taken the message,
after it has, or after the portal has written that down.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))

import django

django.setup()

from django.core.mail import EmailMessage  # noqa: E402

from filings.models import Delivery  # noqa: E402
from jiaozuo_portal.outbox import queue  # noqa: E402
from tests.mailbox import Mailbox  # noqa: E402


def die() -> None:
    """SIGKILL: nothing is finished and nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(row: str, where: str = "") -> None:
    """Do the row, and die on the way where asked to."""
    take, write_down = Mailbox.send_messages, Delivery.save

    def send_messages(self: Mailbox, messages: Sequence[EmailMessage]) -> int:
        if where == "before":
            die()
        taken = take(self, messages)
        if where == "after":
            die()
        return taken

    def save(self: Delivery, *given: object, **named: object) -> None:
        write_down(self, *given, **named)
        if where == "recorded":
            # get_or_create has opened a transaction of its own, which ends first.
            from django.db import transaction

            transaction.on_commit(die)

    Mailbox.send_messages, Delivery.save = send_messages, save
    queue.perform(UUID(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
