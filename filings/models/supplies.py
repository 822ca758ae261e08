"""The supplies ledger (物资台账) of R3.1, R3.2 and P11: entries are reversed, never edited."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .filing import Filing, OfFilingQuerySet


class SupplyItem(models.Model):
    """A kind of supply with its unit. `balance` follows the entries under the item's lock."""

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="supplies", verbose_name=_("备案")
    )
    name = models.CharField(_("物资"), max_length=60)
    unit = models.CharField(_("单位"), max_length=10)
    daily_use_per_head = models.DecimalField(
        _("每人每日用量"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    balance = models.DecimalField(
        _("结存"), max_digits=14, decimal_places=3, default=0, editable=False
    )

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("防疫物资")
        verbose_name_plural = _("防疫物资")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("filing", "name"), name="supply_once_per_filing"),
            models.CheckConstraint(
                condition=models.Q(balance__gte=0), name="supply_balance_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerEntry(models.Model):
    """One entry in, out or reversing an earlier one. Never edited, never deleted.

    `first_version` is the first frozen version that holds it, None while it is newer than all.
    """

    class Direction(models.TextChoices):
        IN = "in", _("入库")
        OUT = "out", _("出库")

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="ledger", verbose_name=_("备案")
    )
    item = models.ForeignKey(
        SupplyItem, models.PROTECT, related_name="entries", verbose_name=_("物资")
    )
    direction = models.CharField(_("方向"), max_length=3, choices=Direction.choices)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3)
    on = models.DateField(_("日期"))
    person = models.CharField(_("经手人"), max_length=40)
    purpose = models.CharField(_("用途"), max_length=120)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        verbose_name=_("冲销的记录"),
    )
    entry_key = models.UUIDField(_("记录标识"), default=uuid.uuid4, unique=True)
    first_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    recorded_at = models.DateTimeField(_("记录时间"))

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("台账记录")
        verbose_name_plural = _("台账记录")
        ordering = ("on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="ledger_quantity_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.direction} {self.quantity}"

    @property
    def signed(self):  # type: ignore[no-untyped-def]
        """The quantity with its sign: in counts up, out counts down."""
        return self.quantity if self.direction == self.Direction.IN else -self.quantity
