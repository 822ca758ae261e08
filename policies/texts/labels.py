"""The numbers in front of paragraphs, and whether a line that looks numbered really is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from . import marks

Kind = Literal["chapter", "article", "section", "group", "point"]

#: From the outside in: what stands deeper belongs to what stands above it.
RANK: dict[Kind, int] = {"chapter": 0, "article": 1, "section": 2, "group": 3, "point": 4}
_CHINESE = "[一二三四五六七八九十百〇零两兩]{1,4}"
_NOT_A_LIST = "(?![一二三四五六七八九十季两兩])"  # 一、二季度, 三、四月
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第({_CHINESE}|\d{{1,3}})[章编編节節部](?!分)")),
    ("article", re.compile(rf"第({_CHINESE}|\d{{1,3}})[条條](?![规規的第、和及至所款项項])")),
    ("section", re.compile(rf"({_CHINESE})[、.．](?:{_NOT_A_LIST})")),
    ("group", re.compile(rf"\(({_CHINESE})\)[、]?")),
    ("point", re.compile(r"(\d{1,3})(?:[.．](?!\d)|、(?!\d))")),
)


@dataclass(frozen=True, slots=True)
class Label:
    """A number in front of a line: `end` is where the words after it begin."""

    kind: Kind
    number: int
    end: int
    text: str


def label_of(line: str) -> Label | None:
    """The number that a line begins with, whatever the width of its marks."""
    start = marks.plain(line[:16])
    for kind, pattern in _PATTERNS:
        if (found := pattern.match(start)) and (number := marks.number_of(found[1])):
            return Label(kind, number, found.end(), line[: found.end()])
    return None


class Sequence:
    """Follows the numbers through a document and tells a number from a line that only looks so."""

    def __init__(self) -> None:
        self._last: dict[Kind, int] = {}

    def last(self, kind: Kind) -> int:
        """The number before the next one of this kind."""
        return self._last.get(kind, 0)

    def accepts(self, label: Label, *, has_ended: bool) -> bool:
        """Whether this is a number of its own; if so it is taken as the last one of its kind.

        The next number always counts. Any other counts only where the line before has ended: a
        line broken within a sentence may begin with any number.
        """
        if label.number != self.last(label.kind) + 1 and not has_ended:
            return False
        self._last[label.kind] = label.number
        for kind in ("article", "section", "group"):
            if RANK[kind] > RANK[label.kind] and label.kind != "chapter":
                self._last.pop(kind, None)
        return True
