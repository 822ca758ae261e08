"""What a verdict rests on, kept once: the reasons that many share, and a filing's facts."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reasoning(models.Model):
    """A verdict on one measure with its reasons, apart from anybody's values; never changed.

    `content` is a `finding` of the judge: verdict, basis, missing, reasons, trace and the facts
    used. `sha256` is its digest, by which every filing with the same reasons shares the row. With
    the values of a `FactSheet` beside it the trace is whole (`queries.verdicts.told`).
    """

    measure = models.CharField(_("措施编号"), max_length=40)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    content = models.JSONField(editable=False)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("判断理由")
        verbose_name_plural = _("判断理由")

    def __str__(self) -> str:
        return f"{self.measure} {self.sha256[:8]}"


class FactSheetQuerySet(models.QuerySet["FactSheet"]):
    """Reads of fact sheets."""

    def current(self) -> FactSheetQuerySet:
        """The facts that the standing verdicts rest on."""
        return self.filter(superseded_at__isnull=True)


class FactSheet(models.Model):
    """The facts of a filing as they were judged, from `at` until `superseded_at`.

    `content["facts"]` holds what was given: value, source, and the declaration, announcement or
    list entry that says so. `content["implied"]` is what followed from it: the size class, derived
    facts, defaults. Only facts that some rule reads. A change makes a new row; none is rewritten.

    SECURITY: what an enterprise declared; goes with its filing and is shown to nobody else.
    """

    filing = models.ForeignKey(
        "filings.Filing", models.CASCADE, related_name="fact_sheets", verbose_name=_("备案")
    )
    content = models.JSONField(editable=False)
    at = models.DateTimeField(_("判断时间"))
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)

    objects = FactSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("判断依据")
        verbose_name_plural = _("判断依据")
        constraints = [
            models.UniqueConstraint(
                fields=("filing",),
                condition=models.Q(superseded_at__isnull=True),
                name="one_current_fact_sheet",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.at:%Y-%m-%d}"
