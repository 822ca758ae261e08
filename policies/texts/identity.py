"""What a document is, from what it prints: title, number, issuer, date, validity, script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from . import marks
from .documents import Document
from .folding import script_of
from .heads import is_kind
from .joining import joined
from .numbers import document_number
from .validity import Validity, validity_of

Script = Literal["simplified", "traditional"]

_DATE = re.compile(r"(.{4})年(.{1,3})月(.{1,3})日")
_BODY = re.compile(
    r"(?:政府|办公室|辦公室|办公厅|辦公廳|委员会|委員會|指挥部|指揮部|管委会|管委會|领导小组|領導小組|"
    r"总局|總局|[厅廳局委院部署]|银行|銀行|中心支行|分局|中心|协会|協會|总工会|總工會)$"
)
_ABOUT = re.compile(r"[关關][于於]")
_DIGITS = str.maketrans("○Oo０", "〇〇〇〇")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document prints about itself; empty or None where it prints nothing.

    `title` is that of the text itself, `notice` that of a covering notice that brings it.
    """

    title: str
    number: str
    issuer: str
    dated: date | None
    validity: Validity | None
    script: Script
    notice: str = ""


def identify(document: Document) -> Identity:
    """What a document of a file is.

    Its date is the first that stands alone. Nothing is guessed: a copy without title, number and
    issuer is recognised by `resembling`, not here.
    """
    issuer, title = _issuer_and_title(document.head)
    dated = day_of(document.dates[0]) if document.dates else None
    return Identity(
        title=document.enclosed or title,
        number=document_number(document.number),
        issuer=issuer or _signed(document),
        dated=dated,
        validity=validity_of(document, dated),
        script=script_of(document.wording()),
        notice=title if document.enclosed else "",
    )


def day_of(line: str) -> date | None:
    """The day that a line prints in digits or in Chinese, None where there is no such day."""
    found = _DATE.search(marks.plain(line).translate(_DIGITS))
    if found is None:
        return None
    try:
        return date(*(marks.number_of(part.strip()) for part in found.groups()))
    except ValueError:
        return None


def _issuer_and_title(head: tuple[str, ...]) -> tuple[str, str]:
    """Who issued, and the title, from the lines at the head.

    A title says 关于 or ends like one; the lines above it, and what stands before 关于 in it, are
    the issuer.
    """
    lines = [line for line in head if not _is_banner(line)]
    banner = next((marks.half(line)[:-2] for line in head if _is_banner(line)), "")
    begin = next((at for at, line in enumerate(lines) if _begins_title(line)), len(lines))
    issuer, title = joined(lines[:begin]), joined(lines[begin:])
    about = _ABOUT.search(title)
    if about and about.start() and _BODY.search(title[: about.start()]):
        issuer, title = issuer or title[: about.start()], title[about.start() :]
    if begin == len(lines) and not _BODY.search(issuer):
        issuer, title = "", issuer
    return banner or issuer, title


def _is_banner(line: str) -> bool:
    """The red line at the top of an official paper: the issuer and 文件."""
    return line.endswith("文件") and _BODY.search(line[:-2]) is not None


def _begins_title(line: str) -> bool:
    return _ABOUT.search(line) is not None or (is_kind(line) or not _BODY.search(line))


def _signed(document: Document) -> str:
    signature = document.signatures[0] if document.signatures else ""
    return signature if _BODY.search(signature) else ""


def printed_date(day: date) -> str:
    """A day as the foot of a document prints it."""
    return f"{day.year}年{day.month}月{day.day}日"
