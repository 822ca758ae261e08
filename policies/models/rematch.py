"""Rounds in which every filing is judged again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rematch(models.Model):
    """Every filing was asked to be judged again, after something that all verdicts rest on.

    Rows are written one after the other (`domain.rematch.request_rematch`), so that a round with a
    higher key began after the change behind a lower one was there to be read.
    """

    class Cause(models.TextChoices):
        PACK = "pack", _("发布政策版本")
        DAY = "day", _("新的一天")
        KEPT = "kept", _("名单或公布值有变化")
        HAND = "hand", _("管理员要求")

    cause = models.CharField(_("原因"), max_length=8, choices=Cause.choices)
    subject = models.CharField(_("事项"), max_length=80)
    total = models.PositiveIntegerField(_("备案数"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("重新判断")
        verbose_name_plural = _("重新判断")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("cause", "subject"), name="one_rematch_per_cause")
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.subject}"
