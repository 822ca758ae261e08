"""The official wording of clauses, where an accepted text holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.eligibility.packs import Pack
from policies.models import TextClause
from policies.texts.numbers import document_number

#: Document number and number of the clause, as a pack cites them.
Cited = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Quote:
    """The wording of one clause as printed, whose text was accepted at `accepted_at`."""

    number: str
    clause: int
    wording: str
    language: str
    accepted_at: datetime


def quotes(cited: Iterable[Cited]) -> dict[Cited, Quote]:
    """The official wording of these clauses, as far as there is one; one query."""
    wanted = {(document_number(number), clause): (number, clause) for number, clause in cited}
    if not wanted:
        return {}
    rows = TextClause.objects.filter(
        text__status="accepted",
        text__parallel_of__isnull=True,
        text__number__in={number for number, __ in wanted},
        number__in={clause for __, clause in wanted},
    ).select_related("text")
    rows = rows.defer("text__opening", "text__closing")
    return {
        wanted[row.text.number, row.number]: _quote(row)
        for row in rows
        if (row.text.number, row.number) in wanted
    }


def quote_of(number: str, clause: int) -> Quote | None:
    """The official wording of one clause, or None; one query."""
    return quotes([(number, clause)]).get((number, clause))


def quotes_of(pack: Pack, measures: Iterable[str]) -> dict[str, Quote]:
    """The wording of the clauses in which these measures stand, by measure; one query."""
    cited = {
        key: (pack.documents[measure.document].number, measure.number)
        for key, measure in ((key, pack.measures[key]) for key in measures)
    }
    found = quotes(cited.values())
    return {key: found[place] for key, place in cited.items() if place in found}


def _quote(row: TextClause) -> Quote:
    accepted_at = row.text.accepted_at
    assert accepted_at is not None  # noqa: S101  an accepted text has its moment
    return Quote(
        row.text.number,
        row.number,
        f"{row.number}. {row.body}",
        row.text.language,
        accepted_at,
    )
