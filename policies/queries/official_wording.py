"""The official wording of clauses, where an accepted text holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet

from jiaozuo_portal.lib.scripts import folded
from policies.eligibility.packs import Pack
from policies.models import OfficialText, TextClause, TextFile
from policies.texts.folding import folded as folded_in_place
from policies.texts.numbers import document_number

#: Document number and number of the clause, as a pack cites them.
Cited = tuple[str, int]

#: So many characters stand on each side of what was found.
AROUND = 24


@dataclass(frozen=True, slots=True)
class Quote:
    """The wording of one clause as printed, whose text was accepted at `accepted_at`."""

    number: str
    clause: int
    wording: str
    language: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Printed:
    """A whole document as printed: its clauses by number, and the file if everybody may have it."""

    clauses: Mapping[int, Quote]
    file: TextFile | None

    def besides(self, numbers: Iterable[int]) -> list[Quote]:
        """The clauses with other numbers than these."""
        known = set(numbers)
        return [quote for number, quote in self.clauses.items() if number not in known]


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a wording around a place that was found, in its own script."""

    before: str
    found: str
    after: str
    language: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of a clause, to be searched in either script."""

    body: str
    language: str

    def has(self, word: str) -> bool:
        """Whether a folded word stands in it."""
        return word in _folded(self.body)

    def passage(self, word: str) -> Passage:
        """The place of a folded word that stands in it; its beginning where it is not printed so.

        A wording may print a word in full-width characters or with a space.
        """
        at = folded_in_place(self.body).lower().find(word)
        start, end = (at, at + len(word)) if at >= 0 else (0, 0)
        first, last = max(0, start - AROUND), end + AROUND
        return Passage(
            ("……" if first else "") + self.body[first:start],
            self.body[start:end],
            self.body[end:last] + ("……" if last < len(self.body) else ""),
            self.language,
        )


def quotes(cited: Iterable[Cited]) -> dict[Cited, Quote]:
    """The official wording of these clauses, as far as there is one; one query."""
    wanted = {(document_number(number), clause): (number, clause) for number, clause in cited}
    if not wanted:
        return {}
    rows = _clauses(number for number, __ in wanted)
    rows = rows.filter(number__in={clause for __, clause in wanted})
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


def printed(number: str) -> Printed | None:
    """The document of this number as printed, where a text of it is accepted; two queries."""
    rows = list(_clauses([number]))
    if not rows:
        return None
    return Printed({row.number: _quote(row) for row in rows}, public_file(number))


def public_file(number: str) -> TextFile | None:
    """The file that the accepted wording of a document was read from; one query.

    SECURITY: a file that also holds a draft is not handed out: nobody has vouched for all of it.
    """
    draft = OfficialText.objects.filter(file=OuterRef("pk"), status=OfficialText.Status.DRAFT)
    accepted = OfficialText.objects.quoted().filter(number=document_number(number))
    return TextFile.objects.filter(~Exists(draft), texts__in=accepted).first()


def wordings_of(pack: Pack) -> dict[str, Wording]:
    """The wording of every clause of a pack that has one, by the clause's key; one query."""
    keys = {document_number(one.number): one.key for one in pack.documents.values()}
    return {
        f"{keys[row.text.number]}-{row.number}": Wording(row.body, row.text.language)
        for row in _clauses(keys)
    }


def _clauses(numbers: Iterable[str]) -> QuerySet[TextClause]:
    """The clauses of the texts that are quoted for these document numbers, in their order."""
    rows = TextClause.objects.filter(
        text__status="accepted",
        text__parallel_of__isnull=True,
        text__number__in={document_number(number) for number in numbers},
    ).select_related("text")
    return rows.defer("text__opening", "text__closing").order_by("text_id", "position")


@lru_cache(maxsize=2048)
def _folded(body: str) -> str:
    """A wording folded once in a process: what a text says is the key, so it is never old."""
    return folded(body)


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
