"""The effects of filings that leave the transaction: letters to people, and long imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation

from filings import mails
from filings.domain import roster
from filings.domain.notices import words
from filings.models import Delivery, Invitation, Notice, RosterImport, User
from jiaozuo_portal.lib import clock, sms
from jiaozuo_portal.outbox.queue import handles


@handles("notice.deliver")
def deliver_notice(row: Any) -> None:
    """Send one notice by e-mail, once, in the reader's language.

    Runs in one transaction with the outbox row's "done". The delivery row is written first and
    stands under a unique constraint; the message's key lets a gateway drop a repetition.
    """
    notice = _notice(row)
    if notice is not None and notice.to.email:
        with translation.override(notice.to.language):
            _once(notice, "email", mails.mail_notice)


@handles("notice.sms")
def text_notice(row: Any) -> None:
    """Send one notice by SMS, once; a row of its own, so that a fault repeats no e-mail."""
    notice = _notice(row)
    if notice is not None and notice.to.mobile_sealed and sms.is_on():
        with translation.override(notice.to.language):
            _once(notice, "sms", _send_sms)


def _notice(row: Any) -> Notice | None:
    notices = Notice.objects.select_related("to", "filing__enterprise")
    return notices.filter(key=row.subject, to__is_active=True).first()


def _once(notice: Notice, channel: str, send: Callable[[Notice], None]) -> None:
    __, is_first = Delivery.objects.get_or_create(
        notice=notice, channel=channel, defaults={"sent_at": clock.real_now()}
    )
    if is_first:
        send(notice)


def _send_sms(notice: Notice) -> None:
    sms.send(notice.to.mobile_plain(), words(notice), key=str(notice.key))


@handles("password.reset")
def send_password_link(row: Any) -> None:
    """Send the link to a new password; nobody's any more, no mail."""
    user = User.objects.filter(pk=row.subject, is_active=True).exclude(email="").first()
    if user is not None:
        mails.mail_password_link(user, key=f"reset-{row.pk}")


@handles("invitation.send")
def send_invitation(row: Any) -> None:
    """Send an invitation, unless it was taken back or used meanwhile."""
    invitation = (
        Invitation.objects.select_related("agency", "enterprise", "invited_by")
        .filter(pk=row.subject, used_at=None)
        .first()
    )
    if invitation is not None:
        mails.mail_invitation(invitation)


@handles("roster.read", in_pieces=True)
def read_roster_import(row: Any) -> None:
    """Read an uploaded roster and prepare its preview."""
    job = RosterImport.objects.select_related("filing", "by").filter(key=row.subject).first()
    if job is None:
        return
    with translation.override(job.by.language), _failing_openly(job):
        roster.read_import(job, today=clock.today())


@handles("roster.apply", in_pieces=True)
def apply_roster_import(row: Any) -> None:
    """Write a roster that its owner has confirmed, all rows or none."""
    job = RosterImport.objects.filter(key=row.subject).first()
    if job is None:
        return
    with _failing_openly(job):
        roster.apply_import(job, at=clock.now())


@contextmanager
def _failing_openly(job: RosterImport) -> Iterator[None]:
    """Whatever goes wrong, the person who waits for the import is told; the row keeps the error."""
    try:
        yield
    except Exception:
        roster.fail_import(job, at=clock.now())
        raise
