"""Small readings of one clause: its heading, the number in front of it, a list of departments."""

from __future__ import annotations

import re

#: A first sentence longer than this is no heading.
_LONGEST_HEADING = 40
_FIRST_SENTENCE = re.compile(r"[^。！？!?]+")
_LEADING_NUMBER = re.compile(r"\s*(\d{1,3})\s*[.．、](?!\d)\s*")
_BETWEEN = re.compile(r"[\n、,，;；](?![^(（〔]*[)）〕])")


def heading_of(body: str) -> str:
    """The first sentence where it is short enough for a heading, else nothing."""
    found = _FIRST_SENTENCE.match(body)
    return found[0] if found and len(found[0]) <= _LONGEST_HEADING else ""


def numbered(body: str) -> tuple[int | None, str]:
    """The number in front of a wording, and the wording without it."""
    found = _LEADING_NUMBER.match(body)
    return (int(found[1]), body[found.end() :]) if found else (None, body)


def names_in(typed: str) -> list[str]:
    """The departments that somebody typed, one a line or with marks between, each once."""
    names = (" ".join(one.split()) for one in _BETWEEN.split(typed))
    return list(dict.fromkeys(filter(None, names)))
