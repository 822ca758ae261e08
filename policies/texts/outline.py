"""A document of a file in the plain form in which drafts are kept, clause by clause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import marks
from .documents import Document, Measure
from .duties import brackets_of
from .folding import folded
from .identity import Identity, identify
from .split import split


@dataclass(frozen=True, slots=True)
class Piece:
    """One numbered clause: wording as printed with its brackets, departments in Simplified."""

    number: int
    section: str
    body: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One document of a file; what the text does not print is empty.

    `remarks` are the doubtful places of the split, each a sentence for the person who corrects it
    once it is turned into text.
    """

    identity: Identity
    opening: str
    pieces: tuple[Piece, ...]
    closing: str
    remarks: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlines:
    """The texts of a file, and what else it holds: a covering guide, by its number or title."""

    texts: tuple[Outline, ...]
    left_out: tuple[str, ...]


def outlines(lines: Iterable[str]) -> Outlines:
    """The documents of a file that hold numbered clauses, in their order.

    Those that name no responsible departments are left out where others do. Raises Unreadable.
    """
    found = split(lines)
    names = (identify(one) for one in found.apart)
    return Outlines(
        tuple(_outline(one) for one in found.documents if one.measures),
        tuple(one.number or one.title for one in names if one.number or one.title),
    )


def departments_in(body: str) -> tuple[str, ...]:
    """The departments in all brackets of a wording, each once, in Simplified script."""
    names = (name for bracket in brackets_of(body) for name in bracket.names)
    return tuple(dict.fromkeys(marks.in_name_form(folded(name)) for name in names))


def _outline(document: Document) -> Outline:
    headed = [f"{one.label}{one.heading}\n{one.text}" for one in document.sections if one.text]
    return Outline(
        identity=identify(document),
        opening="\n".join(filter(None, [document.addressees, *document.preamble, *headed])),
        pieces=tuple(_piece(measure) for measure in document.measures),
        closing="\n".join(document.closing),
        remarks=document.remarks,
    )


def _piece(measure: Measure) -> Piece:
    section = "　".join(measure.path)
    return Piece(measure.number, section, measure.text, departments_in(measure.text))
