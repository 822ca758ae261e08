"""Where two short texts differ, as few and as short passages as possible.

The way of Myers, which takes time in proportion to the length and to the number of differences;
texts that differ too much are one difference from the first to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_EDITS = 300


@dataclass(frozen=True, slots=True)
class Hunk:
    """A passage that differs: `left[a:b]` stands where `right[c:d]` stands."""

    a: int
    b: int
    c: int
    d: int


def hunks(left: str, right: str) -> list[Hunk]:
    """The passages in which two texts differ, from left to right."""
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    inner_left, inner_right = left[start : len(left) - end], right[start : len(right) - end]
    if not inner_left and not inner_right:
        return []
    edits = _edits(inner_left, inner_right)
    if edits is None:
        return [Hunk(start, len(left) - end, start, len(right) - end)]
    moved = [Hunk(h.a + start, h.b + start, h.c + start, h.d + start) for h in edits]
    return _merged(moved)


def _common(left: str, right: str) -> int:
    if left == right:
        return len(left)
    return next(
        (at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )


def _edits(left: str, right: str) -> list[Hunk] | None:
    """Single insertions and deletions, or None where there are more than MOST_EDITS."""
    furthest, trace = {1: 0}, []
    for count in range(min(len(left) + len(right), MOST_EDITS) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-count, count + 1, 2):
            down = diagonal == -count or (
                diagonal != count and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < len(left) and y < len(right) and left[x] == right[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= len(left) and y >= len(right):
                return _path(trace, len(left), len(right))
    return None


def _path(trace: Sequence[dict[int, int]], x: int, y: int) -> list[Hunk]:
    found: list[Hunk] = []
    for count in range(len(trace) - 1, 0, -1):
        furthest, diagonal = trace[count], x - y
        down = diagonal == -count or (
            diagonal != count and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        x = furthest[before]
        y = x - before
        found.append(Hunk(x, x, y, y + 1) if down else Hunk(x, x + 1, y, y))
    return found[::-1]


def _merged(found: list[Hunk]) -> list[Hunk]:
    """Neighbours together: one equal character between two differences is chance."""
    whole: list[Hunk] = []
    for one in found:
        if whole and one.a - whole[-1].b <= 1 and one.c - whole[-1].d <= 1:
            whole[-1] = Hunk(whole[-1].a, one.b, whole[-1].c, one.d)
        else:
            whole.append(one)
    return whole
