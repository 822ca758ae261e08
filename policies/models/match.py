"""Which support measures a filing can use: the last judging, and its verdicts with history."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.public import Knower, User, filing_scope

from .pack import Pack
from .reasoning import FactSheet, Reasoning
from .rematch import Rematch


class Match(models.Model):
    """When a filing was last judged, on which day and under which pack. One row a filing.

    `rematch` is the last round that had been asked for when it was read for judging.

    The row is also the lock: who judges a filing holds it until the verdicts are written.
    """

    filing = models.OneToOneField(
        "filings.Filing", models.CASCADE, related_name="match", verbose_name=_("备案")
    )
    pack = models.ForeignKey(
        Pack, models.PROTECT, null=True, related_name="+", verbose_name=_("政策包")
    )
    rematch = models.ForeignKey(
        Rematch,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("重新判断"),
    )
    day = models.DateField(_("判断日期"), null=True)
    at = models.DateTimeField(_("判断时间"), null=True)

    class Meta:
        verbose_name = _("政策匹配")
        verbose_name_plural = _("政策匹配")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.day}"


class SupportLinkQuerySet(models.QuerySet["SupportLink"]):
    """Reads of links."""

    def visible_to(self, user: User | Knower) -> SupportLinkQuerySet:
        """Those of the filings of the enterprises that the person works for.

        SECURITY: reasons quote what the enterprise declared; authorities get counts only
        (`queries.overview`), and bureau and city which filings they count (`queries.picture`).
        """
        return self.filter(
            filing_scope(user, "filing__"), filing__enterprise_id__in=list(user.roles)
        )

    def current(self) -> SupportLinkQuerySet:
        """The verdicts that stand now."""
        return self.filter(superseded_at__isnull=True)


class SupportLink(models.Model):
    """The verdict on one measure for one filing, from `day` until `superseded_at`.

    Written only when something differs from the row before, and then never changed but for
    `superseded_at`; so each row says what was shown from its day on, under which pack version and
    why: `reasoning` is the verdict with its trace, `sheet` the facts that it was judged on
    (`queries.verdicts.content_of_link` puts them together). Measures that are no offer to an
    enterprise have no row.
    """

    class Verdict(models.TextChoices):
        ELIGIBLE = "eligible", _("可以享受")
        UNKNOWN = "unknown", _("还差信息")
        NOT_ELIGIBLE = "not_eligible", _("不符合")

    filing = models.ForeignKey(
        "filings.Filing", models.CASCADE, related_name="support_links", verbose_name=_("备案")
    )
    measure = models.CharField(_("措施编号"), max_length=40)
    # Neither index nor constraint on what is never deleted by itself: these rows are written by
    # the million, and checking each would take longer than writing it.
    pack = models.ForeignKey(
        Pack,
        models.PROTECT,
        related_name="links",
        db_index=False,
        db_constraint=False,
        verbose_name=_("政策包"),
    )
    verdict = models.CharField(_("结果"), max_length=12, choices=Verdict.choices)
    amount_yuan = models.DecimalField(
        _("金额（元）"), max_digits=30, decimal_places=2, null=True, blank=True
    )
    reasoning = models.ForeignKey(
        Reasoning,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("判断理由"),
    )
    sheet = models.ForeignKey(
        FactSheet,
        models.CASCADE,
        related_name="links",
        db_constraint=False,
        verbose_name=_("判断依据"),
    )
    day = models.DateField(_("判断日期"))
    valid_until = models.DateField(_("政策末日"), null=True, blank=True)
    at = models.DateTimeField(_("判断时间"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)

    objects = SupportLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策匹配结果")
        verbose_name_plural = _("政策匹配结果")
        ordering = ("filing", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("filing", "measure"),
                condition=models.Q(superseded_at__isnull=True),
                name="one_current_link",
            )
        ]
        indexes = [
            # Counts by measure over the filings, for the departments.
            models.Index(
                fields=("measure", "verdict"),
                condition=models.Q(superseded_at__isnull=True),
                name="current_links_by_measure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.measure} {self.verdict}"
