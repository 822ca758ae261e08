"""Simplified and Traditional script, full and half width: one form to search and compare in."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def simplified(text: str) -> str:
    """The text in Simplified script; what is Simplified already stays as it is."""
    return _converter("t2s").convert(text)


def traditional(text: str) -> str:
    """The text in Traditional script, character by character where no phrase is known."""
    return _converter("s2t").convert(text)


def folded(text: str) -> str:
    """The form in which texts are compared: Simplified, half width, small letters, one space.

    For comparing and finding only; it is not to be shown.
    """
    return " ".join(simplified(unicodedata.normalize("NFKC", text)).casefold().split())
