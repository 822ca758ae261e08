"""The effects of filings that leave the transaction: notices on their way to people."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from filings.domain.notices import words
from filings.models import CitySetting, Delivery, Notice, User
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import handles


@handles("notice.deliver")
def deliver_notice(row: Any) -> None:
    """Send one notice by e-mail and, where an adapter is set, by SMS: each channel once.

    Runs in one transaction with the outbox row's "done". The delivery row is written first and
    stands under a unique constraint; the message's key lets a gateway drop a repetition.
    """
    notice = (
        Notice.objects.select_related("to", "filing__enterprise").filter(key=row.subject).first()
    )
    if notice is None:
        return
    with translation.override(notice.to.language):
        if notice.to.email:
            _once(notice, "email", _send_email)
        if settings.PORTAL_SMS_ADAPTER and notice.to.mobile_sealed:
            _once(notice, "sms", _send_sms)


def _once(notice: Notice, channel: str, send: Any) -> None:
    __, is_first = Delivery.objects.get_or_create(
        notice=notice, channel=channel, defaults={"sent_at": clock.real_now()}
    )
    if is_first:
        send(notice)


def _send_email(notice: Notice) -> None:
    to: User = notice.to
    city = CitySetting.current()
    sentence = words(notice)
    EmailMessage(
        subject=f"【{city.portal_name or city.city_name}】{sentence}",
        body=_(
            "%(name)s，您好：\n\n%(sentence)s。\n\n请登录平台查看：%(url)s\n\n"
            "此邮件由系统发出，请勿直接回复。"
        )
        % {
            "name": to.get_full_name(),
            "sentence": sentence,
            "url": settings.PORTAL_BASE_URL + link_of(notice),
        },
        to=[to.email],
        headers={"Message-ID": f"<{notice.key}@portal>", "X-Notice-Key": str(notice.key)},
    ).send()


def _send_sms(notice: Notice) -> None:
    module, name = settings.PORTAL_SMS_ADAPTER.rsplit(".", 1)
    getattr(import_module(module), name)(
        notice.to.mobile_plain(), words(notice), key=str(notice.key)
    )


def link_of(notice: Notice) -> str:
    """The address that a notice leads to."""
    if notice.url:
        return notice.url
    return f"/filings/{notice.filing_id}/" if notice.filing_id else "/notices/"
