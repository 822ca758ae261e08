"""The append-only record of who did or looked at what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what to which object, when and why. Never a personal value itself.

    `at` is real time, also where the portal's clock is simulated. `changed` tells of an agency's
    own arrangements what they were and what they are now: by column the value before and after.
    """

    at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    action = models.CharField(_("动作"), max_length=32)
    object_type = models.CharField(_("对象类别"), max_length=32)
    object_id = models.CharField(_("对象编号"), max_length=40)
    field = models.CharField(_("栏目"), max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    changed = models.JSONField(_("从什么改成什么"), default=dict, blank=True)
    filing = models.ForeignKey(
        "filings.Filing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit",
        verbose_name=_("备案"),
    )

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
