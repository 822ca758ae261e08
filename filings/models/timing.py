"""The time limit of the review: what the city has set, how it runs for a filing, who was told."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from filings.timing import Kind, Pause, Run, Stage, Start

from .filing import Filing, OfFilingQuerySet

_AT_LEAST_ONE = MinValueValidator(1)


def kind_of(filing: Filing) -> str:
    """Which limit is asked for the filing, by what the enterprise's profile says now."""
    return (Kind.SUPPLIES if filing.enterprise.makes_epidemic_supplies else Kind.OTHER).value


class TimeLimit(models.Model):
    """Within how many clock hours the bureau decides a kind of filing; a kind without a row, or
    without hours, has no limit. Runs that have begun keep what stood here at their acceptance."""

    kind = models.CharField(_("哪些备案"), max_length=10, choices=Kind.choices, unique=True)
    hours = models.PositiveSmallIntegerField(
        _("审核时限（小时）"),
        null=True,
        blank=True,
        validators=[_AT_LEAST_ONE],
        help_text=_("连续计算，夜间和节假日也算；退回补正期间不算。留空表示没有规定时限。"),
    )
    starts_on = models.CharField(
        _("从什么时候起算"),
        max_length=6,
        choices=Start.choices,
        default=Start.SUBMIT,
        help_text=_("文件写的是受理，没有写受理从哪一刻算，由本市确定。"),
    )
    city_after_hours = models.PositiveSmallIntegerField(
        _("超时多少小时后报市局"),
        null=True,
        blank=True,
        validators=[_AT_LEAST_ONE],
        help_text=_("超时先通知本部门负责人，再过这么多小时通知市工业和信息化局。留空表示不报。"),
    )
    rule = models.CharField(_("依据"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("审核时限")
        verbose_name_plural = _("审核时限")
        ordering = ("-kind",)

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def words(self) -> str:
        """The limit as a sentence: 从企业提交时起，48 小时内办结."""
        if not self.hours:
            return str(_("没有规定时限"))
        sentence = ngettext(
            "从%(start)s起，%(hours)s 小时内办结",
            "从%(start)s起，%(hours)s 小时内办结",
            self.hours,
        )
        return sentence % {"start": self.get_starts_on_display(), "hours": self.hours}

    @classmethod
    def of(cls, filing: Filing) -> TimeLimit | None:
        """The limit that the city has set for filings of this kind, if any."""
        return cls.objects.filter(kind=kind_of(filing), hours__isnull=False).first()


class ReviewClock(models.Model):
    """One run of a time limit: from the acceptance of a filing to its decision or withdrawal.

    What the city had set at the acceptance is kept here, so a later change of the setting moves
    nobody's last moment. A filing has one run at a time; the next begins with the next submission.
    """

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="clocks", verbose_name=_("备案")
    )
    kind = models.CharField(_("哪些备案"), max_length=10, choices=Kind.choices)
    hours = models.PositiveSmallIntegerField(_("审核时限（小时）"))
    city_after_hours = models.PositiveSmallIntegerField(_("超时多少小时后报市局"), null=True)
    started_at = models.DateTimeField(_("起算时间"))
    stopped_at = models.DateTimeField(_("停止时间"), null=True)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("审核计时")
        verbose_name_plural = _("审核计时")
        ordering = ("filing", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("filing",),
                condition=models.Q(stopped_at__isnull=True),
                name="one_clock_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.started_at:%Y-%m-%d %H:%M} + {self.hours} h"

    def run(self) -> Run:
        """The run with its pauses, for the arithmetic. One query."""
        return Run(
            started=self.started_at,
            hours=self.hours,
            pauses=tuple(Pause(pause.since, pause.until) for pause in self.pauses.all()),
            city_after=self.city_after_hours,
            stopped=self.stopped_at,
        )


class ClockPause(models.Model):
    """A time in which the corrections lay with the enterprise and the clock stood still."""

    clock = models.ForeignKey(
        ReviewClock, models.CASCADE, related_name="pauses", verbose_name=_("审核计时")
    )
    since = models.DateTimeField(_("暂停时间"))
    until = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        verbose_name = _("计时暂停")
        verbose_name_plural = _("计时暂停")
        ordering = ("clock", "since", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("clock",),
                condition=models.Q(until__isnull=True),
                name="one_pause_at_a_time",
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_begins",
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.since:%Y-%m-%d %H:%M}"


class ClockAlert(models.Model):
    """That people were told of a stage of a run. The constraint stands behind the lock."""

    clock = models.ForeignKey(
        ReviewClock, models.CASCADE, related_name="alerts", verbose_name=_("审核计时")
    )
    stage = models.CharField(_("时限提醒"), max_length=5, choices=Stage.choices)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("时限提醒")
        verbose_name_plural = _("时限提醒")
        ordering = ("clock", "pk")
        constraints = [
            models.UniqueConstraint(fields=("clock", "stage"), name="stage_is_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.stage}"
