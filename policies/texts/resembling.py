"""Which known document a text is that does not say so itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from . import marks
from .documents import Document
from .duties import parts_of
from .folding import folded

_LEAST = 0.05
_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is known: by its measures' wording, or else by their departments.

    Both by the number of the measure; the departments under the names that the text prints, or
    any other, as long as the document to be recognised is given the same.
    """

    key: str
    wordings: Mapping[int, str] = field(default_factory=dict)
    departments: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much of a known document stands in another one: from 0 for nothing to 1 for all."""

    key: str
    share: float


def known_as(key: str, document: Document) -> Known:
    """A document that was read before, as one that is known."""
    return Known(
        key,
        {measure.number: measure.text for measure in document.measures},
        {measure.number: measure.departments for measure in document.measures},
    )


def resemblance(document: Document, known: Iterable[Known]) -> tuple[Resemblance, ...]:
    """The known documents that this one resembles, the nearest first.

    Measures are compared with those of the same number, whatever script and width each is in. A
    copy that leaves out or adds measures resembles the less.
    """
    own = {measure.number: measure for measure in document.measures}
    shingles = {number: _shingles(measure.text) for number, measure in own.items()}
    names = {number: _names(measure.departments) for number, measure in own.items()}
    found = []
    for one in known:
        numbers = {*one.wordings, *one.departments}
        shares = (
            _share(one, number, shingles.get(number), names.get(number)) for number in numbers
        )
        most = max(len(numbers), len(own))
        found.append(Resemblance(one.key, round(sum(shares) / most, 4) if most else 0.0))
    found.sort(key=lambda resembling: -resembling.share)
    return tuple(resembling for resembling in found if resembling.share >= _LEAST)


def _share(known: Known, number: int, shingles: set[str] | None, names: set[str] | None) -> float:
    if shingles is None or names is None:
        return 0.0
    if wording := known.wordings.get(number):
        expected = _shingles(wording)
        return len(expected & shingles) / max(len(expected), len(shingles), 1)
    expected = _names(known.departments.get(number, ()))
    return len(expected & names) / max(len(expected | names), 1)


def _shingles(text: str) -> set[str]:
    said = "".join(part.text for part in parts_of(text))
    words = "".join(one for one in folded(said) if one.isalnum())
    return {words[at : at + _LENGTH] for at in range(max(1, len(words) - _LENGTH + 1))}


def _names(names: Iterable[str]) -> set[str]:
    return {marks.in_name_form(folded(name)) for name in names}
