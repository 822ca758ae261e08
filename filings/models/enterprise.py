"""Enterprises and their sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiaozuo_portal.lib import crypto

from .place import District, Zone

if TYPE_CHECKING:
    from .people import User


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """Reads of enterprises."""

    def visible_to(self, user: User) -> EnterpriseQuerySet:
        """Those the person works for, and those of the places the person's agencies cover."""
        scope = models.Q(pk__in=list(user.roles))
        for post in user.posts_of("bureau", "health"):
            scope |= models.Q(district_id=post.district_id)
        for post in user.posts_of("zone"):
            scope |= models.Q(zone_id=post.zone_id)
        if user.posts_of("city"):
            scope = models.Q()
        return self.filter(scope)


class Enterprise(models.Model):
    """An enterprise with what the size standard and the policies need to know of it.

    Money in 万元 (ten thousand yuan) as the standard has it; heads in persons. An indicator that
    is not given stays None: missing is never zero.
    """

    class Sector(models.TextChoices):
        WHOLESALE_RETAIL = "wholesale_retail", _("批发零售")
        ACCOMMODATION = "accommodation", _("住宿")
        CATERING = "catering", _("餐饮")
        FREIGHT = "freight_logistics", _("货运物流")
        PASSENGER = "passenger_transport", _("客运")
        CULTURE = "culture", _("文化")
        TOURISM = "tourism", _("旅游")
        MANUFACTURING = "manufacturing", _("制造")
        CONSTRUCTION = "construction", _("建筑")
        AGRICULTURE = "agriculture", _("农业")
        COURIER = "courier", _("快递")
        SOFTWARE = "software_it", _("软件和信息技术")
        TECH_SERVICE = "tech_service", _("科技服务")
        OTHER = "other", _("其他")

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("企业名称"), max_length=120)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    district = models.ForeignKey(
        District, models.PROTECT, related_name="enterprises", verbose_name=_("所在县（市、区）")
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprises",
        verbose_name=_("产业集聚区"),
    )
    address = models.CharField(_("地址"), max_length=200)
    sme_industry = models.CharField(_("划型行业"), max_length=24)
    main_sector = models.CharField(
        _("主营行业"), max_length=24, choices=Sector.choices, default=Sector.MANUFACTURING
    )
    makes_epidemic_supplies = models.BooleanField(
        _("生产疫情防控物资"),
        null=True,
        blank=True,
        help_text=_("口罩、防护服、消毒液等。这类企业的备案有办结时限。"),
    )
    employees = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    annual_revenue_wanyuan = models.DecimalField(
        _("上年营业收入（万元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    total_assets_wanyuan = models.DecimalField(
        _("资产总额（万元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    legal_representative = models.CharField(_("法定代表人"), max_length=40)
    contact_name = models.CharField(_("联系人"), max_length=40)
    contact_mobile_sealed = models.CharField(max_length=120, blank=True, editable=False)
    contact_mobile_masked = models.CharField(_("联系电话"), max_length=20, blank=True)
    registered_at = models.DateTimeField(_("注册时间"), default=timezone.now)
    revision = models.PositiveIntegerField(_("修订号"), default=1, editable=False)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("企业")
        verbose_name_plural = _("企业")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    def set_contact_mobile(self, mobile: str) -> None:
        """Seal `mobile` (empty clears it), bound to this enterprise's code. The caller saves."""
        self.contact_mobile_masked = crypto.mask_mobile(mobile) if mobile else ""
        self.contact_mobile_sealed = (
            crypto.seal(mobile, bound_to=f"enterprise.contact_mobile.{self.uscc}") if mobile else ""
        )

    def contact_mobile_plain(self) -> str:
        """The number itself. SECURITY: shown only through `domain.privacy.reveal`."""
        if not self.contact_mobile_sealed:
            return ""
        return crypto.unseal(
            self.contact_mobile_sealed, bound_to=f"enterprise.contact_mobile.{self.uscc}"
        )


class Site(models.Model):
    """A place of work of an enterprise; each has its own filing (R1.1)."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="sites", verbose_name=_("企业")
    )
    name = models.CharField(_("厂区名称"), max_length=80)
    district = models.ForeignKey(
        District, models.PROTECT, related_name="sites", verbose_name=_("县（市、区）")
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("产业集聚区"),
    )
    address = models.CharField(_("地址"), max_length=200)

    class Meta:
        verbose_name = _("厂区")
        verbose_name_plural = _("厂区")
        constraints = [
            models.UniqueConstraint(fields=("enterprise", "name"), name="site_name_once")
        ]

    def __str__(self) -> str:
        return self.name
