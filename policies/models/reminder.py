"""Which last days an enterprise was reminded of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeadlineReminder(models.Model):
    """A filing's enterprise was told of measures that end on `last_day`: once for each notice.

    `stage` is how many days ahead the notice was due: 7, 3 or 1.
    """

    filing = models.ForeignKey(
        "filings.Filing", models.CASCADE, related_name="+", verbose_name=_("备案")
    )
    last_day = models.DateField(_("申请末日"))
    stage = models.PositiveSmallIntegerField(_("提前天数"))
    measures = models.PositiveSmallIntegerField(_("措施数"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("截止提醒")
        verbose_name_plural = _("截止提醒")
        ordering = ("filing", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("filing", "last_day", "stage"), name="one_reminder_per_stage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.last_day} −{self.stage}"
