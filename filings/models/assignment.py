"""Who gets a submitted filing: the rules of a bureau, and who is away."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .place import Agency, Zone


class AssignmentRule(models.Model):
    """One line of a bureau's rules: which filings go to whom. The first that fits counts.

    A blank condition fits every filing of the bureau's district. Of several people the one with the
    fewest filings gets it; `most` is how many one of them may hold, None for any number.
    """

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="assignment_rules", verbose_name=_("部门")
    )
    order = models.PositiveSmallIntegerField(_("顺序"))
    zone = models.ForeignKey(
        Zone,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("产业集聚区"),
    )
    outside_zones = models.BooleanField(_("只限不在集聚区的企业"), default=False)
    industry = models.CharField(_("划型行业"), max_length=24, blank=True)
    most = models.PositiveSmallIntegerField(
        _("每人最多同时审核"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("分派给")
    )

    class Meta:
        verbose_name = _("分派规则")
        verbose_name_plural = _("分派规则")
        # By the id: an agency's own order would join its district, and no lock reaches there.
        ordering = ("agency_id", "order", "pk")
        constraints = [
            models.CheckConstraint(
                name="rule_in_a_zone_or_outside",
                condition=models.Q(zone__isnull=True) | models.Q(outside_zones=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.order}"


class Absence(models.Model):
    """Somebody of a bureau is away from the first to the last day, both included.

    Nothing is assigned to them meanwhile; `stand_in` gets it in their place, if there is one.
    """

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="absences", verbose_name=_("部门")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("谁")
    )
    first = models.DateField(_("第一天"))
    last = models.DateField(_("最后一天"))
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("代办人"),
    )

    class Meta:
        verbose_name = _("请假")
        verbose_name_plural = _("请假")
        ordering = ("first", "pk")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins",
                condition=models.Q(last__gte=models.F("first")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first} – {self.last}"
