"""The receipt (备案回执) as a PDF with an embedded Chinese font and a QR code."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path

import segno

from jiaozuo_portal.lib.typesetting import typeset

_PAPER = Path(__file__).with_name("receipt.typ")


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What stands on the receipt, as it is shown. `standing` is empty while the receipt is valid;
    `url` is the public page, in print and as the QR code."""

    number: str
    enterprise: str
    uscc: str
    site: str
    address: str
    district: str
    zone: str
    version: str
    submitted: str
    issued: str
    agency: str
    standing: str
    url: str
    printed: str


def receipt_pdf(facts: ReceiptFacts) -> bytes:
    """The receipt as PDF; its text can be extracted."""
    return typeset(_PAPER, {**asdict(facts), "qr": qr_svg(facts.url)})


def qr_code(url: str) -> segno.QRCode:
    """The QR code of an address, readable with a corner torn off (error level M)."""
    return segno.make(url, error="m", micro=False)


def qr_svg(url: str) -> str:
    """The QR code as an SVG drawing with its quiet zone."""
    drawing = io.BytesIO()
    qr_code(url).save(drawing, kind="svg", xmldecl=False, border=2)
    return drawing.getvalue().decode()
