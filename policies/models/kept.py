"""What authorities keep for everybody: official lists of enterprises, and announced values."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OfficialList(models.Model):
    """One official list, which stands for one fact of the vocabulary.

    `complete_from` is the day from which whoever is not on it is known not to be; without one,
    nothing follows from not being on it. `keeper` is the agency that first wrote to it.
    """

    fact = models.CharField(_("事项"), max_length=60, unique=True)
    keeper = models.ForeignKey(
        "filings.Agency",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("维护部门"),
    )
    complete_from = models.DateField(_("名单完整起始日"), null=True, blank=True)

    class Meta:
        verbose_name = _("官方名单")
        verbose_name_plural = _("官方名单")
        ordering = ("fact",)

    def __str__(self) -> str:
        return self.fact


class _Kept(models.Model):
    """A row that is never changed, only ended: who wrote it when, from which document."""

    class Ending(models.TextChoices):
        CORRECTED = "corrected", _("已更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    source = models.CharField(_("依据文件"), max_length=200)
    source_date = models.DateField(_("文件日期"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    at = models.DateTimeField(_("录入时间"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("失效时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("更正或撤回人"),
    )
    ending = models.CharField(_("失效原因"), max_length=9, choices=Ending.choices, blank=True)

    class Meta:
        abstract = True


class ListEntry(_Kept):
    """An enterprise on a list from `valid_from` to `valid_until`, both days included."""

    official_list = models.ForeignKey(
        OfficialList, models.CASCADE, related_name="entries", verbose_name=_("官方名单")
    )
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, db_index=True)
    name = models.CharField(_("企业名称"), max_length=100)
    valid_from = models.DateField(_("列入日期"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("名单企业")
        verbose_name_plural = _("名单企业")
        ordering = ("uscc", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("official_list", "uscc"),
                condition=models.Q(ended_at__isnull=True),
                name="once_on_a_list",
            ),
            models.CheckConstraint(
                name="list_entry_days_in_order",
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uscc} {self.name}"

    def holds_on(self, day: date) -> bool:
        """Whether the enterprise is on the list on this day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Announced(_Kept):
    """A value that holds for everybody from a day on, until the next one: a rate, a date.

    `value` is plain JSON as a declaration has it; numbers are exact text.
    """

    fact = models.CharField(_("事项"), max_length=60, db_index=True)
    value = models.JSONField(_("内容"))
    since = models.DateField(_("适用首日"))

    class Meta:
        verbose_name = _("公布的数值")
        verbose_name_plural = _("公布的数值")
        ordering = ("fact", "-since", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("fact", "since"),
                condition=models.Q(ended_at__isnull=True),
                name="one_announced_value_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.since}"
