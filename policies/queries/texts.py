"""Official texts as the pages of policy officers show them: clauses, doubts, rules, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import User
from policies.eligibility.packs import Clause, Document, Pack
from policies.models import OfficialText, TextClause
from policies.texts.departments import full_names
from policies.texts.duties import brackets_of
from policies.texts.numbers import document_number

from .wording import say

#: A wording shorter than this is hardly a whole clause.
_SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many clauses of a text have rules; `is_known` when the pack holds the document at all."""

    covered: int
    total: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text in the list, with its coverage."""

    text: OfficialText
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Named:
    """A department as the text prints it, and its full name where the pack knows it."""

    printed: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A clause on the page: what is doubtful in it, and where its rules are."""

    clause: TextClause
    heading: str
    rest: str
    departments: tuple[Named, ...]
    doubts: tuple[str, ...]
    rules_url: str
    items: int


@dataclass(frozen=True, slots=True)
class Section:
    """Clauses under one heading."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TextPage:
    """Everything that the page of one text shows of it."""

    text: OfficialText
    sections: tuple[Section, ...]
    coverage: Coverage
    document: Document | None

    @property
    def doubts(self) -> tuple[Line, ...]:
        """The clauses at which somebody should look."""
        return tuple(line for section in self.sections for line in section.lines if line.doubts)


def texts_for(user: User, pack: Pack | None) -> list[TextRow]:
    """Every text that this person may see, newest file first, in two queries."""
    found = OfficialText.objects.visible_to(user).defer("opening", "closing")
    texts = list(found.select_related("file__uploaded_by", "accepted_by", "parallel_of")[:200])
    numbers: dict[int, list[int]] = {}
    pairs = TextClause.objects.filter(text__in=texts).values_list("text_id", "number")
    for text_id, number in pairs.order_by():
        numbers.setdefault(text_id, []).append(number)
    return [TextRow(text, coverage_of(text, numbers.get(text.pk, []), pack)) for text in texts]


def coverage_of(text: OfficialText, numbers: Sequence[int], pack: Pack | None) -> Coverage:
    """How many of the numbered clauses the pack has rules for."""
    document = document_in(pack, text.number)
    known = _clauses(pack, document)
    return Coverage(sum(one in known for one in numbers), len(numbers), document is not None)


def document_in(pack: Pack | None, number: str) -> Document | None:
    """The document of the pack that has this number, in whatever brackets it is written."""
    if pack is None or not number:
        return None
    wanted = document_number(number)
    found = (one for one in pack.documents.values() if document_number(one.number) == wanted)
    return next(found, None)


def text_page(text: OfficialText, pack: Pack | None) -> TextPage:
    """One text with its clauses by section, in one query."""
    clauses = list(text.clauses.all())
    document = document_in(pack, text.number)
    known = _clauses(pack, document)
    doubts = _doubts(clauses)
    sections: list[tuple[str, list[Line]]] = []
    for clause in clauses:
        if not sections or sections[-1][0] != clause.section:
            sections.append((clause.section, []))
        line = _line(clause, pack, document, known, doubts.get(clause.pk, ()))
        sections[-1][1].append(line)
    return TextPage(
        text=text,
        sections=tuple(Section(name, tuple(lines)) for name, lines in sections),
        coverage=coverage_of(text, [clause.number for clause in clauses], pack),
        document=document,
    )


@dataclass(frozen=True, slots=True)
class RulesLine:
    """A clause of an official text for which rules are begun, and what the form starts from.

    `initial` is None while the rules do not have its document.
    """

    clause: TextClause
    initial: dict[str, Any] | None


def line_for(user: User, asked: str, pack: Pack) -> RulesLine | None:
    """The clause that an address names, and what the rules of a pack begin with; else None."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return None
    found = TextClause.objects.filter(text__in=OfficialText.objects.visible_to(user))
    clause = found.select_related("text").filter(pk=int(asked)).first()
    document = document_in(pack, clause.text.number) if clause else None
    if clause is None:
        return None
    if document is None:
        return RulesLine(clause, None)
    full = full_names(clause.departments, _aliases(pack, document))
    return RulesLine(
        clause,
        {
            "document": document.key,
            "number": clause.number,
            "departments": [one.name for one in full if one.is_known],
            "more_zh": "\n".join(one.name for one in full if not one.is_known),
            "more_level": document.level if document.level in ("province", "county") else "city",
        },
    )


def _clauses(pack: Pack | None, document: Document | None) -> dict[int, Clause]:
    if pack is None or document is None:
        return {}
    return {one.number: one for one in pack.clauses.values() if one.document == document.key}


def _line(
    clause: TextClause,
    pack: Pack | None,
    document: Document | None,
    known: dict[int, Clause],
    doubts: Iterable[str],
) -> Line:
    heading = clause.heading
    rules = known.get(clause.number)
    address = [document.folder, clause.number] if document and rules else []
    return Line(
        clause=clause,
        heading=heading,
        rest=clause.body[len(heading) :],
        departments=tuple(named_departments(clause.departments, pack, document)),
        doubts=tuple(doubts),
        rules_url=reverse("library_clause", args=address) if address else "",
        items=len(rules.measures) if rules else 0,
    )


def named_departments(
    printed: Iterable[str], pack: Pack | None, document: Document | None
) -> Iterable[Named]:
    """Each department as printed, with its full name in the reader's language where it differs."""
    known = {one.name.zh: say(one.name) for one in pack.departments} if pack else {}
    for one in full_names(printed, _aliases(pack, document)):
        yield Named(one.printed, known.get(one.name, one.name) if one.name != one.printed else "")


def _aliases(pack: Pack | None, document: Document | None) -> dict[str, str]:
    """The full name for every form that the document may print."""
    found: dict[str, str] = {}
    for one in pack.departments if pack else ():
        forms = one.printed.get(document.key, ()) if document else ()
        found |= dict.fromkeys((one.name.zh, *forms), one.name.zh)
    return found


def _doubts(clauses: Sequence[TextClause]) -> dict[int, list[str]]:
    """What looks wrong at each clause; worked out anew each time, so that it goes once mended."""
    count = Counter(clause.number for clause in clauses)
    found: dict[int, list[str]] = {}
    before = 0
    for clause in clauses:
        said = found.setdefault(clause.pk, [])
        if count[clause.number] > 1:
            said.append(_("这个编号有 %(n)s 条。") % {"n": count[clause.number]})
        elif clause.number != before + 1:
            values = {"before": before, "here": clause.number}
            said.append(
                _("前面一条是第 %(before)s 条，这里是第 %(here)s 条。") % values
                if before
                else _("第一条的编号是 %(here)s。") % values
            )
        if len(clause.body) < _SHORTEST:
            said.append(_("原文很短，可能没有分对。"))
        if any(not one.is_closed for one in brackets_of(clause.body)):
            said.append(_("责任单位的括号没有写完。"))
        if not clause.departments:
            said.append(_("没有写责任部门。"))
        before = clause.number
    return {key: said for key, said in found.items() if said}
