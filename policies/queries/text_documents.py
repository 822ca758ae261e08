"""A stored text in the form in which texts are compared and recognised."""

from __future__ import annotations

from collections.abc import Iterable

from policies.models import OfficialText, TextClause
from policies.texts.documents import Document, Measure, Section
from policies.texts.duties import parts_of
from policies.texts.identity import printed_date
from policies.texts.labels import label_of


def document_of(text: OfficialText, clauses: Iterable[TextClause]) -> Document:
    """The text with these clauses as it would be read from a file that prints all of it."""
    measures = tuple(_measure(clause) for clause in clauses)
    dated = text.dated
    return Document(
        number=text.number,
        head=tuple(filter(None, (text.issuer, text.title))),
        preamble=tuple(filter(None, text.opening.split("\n"))),
        dates=(printed_date(dated),) if dated else (),
        sections=tuple(_section(line) for line in _headings(measures)),
        measures=measures,
        closing=tuple(filter(None, text.closing.split("\n"))),
    )


def _measure(clause: TextClause) -> Measure:
    path = tuple(filter(None, clause.section.split("\u3000")))
    label = f"{clause.number}."
    return Measure(clause.number, label, path, clause.body, parts_of(clause.body), clause.position)


def _headings(measures: Iterable[Measure]) -> Iterable[str]:
    """Every heading above the measures, each once, in their order."""
    return dict.fromkeys(line for measure in measures for line in measure.path)


def _section(line: str) -> Section:
    label = label_of(line)
    end = label.end if label else 0
    return Section(line[:end], line[end:], "", 0)
