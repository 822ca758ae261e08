"""What an enterprise declares of itself where neither profile nor filing knows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.public import User


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    """Reads of declarations."""

    def visible_to(self, user: User) -> DeclarationQuerySet:
        """Those of the enterprises that the person works for.

        SECURITY: no authority reads declarations; it sees what an application brings before it.
        """
        return self.filter(enterprise_id__in=list(user.roles))

    def current(self) -> DeclarationQuerySet:
        """Those that count now."""
        return self.filter(ended_at__isnull=True)


class Declaration(models.Model):
    """One answer: who said what of which enterprise, and when. Never changed, only ended.

    `value` is plain JSON; numbers are exact text in the unit of the fact (a binary float would
    not be). `at` and `ended_at` follow the portal's clock, `recorded_at` the real one.
    """

    class Ending(models.TextChoices):
        CORRECTED = "corrected", _("已更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    enterprise = models.ForeignKey(
        "filings.Enterprise", models.CASCADE, related_name="declarations", verbose_name=_("企业")
    )
    fact = models.CharField(_("事项"), max_length=60)
    value = models.JSONField(_("申报内容"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申报人")
    )
    at = models.DateTimeField(_("申报时间"))
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

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("企业申报")
        verbose_name_plural = _("企业申报")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("enterprise", "fact"),
                condition=models.Q(ended_at__isnull=True),
                name="one_current_declaration",
            ),
            models.CheckConstraint(
                name="declaration_ended_with_reason",
                condition=models.Q(ended_at__isnull=True, ending="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ending="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.fact}"
