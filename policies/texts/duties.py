"""The brackets in which a measure names the departments that are responsible for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import marks
from .documents import Part

_WORDS = (
    r"(?:责任|責任|牵头|牽頭|配合|主责|主責|负责|負責|协助|協助|落实|落實)"
    r"(?:单位|單位|部门|部門|处室|處室)(?:和配合单位)?"
)
_OPENING = re.compile(rf"\({_WORDS}:")
_INNER = re.compile(rf"{_WORDS}:")
_SEPARATOR = re.compile(r"[、,，;；\s]")
_LONGEST = 1500  # characters of one bracket


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket of departments: where it begins and ends, and the names in it as printed."""

    start: int
    end: int
    names: tuple[str, ...]
    is_closed: bool


def brackets_of(text: str) -> Iterator[Bracket]:
    """The brackets of departments in a joined text, from left to right."""
    plain = marks.plain(text)
    end = 0
    for found in _OPENING.finditer(plain):
        if found.start() < end:
            continue
        inside = found.start() + 1
        close = _closing(plain, inside)
        is_closed = close < len(plain) and plain[close] == ")"
        end = close + 1 if is_closed else close
        yield Bracket(found.start(), end, _names(text[inside:close]), is_closed)


def parts_of(text: str) -> tuple[Part, ...]:
    """The text bracket by bracket; words after the last bracket are a part without departments."""
    parts: list[Part] = []
    start = 0
    for bracket in brackets_of(text):
        parts.append(Part(text[start : bracket.start].strip(), bracket.names))
        start = bracket.end
    rest = text[start:].strip(" \n\t。.;；")
    return (*parts, Part(text[start:].strip())) if rest or not parts else tuple(parts)


def _closing(plain: str, start: int) -> int:
    """Where the bracket that is open at `start` closes; where it does not, the end of its words."""
    depth = 1
    for place in range(start, min(len(plain), start + _LONGEST)):
        depth += (plain[place] == "(") - (plain[place] == ")")
        if not depth:
            return place
        if plain[place] == "。":
            return place
    return min(len(plain), start + _LONGEST)


def _names(inside: str) -> tuple[str, ...]:
    plain = _INNER.sub(lambda found: "、" * len(found[0]), marks.plain(inside))
    names: list[str] = []
    depth = start = 0
    for place, one in enumerate([*plain, "、"]):
        depth += (one == "(") - (one == ")")
        if depth <= 0 and _SEPARATOR.match(one):
            names.append(inside[start:place].strip())
            start = place + 1
    return tuple(name for name in dict.fromkeys(names) if name)
