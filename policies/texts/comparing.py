"""What differs between two copies of one document, in whatever script and width each is printed.

Both are folded to one form before they are compared, so the faults of a machine conversion and the
habits of a printer are no differences. Those of the second kind are told once for the whole text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from . import marks
from .diffing import hunks
from .documents import Document, Measure
from .duties import brackets_of
from .folding import folded
from .identity import Identity, identify
from .joining import joined
from .numbers import document_number

Part = Literal[
    "title", "number", "issuer", "dated", "addressees", "preamble", "section", "measure",
    "closing", "whole",
]  # fmt: skip
Kind = Literal["wording", "figure", "department", "missing", "punctuation", "variant", "format"]

CONTEXT = 8
_PLACES: dict[Part, Any] = {
    "title": _("标题"),
    "number": _("文号"),
    "issuer": _("发文机关"),
    "dated": _("成文日期"),
    "addressees": _("主送机关"),
    "preamble": _("开头"),
    "section": _("第%(label)s部分的标题"),
    "measure": _("第 %(label)s 条"),
    "closing": _("结尾"),
    "whole": _("全文"),
}
_NO_SUBSTANCE = ("punctuation", "variant", "format")
#: Two ways to write one character that a conversion between the scripts leaves apart.
_VARIANTS = {frozenset(pair) for pair in ("著着", "裏里", "啓启", "啟启", "綫线", "份分", "么麽")}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟「」『』〝〞＂", '"') | dict.fromkeys("‘’", "'"))
#: Stands for a bracket of departments, which is compared name by name.
_BRACKET = "\ue000"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: `left` is what the first copy prints, `right` what the second one does.

    `part` and `label` say where: the label is the number of a measure or section as the first copy
    prints it. `before` and `after` are the few characters around it in the first copy. `substance`
    is False where only marks, variants of characters or format differ. `count` says how often a
    difference of format occurs.
    """

    part: Part
    label: str
    kind: Kind
    left: str
    right: str
    before: str = ""
    after: str = ""
    count: int = 1

    @property
    def substance(self) -> bool:
        """Whether the copies say something else, and not only print it otherwise."""
        return self.kind not in _NO_SUBSTANCE

    @property
    def where(self) -> str:
        """The place in the reader's language."""
        return str(_PLACES[self.part]) % {"label": self.label}


def compare(official: Document, copy: Document) -> tuple[Difference, ...]:
    """Every difference between two copies of a document, from top to bottom, format last."""
    format_: Counter[tuple[str, str]] = Counter()
    found = [*_identities(identify(official), identify(copy))]
    for part, label, left, right in _passages(official, copy):
        if not left or not right:
            if left or right:
                found.append(Difference(part, label, "missing", left, right))
            continue
        found += _in_passage(part, label, left, right, format_)
    return (*found, *_of_format(format_))


def _identities(left: Identity, right: Identity) -> Iterator[Difference]:
    pairs: tuple[tuple[Part, str, str], ...] = (
        ("title", left.title, right.title),
        ("number", left.number, right.number),
        ("issuer", left.issuer, right.issuer),
        ("dated", str(left.dated or ""), str(right.dated or "")),
    )
    for part, one, other in pairs:
        if _folded(one) != _folded(other) and document_number(one) != document_number(other):
            kind: Kind = "wording" if one and other else "missing"
            yield Difference(part, "", kind, one, other)


def _passages(left: Document, right: Document) -> Iterator[tuple[Part, str, str, str]]:
    """The passages to compare, each with its part and label; one is empty where it is missing."""
    yield "addressees", "", left.addressees, right.addressees
    yield "preamble", "", joined(left.preamble), joined(right.preamble)
    for one, other in zip_longest(left.sections, right.sections):
        label = (one or other).label.rstrip("、")
        texts = [f"{s.heading}{s.text}" if s else "" for s in (one, other)]
        yield "section", label, texts[0], texts[1]
    yield from _measures(left, right)
    yield "closing", "", joined(left.closing), joined(right.closing)


def _measures(left: Document, right: Document) -> Iterator[tuple[Part, str, str, str]]:
    ones, others = _by_place(left), _by_place(right)
    for place in sorted({*ones, *others}):
        one, other = ones.get(place), others.get(place)
        label = str(place[1])
        yield "measure", label, one.text if one else "", other.text if other else ""


