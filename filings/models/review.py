"""What the authorities write on a filing: corrections, decisions, waivers, receipts, opinions."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .filing import Filing, OfFilingQuerySet
from .place import Agency, District
from .text_block import TextBlock


class Correction(models.Model):
    """A point that the reviewer asks the enterprise to mend, tied to version, section and row.

    `block` is the text block that it began with, whatever was changed in it: the reason, counted.

    Collected while reviewing, sent together with the return, ticked off by the enterprise, and
    settled by the reviewer when the next version is looked at.
    """

    class Status(models.TextChoices):
        COLLECTED = "collected", _("待发出")
        SENT = "sent", _("待补正")
        MENDED = "mended", _("企业已补正")
        SETTLED = "settled", _("已核对")

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="corrections", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    section = models.CharField(_("部分"), max_length=12)
    path = models.CharField(_("栏目"), max_length=120, blank=True)
    label = models.CharField(_("栏目名称"), max_length=120, blank=True)
    text = models.TextField(_("需要补正的内容"), max_length=1000)
    rule = models.CharField(_("依据"), max_length=8, blank=True)
    block = models.ForeignKey(
        TextBlock,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("常用意见"),
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.COLLECTED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    mended_at = models.DateTimeField(_("补正时间"), null=True, blank=True)
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("补正人"),
    )
    answer = models.CharField(_("补正说明"), max_length=500, blank=True)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("补正意见")
        verbose_name_plural = _("补正意见")
        ordering = ("filing", "pk")

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def place(self) -> str:
        """What it is about, in the reader's language; words of the filing stay as they are."""
        return " · ".join(gettext(part) for part in self.label.split(" · ") if part)


class Decision(models.Model):
    """The one decision on one version. The constraint stands behind the lock."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="decisions", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(
        _("决定"),
        max_length=8,
        choices=(("return", pgettext_lazy("move", "退回补正")), ("approve", _("准予备案"))),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))
    remark = models.TextField(_("说明"), blank=True)
    gates = models.JSONField(_("核对结果"), default=list)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("审核决定")
        verbose_name_plural = _("审核决定")
        constraints = [
            models.UniqueConstraint(fields=("filing", "version"), name="one_decision_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} v{self.version} {self.kind}"


class GateWaiver(models.Model):
    """The lead lets a filing pass one approval gate, for a reason that everybody concerned sees."""

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="waivers", verbose_name=_("备案")
    )
    gate = models.CharField(_("核对项"), max_length=24)
    reason = models.TextField(_("理由"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("免于核对")
        verbose_name_plural = _("免于核对")
        constraints = [models.UniqueConstraint(fields=("filing", "gate"), name="gate_waived_once")]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.gate}"


class PreStartReport(models.Model):
    """The frozen pre-start report (R2.8)."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="prestart_reports", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    submission_key = models.UUIDField(_("提交标识"), unique=True)
    content = models.JSONField(_("内容"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("开工前报告")
        verbose_name_plural = _("开工前报告")
        ordering = ("filing", "pk")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.at:%Y-%m-%d}"


class Opinion(models.Model):
    """Guidance of the health authority (R1.6): seen and marked as handled; it never blocks."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="opinions", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("部门"))
    text = models.TextField(_("指导意见"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("处理人"),
    )
    answer = models.CharField(_("处理说明"), max_length=500, blank=True)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("卫生防疫指导意见")
        verbose_name_plural = _("卫生防疫指导意见")
        ordering = ("filing", "pk")

    def __str__(self) -> str:
        return self.text[:40]


class ZoneReceipt(models.Model):
    """The cluster zone has received a version (R1.5)."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="zone_receipts", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("部门"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("集聚区接收记录")
        verbose_name_plural = _("集聚区接收记录")
        constraints = [
            models.UniqueConstraint(fields=("filing", "version"), name="zone_receives_once")
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} v{self.version}"


class ReceiptCounter(models.Model):
    """The last receipt number of a district in a year; locked while the next one is taken."""

    district = models.ForeignKey(District, models.PROTECT, verbose_name=_("县（市、区）"))
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后编号"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("district", "year"), name="one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.district_id} {self.year}: {self.last}"


class Receipt(models.Model):
    """The receipt (备案回执) of an approved version; its token opens the public page."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="receipts", verbose_name=_("备案")
    )
    version = models.PositiveIntegerField(_("版本"))
    number = models.CharField(_("备案号"), max_length=40, unique=True)
    token = models.CharField(max_length=32, unique=True, editable=False)
    issued_at = models.DateTimeField(_("备案时间"))
    superseded_at = models.DateTimeField(_("替代时间"), null=True, blank=True)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("备案回执")
        verbose_name_plural = _("备案回执")
        constraints = [
            models.UniqueConstraint(fields=("filing", "version"), name="one_receipt_per_version")
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def new_token() -> str:
        """128 random bits in hexadecimal."""
        return secrets.token_hex(16)
