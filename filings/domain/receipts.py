"""The receipt (备案回执): its number, and how it stands."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.models import CitySetting, Filing, Receipt, ReceiptCounter, Step
from filings.states import State

STANDINGS = {
    "valid": _("有效"),
    "superseded": _("已被新版本取代"),
    "suspended": _("已暂停"),
    "revoked": _("已撤销"),
    "withdrawn": _("企业已撤回"),
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
    """How the receipt stands now: `valid`, `superseded`, `suspended`, `revoked` or `withdrawn`.

    A receipt stands until a later version is approved: a change that is only submitted, or returned
    to be mended, does not touch it.
    """
    if receipt.superseded_at:
        return "superseded"
    if receipt.filing.approved_version is None:
        return _how_it_ended(receipt)
    if receipt.filing.state == State.SUSPENDED:
        return "suspended"
    return "valid"


def _how_it_ended(receipt: Receipt) -> str:
    last = Step.objects.filter(
        filing=receipt.filing_id, move__in=("revoke", "withdraw"), version__gte=receipt.version
    ).last()
    return "withdrawn" if last and last.move == "withdraw" else "revoked"