def _by_place(document: Document) -> dict[tuple[int, int], Measure]:
    """The measures by number, and by how often that number has stood before."""
    seen: Counter[int] = Counter()
    found = {}
    for measure in document.measures:
        found[seen[measure.number], measure.number] = measure
        seen[measure.number] += 1
    return found


def _in_passage(
    part: Part, label: str, left: str, right: str, format_: Counter[tuple[str, str]]
) -> Iterator[Difference]:
    lists = list(zip_longest(brackets_of(left), brackets_of(right)))
    if any(one is None or other is None for one, other in lists):
        yield from _in_words(part, label, left, right, format_)
        return
    yield from _in_words(part, label, _without_lists(left), _without_lists(right), format_)
    for one, other in lists:
        _count_format(left[one.start : one.end], right[other.start : other.end], format_)
        for difference in _in_names(one.names, other.names, format_):
            yield replace(difference, part=part, label=label)


def _without_lists(text: str) -> str:
    words, start = [], 0
    for bracket in brackets_of(text):
        words.append(text[start : bracket.start])
        start = bracket.end
    return _BRACKET.join([*words, text[start:]])


def _in_names(
    left: tuple[str, ...], right: tuple[str, ...], format_: Counter[tuple[str, str]]
) -> Iterator[Difference]:
    """Names that only one of two lists holds, paired in their order; then another order."""
    folds = [_folded(name) for name in left], [_folded(name) for name in right]
    only_left = [name for name, fold in zip(left, folds[0], strict=True) if fold not in folds[1]]
    only_right = [name for name, fold in zip(right, folds[1], strict=True) if fold not in folds[0]]
    for one, other in zip_longest(only_left, only_right, fillvalue=""):
        yield Difference("measure", "", "department", one, other)
    if not only_left and not only_right and folds[0] != folds[1]:
        yield Difference("measure", "", "department", "、".join(left), "、".join(right))


def _in_words(
    part: Part, label: str, left: str, right: str, format_: Counter[tuple[str, str]]
) -> Iterator[Difference]:
    left, right = "".join(left.split()), "".join(right.split())
    one, other = _folded(left), _folded(right)
    at = to = 0
    for hunk in hunks(one, other):
        _count_format(left[at : hunk.a], right[to : hunk.c], format_)
        at, to = hunk.b, hunk.d
        words = left[hunk.a : hunk.b], right[hunk.c : hunk.d]
        yield Difference(
            part,
            label,
            _kind(*words),
            _shown(words[0]),
            _shown(words[1]),
            before=_shown(left[max(0, hunk.a - CONTEXT) : hunk.a]),
            after=_shown(left[hunk.b : hunk.b + CONTEXT]),
        )
    _count_format(left[at:], right[to:], format_)


def _folded(text: str) -> str:
    """One form of a text, place for place: one script, half width, one shape of brackets."""
    return folded(marks.plain(text)).translate(_QUOTES)


def _shown(text: str) -> str:
    return text.replace(_BRACKET, "（…）")


def _kind(left: str, right: str) -> Kind:
    both = left + right
    if any(one.isdecimal() for one in both):
        return "figure"
    if not any(one.isalnum() for one in both) and _BRACKET not in both:
        return "punctuation"
    if len(left) == len(right) and all(map(_is_variant, left, right)):
        return "variant"
    return "wording"


def _is_variant(one: str, other: str) -> bool:
    return folded(one) == folded(other) or frozenset(one + other) in _VARIANTS


def _count_format(left: str, right: str, found: Counter[tuple[str, str]]) -> None:
    """Count the marks of two equal passages that are printed in another width or shape."""
    if len(left) != len(right) or _folded(left) != _folded(right):
        return
    found.update(
        (one, other)
        for one, other in zip(left, right, strict=True)
        if one != other and not one.isalpha() and not other.isalpha()
    )


def _of_format(found: Counter[tuple[str, str]]) -> Iterator[Difference]:
    """Widths together, and shapes together: each once for the whole text."""
    width = {pair: n for pair, n in found.items() if marks.half(pair[0]) == marks.half(pair[1])}
    shape = {pair: n for pair, n in found.items() if pair not in width}
    for pairs in (width, shape):
        if pairs:
            left, right = ("".join(pair[side] for pair in sorted(pairs)) for side in (0, 1))
            yield Difference("whole", "", "format", left, right, count=sum(pairs.values()))
