"""Notices to people: in the portal, and delivered by e-mail or SMS through the outbox."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .filing import Filing


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def visible_to(self, user: object) -> NoticeQuerySet:
        """The person's own."""
        return self.filter(to=user)

    def unread(self) -> NoticeQuerySet:
        """Those not opened yet."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One notice to one person. The words are made when it is shown, in the reader's language.

    `kind` names the words (`domain.notices.WORDS`), `facts` what goes into them: nothing personal.
    """

    key = models.UUIDField(_("标识"), default=uuid.uuid4, unique=True, editable=False)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("收件人")
    )
    filing = models.ForeignKey(
        Filing,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("备案"),
    )
    step = models.ForeignKey(
        "filings.Step",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("办理记录"),
    )
    kind = models.CharField(_("种类"), max_length=32)
    facts = models.JSONField(_("内容"), default=dict)
    url = models.CharField(_("链接"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("to", "read_at"), name="notice_unread")]
        constraints = [
            models.UniqueConstraint(fields=("to", "step", "kind"), name="one_notice_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_id}"


class Delivery(models.Model):
    """A notice went out by one channel, once: the constraint stands behind the task."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="deliveries", verbose_name=_("通知")
    )
    channel = models.CharField(
        _("途径"), max_length=8, choices=(("email", "E-mail"), ("sms", "SMS"))
    )
    sent_at = models.DateTimeField(_("发送时间"))

    class Meta:
        verbose_name = _("通知发送记录")
        verbose_name_plural = _("通知发送记录")
        constraints = [models.UniqueConstraint(fields=("notice", "channel"), name="delivered_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel}"
