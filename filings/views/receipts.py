"""The receipt as a paper, and the public page behind its QR code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from filings.domain.receipts import STANDINGS, standing_of
from filings.papers.receipt import receipt_pdf as print_receipt
from filings.queries import receipts as reads
from jiaozuo_portal.lib import clock, throttle
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.visitors import address_of

from .scope import visible_filing

#: A visitor looks a receipt up so often: enough for a checkpoint, too slow to guess tokens.
LOOKS, PERIOD = 30, timedelta(minutes=1)


@open_to("signed_in")
def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The last receipt of a filing as PDF, for those who may see the filing."""
    user: Any = request.user
    receipt = reads.last_receipt(visible_filing(request, pk), user)
    if receipt is None:
        raise Http404
    standing = standing_of(receipt)
    said = "" if standing == "valid" else STANDINGS[standing]
    paper = print_receipt(reads.facts_on(receipt, standing=said, at=clock.now()))
    name = quote(f"{receipt.number}.pdf")
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename=\"receipt.pdf\"; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
        },
    )


@open_to("public")
def public_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Whether a receipt stands now: for anybody who holds its code, and nothing personal.

    SECURITY: looked up so many times a minute per address, whether the token exists or not; an
    unknown one gets the same page with nothing on it.
    """
    if not throttle.allow("receipt", address_of(request), limit=LOOKS, per=PERIOD):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(throttle.seconds_left(PERIOD))
        return response
    receipt = reads.receipt_behind(token)
    context: dict[str, Any] = {"receipt": receipt}
    if receipt is not None:
        standing = standing_of(receipt)
        context |= {
            "standing": standing,
            "word": STANDINGS[standing],
            "profile": reads.profile_at(receipt),
        }
    response = render(
        request, "filings/receipts/public.html", context, status=200 if receipt else 404
    )
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
