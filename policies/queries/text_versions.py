"""Which document a draft is another version of, and in what two versions differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from filings.public import User
from policies.eligibility.packs import Document as PackDocument
from policies.eligibility.packs import Pack
from policies.models import OfficialText, TextClause
from policies.texts.comparing import Difference, compare
from policies.texts.resembling import Known, resemblance

from .text_documents import document_of

#: A text is looked for among so many, the newest first.
MOST_LOOKED_AT = 30
#: From this share on, a likeness is more than a coincidence.
_LEAST = 0.6


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a draft seems to be: another text, or else a document of the pack.

    `percent` says how much of it agrees: its wording, or for a document its departments.
    """

    percent: int
    text: OfficialText | None = None
    document: PackDocument | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two texts: what they say, and only how it is printed."""

    left: OfficialText
    right: OfficialText
    substance: tuple[Difference, ...]
    format: tuple[Difference, ...]

    @property
    def both(self) -> tuple[OfficialText, OfficialText]:
        """The two texts in the order of the columns."""
        return self.left, self.right


def likeness_of(text: OfficialText, pack: Pack | None, user: User) -> Likeness | None:
    """What a draft is most like, or None; two queries.

    Without a text to compare with, the departments of its clauses tell a document of the pack; one
    that prints its own number needs no such guess.
    """
    others = OfficialText.objects.visible_to(user).filter(parallel_of__isnull=True)
    others = others.exclude(pk=text.pk).exclude(status=OfficialText.Status.WITHDRAWN)
    texts = {str(one.pk): one for one in others.defer("opening", "closing")[:MOST_LOOKED_AT]}
    rows = TextClause.objects.filter(text__in=[text.pk, *texts]).order_by("position")
    clauses: dict[int, list[TextClause]] = {}
    for row in rows:
        clauses.setdefault(row.text_id, []).append(row)
    known = [
        Known(key, {row.number: row.body for row in clauses.get(one.pk, [])})
        for key, one in texts.items()
    ]
    if pack is not None and not text.number:
        known += _documents(pack, {one.number for one in texts.values()})
    mine = document_of(text, clauses.get(text.pk, []))
    best = next((one for one in resemblance(mine, known) if one.share >= _LEAST), None)
    if best is None:
        return None
    percent = int(best.share * 100)
    if best.key in texts:
        return Likeness(percent, text=texts[best.key])
    return Likeness(percent, document=pack.documents[best.key] if pack else None)


def comparison_of(left: OfficialText, right: OfficialText) -> Comparison:
    """What differs between two texts, from top to bottom; two queries."""
    found = compare(document_of(left, left.clauses.all()), document_of(right, right.clauses.all()))
    return Comparison(
        left,
        right,
        tuple(one for one in found if one.substance),
        tuple(one for one in found if not one.substance),
    )


def _documents(pack: Pack, imported: set[str]) -> Iterable[Known]:
    """The documents of the pack that no text stands for, by the departments of their clauses."""
    for key, document in pack.documents.items():
        if document.number in imported:
            continue
        departments: dict[int, list[str]] = {}
        for measure in pack.measures.values():
            if measure.document == key:
                departments.setdefault(measure.number, []).extend(measure.departments)
        yield Known(key, departments=departments)
