"""The receipt (备案回执): its number, and how it stands."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.models import CitySetting, Filing, Receipt, ReceiptCounter
from filings.states import State

STANDINGS = {
    "valid": _("有效"),
    "superseded": _("已被新版本取代"),
    "suspended": _("已暂停"),
    "revoked": _("已撤销"),
}


def issue_receipt(filing: Filing, *, at: datetime) -> Receipt:
    """Number and issue the receipt of the version just approved; older ones are superseded.

    Numbers run per district and year without a gap: the counter row is locked until the whole
    decision is written. The caller holds the filing's lock.
    """
    year = timezone.localtime(at).year
    Receipt.objects.filter(filing=filing, superseded_at__isnull=True).update(superseded_at=at)
    return Receipt.objects.create(
        filing=filing,
        version=filing.version,
        number=_next_number(filing, year),
        token=Receipt.new_token(),
        issued_at=at,
    )


def _next_number(filing: Filing, year: int) -> str:
    ReceiptCounter.objects.get_or_create(district=filing.district, year=year)
    counter = ReceiptCounter.objects.select_for_update().get(district=filing.district, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    prefix = CitySetting.current().number_prefix
    return f"{prefix}{filing.district.code}-{year}-{counter.last:05d}"


def standing_of(receipt: Receipt) -> str:
    """`valid`, `superseded`, `suspended` or `revoked`: how the receipt stands now."""
    if receipt.superseded_at:
        return "superseded"
    if receipt.filing.state == State.REVOKED or receipt.filing.approved_version is None:
        return "revoked"
    if receipt.filing.state == State.SUSPENDED:
        return "suspended"
    return "valid"
