"""Receipts: the last one of a filing, and the one behind a public token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import dateformat, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from filings.models import Agency, Filing, FilingVersion, Receipt, User
from filings.papers.receipt import ReceiptFacts


def last_receipt(filing: Filing, user: User) -> Receipt | None:
    """The last receipt issued for a filing, whatever became of it."""
    return (
        Receipt.objects.visible_to(user)
        .filter(filing=filing)
        .select_related("filing__district")
        .order_by("-version")
        .first()
    )


def receipt_behind(token: str) -> Receipt | None:
    """The receipt that a public token opens. SECURITY: not scoped; the token is the right."""
    return Receipt.objects.filter(token=token).select_related("filing__district").first()


def profile_at(receipt: Receipt) -> dict[str, Any]:
    """The enterprise as it stood in the version that the receipt is for, and its submission."""
    version = FilingVersion.objects.get(filing=receipt.filing_id, number=receipt.version)
    profile: dict[str, Any] = version.content["profile"]
    return {**profile, "submitted_at": version.submitted_at}


def public_url(receipt: Receipt) -> str:
    """The public address of a receipt, for print and QR code."""
    return settings.PORTAL_BASE_URL + reverse("public_receipt", args=[receipt.token])


def facts_on(receipt: Receipt, *, standing: Promise | str, at: datetime) -> ReceiptFacts:
    """What is printed on the receipt, in Chinese whatever the reader's language: it is a document.

    `standing` is empty while the receipt is valid; `at` is the moment of printing.
    """
    profile = profile_at(receipt)
    bureau = Agency.objects.filter(kind="bureau", district=receipt.filing.district).first()
    with translation.override("zh-hans"):
        return ReceiptFacts(
            number=receipt.number,
            enterprise=profile["name"],
            uscc=profile["uscc"],
            site=profile["site"],
            address=profile["address"],
            district=profile["district"],
            zone=profile["zone"] or _("无"),
            version=_("第 %(number)s 版") % {"number": receipt.version},
            submitted=_moment(profile["submitted_at"]),
            issued=_moment(receipt.issued_at),
            agency=bureau.name if bureau else profile["district"],
            standing=str(standing),
            url=public_url(receipt),
            printed=_moment(at),
        )


def _moment(value: datetime) -> str:
    return dateformat.format(timezone.localtime(value), _("Y年n月j日 H:i"))
