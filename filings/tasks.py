"""The effects of filings that leave the transaction: letters to people, and long imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from filings import mails
from filings.domain import alerts, bulk, picture, retention, roster
from filings.domain.notices import words
from filings.models import Batch, Delivery, Invitation, Notice, RosterImport, User
from jiaozuo_portal.lib import clock, sms
from jiaozuo_portal.outbox.queue import handles

#: A mail server is waited for EMAIL_TIMEOUT at each of at most a dozen answers.
MAIL_LEASE = timedelta(seconds=12 * settings.EMAIL_TIMEOUT)


@handles("notice.deliver", in_pieces=True, lease=MAIL_LEASE)
def deliver_notice(row: Any) -> None:
    """Send one notice by e-mail in the reader's language: never lost, and seen once.

    No mail server takes part in a transaction, so this is done in three steps, each committed
    before the next: the row is claimed (`outbox.queue`), the message is sent, its Delivery is
    written. While the claim lasts nobody else sends it, and no transaction is open meanwhile.
    A worker killed before the message was taken, or refused by the server, leaves a row that is
    tried again; one killed after the Delivery sends nothing more. In between, in the moment after
    the server took the message, nobody can tell whether it went out: it is sent again under the
    same Message-ID and X-Portal-Key, by which servers and gateways drop a repetition. So every
    notice arrives, and each kill repeats at most what that worker had just handed over.
    """
    notice = _notice(row)
    if notice is not None and notice.to.email:
        with translation.override(notice.to.language):
            _once(notice, "email", mails.mail_notice)


@handles("notice.sms", in_pieces=True)
def text_notice(row: Any) -> None:
    """Send one notice by SMS, as `deliver_notice` does; the adapter gets the notice's key.

    A row of its own, so that a fault repeats no e-mail.
    """
    notice = _notice(row)
    if notice is not None and notice.to.mobile_sealed and sms.is_on():
        with translation.override(notice.to.language):
            _once(notice, "sms", _send_sms)


def _notice(row: Any) -> Notice | None:
    notices = Notice.objects.select_related("to", "filing__enterprise")
    return notices.filter(key=row.subject, to__is_active=True).first()


def _once(notice: Notice, channel: str, send: Callable[[Notice], None]) -> None:
    if not Delivery.objects.filter(notice=notice, channel=channel).exists():
        send(notice)
        Delivery.objects.get_or_create(
            notice=notice, channel=channel, defaults={"sent_at": clock.real_now()}
        )


def _send_sms(notice: Notice) -> None:
    sms.send(notice.to.mobile_plain(), words(notice), key=str(notice.key))


@handles("password.reset", in_pieces=True, lease=MAIL_LEASE)
def send_password_link(row: Any) -> None:
    """Send the link to a new password; nobody's any more, no mail."""
    user = User.objects.filter(pk=row.subject, is_active=True).exclude(email="").first()
    if user is not None:
        mails.mail_password_link(user, key=f"reset-{row.pk}")


@handles("invitation.send", in_pieces=True, lease=MAIL_LEASE)
def send_invitation(row: Any) -> None:
    """Send an invitation, unless it was taken back or used meanwhile."""
    invitation = (
        Invitation.objects.select_related("agency", "enterprise", "invited_by")
        .filter(pk=row.subject, used_at=None)
        .first()
    )
    if invitation is not None:
        mails.mail_invitation(invitation)


def _fail_import(row: Any) -> None:
    job = RosterImport.objects.select_related("filing", "by").filter(key=row.subject).first()
    if job is not None:
        roster.fail_import(job, at=clock.now())


@handles("roster.read", in_pieces=True, given_up=_fail_import)
def read_roster_import(row: Any) -> None:
    """Read an uploaded roster and prepare its preview."""
    job = RosterImport.objects.select_related("filing", "by").filter(key=row.subject).first()
    if job is None:
        return
    with translation.override(job.by.language), _failing_openly(job):
        roster.read_import(job, today=clock.today())


@handles("roster.apply", in_pieces=True, given_up=_fail_import)
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


@handles("review.alert")
def alert_of_time_limit(row: Any) -> None:
    """Tell of a stage of a time limit, late if need be and once."""
    clock_pk, __, stage = row.subject.partition(":")
    # The relay's clock may be ahead of this worker's: the row is due, so its moment has come.
    ahead = max(row.due_at - clock.real_now(), timedelta(0))
    alerts.alert(int(clock_pk), stage, at=clock.now() + ahead)


#: A step that still runs when this is over does no harm: each item is done under its own lock.
BATCH_LEASE = timedelta(seconds=60)


def _fail_batch(row: Any) -> None:
    batch = Batch.objects.filter(pk=row.subject).first()
    if batch is not None:
        bulk.fail_batch(batch, at=clock.now())


@handles("desk.bulk", in_pieces=True, lease=BATCH_LEASE, given_up=_fail_batch)
def work_off_batch(row: Any) -> None:
    """Do the next items of a batch, each committed by itself, and ask for those after them."""
    batch = Batch.objects.filter(pk=row.subject).first()
    if batch is not None:
        bulk.run_step(batch, at=clock.now())


@handles("filings.purge", in_pieces=True)
def purge(row: Any) -> None:
    """Delete personal data past its term.

    The next day's purge is asked for first: one that fails is tried again, and ends no other.
    """
    retention.keep_purging_daily(at=clock.now(), done=date.fromisoformat(row.subject))
    retention.purge_personal_data(at=clock.now())
    picture.thin_out(at=clock.now())


#: Counting a whole city; were it longer, two pictures of the same minute would do no harm.
PICTURE_LEASE = timedelta(seconds=60)


@handles("filings.picture", in_pieces=True, lease=PICTURE_LEASE)
def take_picture(row: Any) -> None:
    """Count the figures of the boards, and ask for the next picture.

    The next one is asked for first: a count that fails is tried again, and holds up no other.
    """
    picture.keep_taking(now=max(row.due_at, clock.real_now() - picture.EVERY))
    picture.take_picture(at=clock.now())
