"""One action on many filings of a desk, with a result for each."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .filing import Filing
from .people import User


class BatchQuerySet(models.QuerySet["Batch"]):
    """Reads of batches."""

    def visible_to(self, user: User) -> BatchQuerySet:
        """The person's own."""
        return self.filter(person=user)

    def still_open(self) -> BatchQuerySet:
        """Those with items that have no result yet."""
        return self.filter(finished_at__isnull=True)


class Batch(models.Model):
    """One action that somebody asked for on many filings at once.

    `kind` is all that may be done in bulk: a decision on a filing is none of it. `to` is who gets
    the filings, `text` the remark or the words to the enterprise. `key` comes from the page, so
    that pressing twice begins one batch. Open while `finished_at` is None.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("分派审核")
        HAND_OVER = "hand_over", _("移交审核")
        NOTICE = "notice", _("发通知")

    key = models.UUIDField(_("标识"), default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches", verbose_name=_("经手人")
    )
    kind = models.CharField(_("办理事项"), max_length=12, choices=Kind.choices)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("交给谁"),
    )
    text = models.CharField(_("说明"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("批量办理")
        verbose_name_plural = _("批量办理")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("person",),
                condition=models.Q(finished_at__isnull=True),
                name="one_open_batch_a_person",
            ),
            # SECURITY: whoever adds a kind adds it here as well; no decision may be among them.
            models.CheckConstraint(
                name="batch_of_known_kind",
                condition=models.Q(kind__in=("assign", "hand_over", "notice")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.pk}"


class BatchItem(models.Model):
    """One filing of a batch. Without a `result` it is still to be done.

    `revision` is the filing's when the person saw the confirm page; `detail` says in words why it
    was not done, in the person's language.
    """

    class Result(models.TextChoices):
        DONE = "done", _("已办理")
        CHANGED = "changed", _("备案已有变化")
        REFUSED = "refused", _("没有办理")
        FAILED = "failed", _("出错")
        STOPPED = "stopped", _("已停止")

    batch = models.ForeignKey(
        Batch, models.CASCADE, related_name="items", verbose_name=_("批量办理"), db_index=False
    )
    position = models.PositiveSmallIntegerField(_("顺序"))
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name=_("备案"))
    revision = models.PositiveIntegerField(_("修订号"))
    result = models.CharField(_("结果"), max_length=8, choices=Result.choices, blank=True)
    detail = models.CharField(_("原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("批量办理的备案")
        verbose_name_plural = _("批量办理的备案")
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(fields=("batch", "position"), name="batch_place_once"),
            models.UniqueConstraint(fields=("batch", "filing"), name="batch_filing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"
