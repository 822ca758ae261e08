"""The daily brief of a city or district as a PDF: the figures of its board on a page or two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiaozuo_portal.lib.typesetting import typeset

_PAPER = Path(__file__).with_name("brief.typ")


def brief_pdf(facts: Mapping[str, Any]) -> bytes:
    """The brief as PDF; its text can be extracted.

    `facts` has `title`, `place`, `taken`, `printed` as words, `tiles` and `parts` with words and
    numbers ready to print (`queries.board.brief_of`).
    """
    return typeset(_PAPER, facts)
