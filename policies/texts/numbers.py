"""Numbers of documents in the one form in which they are kept and compared."""

from __future__ import annotations

import unicodedata

from jiaozuo_portal.lib.scripts import simplified

_BRACKETS = str.maketrans("[【(]】)", "〔〔〔〕〕〕")


def document_number(text: str) -> str:
    """The number with its year in 〔〕, Simplified and without spaces: 测政〔2020〕7号."""
    half = unicodedata.normalize("NFKC", simplified(text))
    return "".join(half.translate(_BRACKETS).split())
