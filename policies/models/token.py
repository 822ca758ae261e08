"""The keys with which programs of an enterprise or an agency read the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from filings.public import User


def looked_after_by(user: User) -> tuple[list[int], list[int]]:
    """The enterprises that a person owns and the agencies that they lead: whose keys they make."""
    owned = [pk for pk, role in user.roles.items() if role == "owner"]
    return owned, [post.agency_id for post in user.posts if post.role == "lead"]


class TokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def visible_to(self, user: User) -> TokenQuerySet:
        """Those of the enterprises that the person owns and of the agencies that they lead."""
        owned, led = looked_after_by(user)
        return self.filter(models.Q(enterprise_id__in=owned) | models.Q(agency_id__in=led))


class ApiToken(models.Model):
    """One key. The secret itself is shown once and never stored; its digest finds it again.

    It reads what the pages show to its enterprise or agency, and no more than its maker may still
    see: once that person has left, it opens nothing.
    """

    class Scope(models.TextChoices):
        MATCH = "match", _("判断政策条件")
        FILINGS = "filings", _("读取备案及状态")
        LINKS = "links", _("读取政策匹配结果")

    enterprise = models.ForeignKey(
        "filings.Enterprise",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="api_tokens",
        verbose_name=_("企业"),
    )
    agency = models.ForeignKey(
        "filings.Agency",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="api_tokens",
        verbose_name=_("部门"),
    )
    name = models.CharField(_("用途"), max_length=60)
    scopes = models.JSONField(_("权限"), default=list)
    prefix = models.CharField(_("前几位"), max_length=12)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("建立人")
    )
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("有效至"))
    used_on = models.DateField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("停用人"),
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="token_of_one_holder",
                condition=models.Q(enterprise__isnull=False, agency__isnull=True)
                | models.Q(enterprise__isnull=True, agency__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def scope_labels(self) -> list[str]:
        """What it opens, in words."""
        return [str(self.Scope(scope).label) for scope in self.scopes]

    @property
    def holder(self) -> object:
        """The enterprise or agency that it belongs to."""
        return self.enterprise or self.agency
