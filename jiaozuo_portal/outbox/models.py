"""The table of work to be done."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiaozuo_portal.lib import clock


class OutboxQuerySet(models.QuerySet["OutboxRow"]):
    """Rows by where they stand."""

    def still_open(self) -> "OutboxQuerySet":
        """Neither done nor given up."""
        return self.filter(done_at=None, dead_at=None)

    def to_be_sent(self, at: datetime) -> "OutboxQuerySet":
        """Open rows whose turn it is at the real moment `at`, the oldest first."""
        return self.still_open().filter(next_at__lte=at).order_by("next_at", "created_at")

    def dead(self) -> "OutboxQuerySet":
        """Rows given up after too many tries, which an operator can retry."""
        return self.exclude(dead_at=None)

    def oldest_wait(self, at: datetime) -> timedelta:
        """How long the oldest open row has been due; zero where none is."""
        oldest = self.still_open().filter(due_at__lte=at).aggregate(models.Min("due_at"))
        return at - (oldest["due_at__min"] or at)

    def retry(self, *, at: datetime) -> int:
        """Open the dead ones among these rows again, with all their tries; gives their number."""
        return self.dead().update(dead_at=None, claimed_at=None, tries=0, next_at=at)


class OutboxRow(models.Model):
    """One piece of work, written in the transaction of the change that asks for it.

    It holds ids only and nothing personal. All moments are real ones, not the portal's clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("种类"), max_length=60)
    subject = models.CharField(_("对象"), max_length=64, blank=True)
    key = models.CharField(
        _("唯一键"), max_length=160, unique=True, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("写入时间"), default=clock.real_now, editable=False)
    due_at = models.DateTimeField(_("应办时间"))
    next_at = models.DateTimeField(_("下次发送"))
    sends = models.PositiveIntegerField(_("发送次数"), default=0)
    tries = models.PositiveSmallIntegerField(_("执行次数"), default=0)
    claimed_at = models.DateTimeField(_("领取时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    dead_at = models.DateTimeField(_("放弃时间"), null=True)
    last_error = models.CharField(_("最近一次错误"), max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("待办发送")
        verbose_name_plural = _("待办发送")
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(done_at=None, dead_at=None), name="outbox_open"
            ),
            models.Index(fields=["done_at"], name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
