"""The policy library: what the published texts say, found by words in either script.

Rules and summaries come out of memory; contacts and official wordings from the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from filings.public import AgencyContact
from jiaozuo_portal.lib.scripts import folded
from policies.eligibility.amounts import in_words
from policies.eligibility.facts import Text
from policies.eligibility.packs import Clause, Document, Kind, Measure, Pack
from policies.models import Pack as PackRow

from .departments import Office, departments_of, offices_of
from .official_wording import Passage, Wording, wordings_of
from .packs import Rules, rules_of
from .wording import KINDS, STRENGTHS, say

#: A duty binds an authority and is nothing that an enterprise could ask for.
ALL_KINDS = KINDS | {Kind.DUTY: gettext_lazy("政府职责")}
LEVELS = {
    "nation": gettext_lazy("国家级"),
    "province": gettext_lazy("省级"),
    "city": gettext_lazy("市级"),
    "county": gettext_lazy("县级"),
}

#: So many clauses stand on one page of the library.
PAGE = 20
#: What is typed beyond this many characters finds nothing more.
MOST_TYPED = 60

#: A number that names one clause or item: 豫政9-17b, 第17条. It is never a part of another one.
_NUMBER = re.compile(r".*\d-\d+[a-z]?").fullmatch
_POINT = re.compile(r"(.*)\u7b2c(\d+)\u6761").fullmatch


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one measure is found by, all of it folded."""

    measure: str
    label: str
    text: str
    numbers: frozenset[str]
    sounds: frozenset[str]

    def has(self, word: str, wording: Wording | None = None) -> bool:
        """Whether the measure is found by a word: its own texts, or the wording of its clause."""
        if point := _POINT(word):
            return point[2] in self.numbers and (not point[1] or point[1] in self.numbers)
        if _NUMBER(word):
            return word in self.numbers
        if word in self.text or word in self.sounds:
            return True
        return wording is not None and wording.has(word)


@dataclass(frozen=True, slots=True)
class Field:
    """One filter as a list to choose from: pairs of value and word."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str

    @property
    def word(self) -> str:
        """What the chosen value is called."""
        return dict(self.options)[self.chosen]


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter: its word, and the address query without it."""

    word: str
    query: str


@dataclass(frozen=True, slots=True)
class Item:
    """One measure of a clause, in the reader's language. `money` is how its amount is counted."""

    key: str
    label: str
    summary: str
    kind: str
    strength: str
    topic: str
    topic_query: str
    is_duty: bool
    offices: tuple[Office, ...]
    apply: str
    needs_application: bool
    papers: tuple[str, ...]
    money: tuple[str, str] | None
    first: date
    last: date | None
    basis: str
    is_inferred: bool
    scope_note: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A clause with those of its items that were asked for.

    `passage` is where its official wording says what its summary does not.
    """

    number: int
    citation: str
    summary: str
    url: str
    items: tuple[Item, ...]
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the library: what was asked, what was found, and the filters."""

    typed: str
    fields: tuple[Field, ...]
    chips: tuple[Chip, ...]
    rows: tuple[Found, ...]
    clauses: int
    items: int
    previous: str | None
    next: str | None

    @property
    def is_narrowed(self) -> bool:
        """Anything left out at all."""
        return bool(self.chips)


@dataclass(frozen=True, slots=True)
class Paper:
    """One official text: what it is, how long it holds, and its clauses."""

    folder: str
    number: str
    title: str
    issuer: str
    level: str
    dated: date
    first: date
    last: date | None
    basis: str
    is_inferred: bool
    place: str
    scope_note: str
    url: str
    clauses: int
    items: int


@dataclass(frozen=True, slots=True)
class Point:
    """One clause on its own page, with its neighbours in the text."""

    paper: Paper
    found: Found
    before: Found | None
    after: Found | None


def shelf(rules: Rules, query: Mapping[str, str]) -> Shelf:
    """The clauses that an address asks for (`q`, document, topic, department, kind, `after`).

    What is no choice is left out; words may be in either script, Chinese or English, or pinyin.
    Where official texts were accepted, their wording is searched as well, in one query.
    """
    pack = rules.pack
    typed = " ".join(query.get("q", "").replace("\0", "").split())[:MOST_TYPED]
    fields = tuple(_fields(pack, query))
    chosen = {field.name: field.chosen for field in fields if field.chosen}
    words = folded(typed).split()
    wordings = wordings_of(pack) if words else {}
    entries = {
        entry.measure: entry
        for entry in _entries(rules.row.pk, rules.row.sha256)
        if _fits(pack, entry.measure, chosen)
        and all(
            entry.has(word, wordings.get(pack.measures[entry.measure].clause)) for word in words
        )
    }
    ranks = {key: -sum(word in one.label for word in words) for key, one in entries.items()}
    clauses = [clause for clause in pack.clauses.values() if set(clause.measures) & ranks.keys()]
    clauses.sort(key=lambda clause: min(ranks[key] for key in clause.measures if key in ranks))
    start = _start(query.get("after", ""), len(clauses))
    return Shelf(
        typed=typed,
        fields=fields,
        chips=tuple(_chips(typed, fields)),
        rows=tuple(
            replace(
                _found(pack, clause, (), ranks.keys()),
                passage=_passage(clause, wordings.get(clause.key), entries, words),
            )
            for clause in clauses[start : start + PAGE]
        ),
        clauses=len(clauses),
        items=len(ranks),
        previous=str(max(0, start - PAGE)) if start else None,
        next=str(start + PAGE) if start + PAGE < len(clauses) else None,
    )


def papers(pack: Pack) -> tuple[Paper, ...]:
    """The official texts in the order of the pack."""
    return tuple(_paper(pack, document) for document in pack.documents.values())


def paper(pack: Pack, folder: str) -> tuple[Paper, tuple[Found, ...]] | None:
    """One text with all its clauses; None for a folder that no text has."""
    document = _document(pack, folder)
    if document is None:
        return None
    return _paper(pack, document), tuple(
        _found(pack, clause, ()) for clause in _clauses(pack, document)
    )


def point(pack: Pack, folder: str, number: int, contacts: Iterable[AgencyContact]) -> Point | None:
    """One clause with its items and the published telephones; None where there is none."""
    document = _document(pack, folder)
    clauses = _clauses(pack, document) if document else []
    at = next((i for i, clause in enumerate(clauses) if clause.number == number), None)
    if document is None or at is None:
        return None
    before = clauses[at - 1] if at else None
    after = clauses[at + 1] if at + 1 < len(clauses) else None
    return Point(
        paper=_paper(pack, document),
        found=_found(pack, clauses[at], tuple(contacts)),
        before=_found(pack, before, ()) if before else None,
        after=_found(pack, after, ()) if after else None,
    )


def _passage(
    clause: Clause, wording: Wording | None, entries: Mapping[str, _Entry], words: list[str]
) -> Passage | None:
    """Where the wording holds a word for which our own texts would not have been found."""
    found = [entries[key] for key in clause.measures if key in entries]
    alone = (word for word in words if not any(one.has(word) for one in found))
    asked = next((word for word in alone if wording and wording.has(word)), None)
    return wording.passage(asked) if wording and asked else None


# -- what a measure is found by


@lru_cache(maxsize=2)
def _entries(pk: int, sha256: str) -> tuple[_Entry, ...]:
    """The index of one pack version, made once in a process."""
    pack = rules_of(PackRow(pk=pk, sha256=sha256))
    return tuple(_entry(pack, measure) for measure in pack.measures.values())


def _entry(pack: Pack, measure: Measure) -> _Entry:
    document, clause = pack.documents[measure.document], pack.clauses[measure.clause]
    topic = pack.topics.get(measure.topic)
    departments = departments_of(pack, measure)
    names = [measure.label, *([topic.label] if topic else []), *(one.name for one in departments)]
    aliases = [form for one in departments for forms in one.printed.values() for form in forms]
    texts = [*names, measure.summary, clause.summary, document.title, document.issuer]
    said = [part for text in texts for part in (text.zh, text.en)]
    said += [document.number, *measure.departments, *aliases, str(KINDS.get(measure.kind, ""))]
    return _Entry(
        measure=measure.id,
        label=folded(f"{measure.label.zh} {measure.label.en}"),
        text=folded(" ".join(said)),
        numbers=frozenset(
            folded(one)
            for one in (
                measure.id,
                measure.clause,
                str(measure.number),
                measure.document,
                document.number,
            )
        ),
        sounds=frozenset(_sounds(text.zh for text in names)),
    )


def _sounds(names: Iterable[str]) -> Iterator[str]:
    """Two to eight syllables in a row in pinyin, and the first letters of three to eight."""
    from pypinyin import lazy_pinyin

    for name in names:
        syllables = [one for one in lazy_pinyin(name, errors="ignore") if one]
        for start in range(len(syllables)):
            for end in range(start + 2, min(start + 8, len(syllables)) + 1):
                yield "".join(syllables[start:end])
                if end - start > 2:
                    yield "".join(one[0] for one in syllables[start:end])


# -- filters


def _fields(pack: Pack, query: Mapping[str, str]) -> Iterator[Field]:
    measures = pack.measures.values()
    topics = {
        key: say(topic.label)
        for key, topic in pack.topics.items()
        if any(measure.topic == key for measure in measures)
    }
    departments = {
        one.name.zh: say(one.name) for measure in measures for one in departments_of(pack, measure)
    }
    kinds = {kind.name.lower(): str(word) for kind, word in ALL_KINDS.items()}
    documents = {one.folder: one.number for one in pack.documents.values()}
    offered = (
        ("document", _("文件"), _("全部文件"), documents),
        ("topic", _("主题"), _("全部主题"), topics),
        ("department", _("责任部门"), _("全部部门"), departments),
        ("kind", _("种类"), _("全部种类"), kinds),
    )
    for name, label, every, options in offered:
        chosen = query.get(name, "")
        yield Field(
            name,
            label,
            (("", every), *options.items()),
            chosen if chosen in options else "",
        )


def _fits(pack: Pack, key: str, chosen: Mapping[str, str]) -> bool:
    measure = pack.measures[key]
    named = chosen.get("department")
    return (
        chosen.get("document") in (None, pack.documents[measure.document].folder)
        and chosen.get("topic") in (None, measure.topic)
        and chosen.get("kind") in (None, measure.kind.name.lower())
        and (named is None or any(one.name.zh == named for one in departments_of(pack, measure)))
    )


def _chips(typed: str, fields: tuple[Field, ...]) -> Iterator[Chip]:
    chosen = {"q": typed} | {field.name: field.chosen for field in fields}
    words = {"q": _("“%(text)s”") % {"text": typed}} | {one.name: one.word for one in fields}
    for name, value in chosen.items():
        if value:
            rest = {other: kept for other, kept in chosen.items() if kept and other != name}
            yield Chip(words[name], urlencode(rest))


def _start(asked: str, count: int) -> int:
    """The first row of the page; the first page for what is no number of one."""
    start = int(asked) if re.fullmatch(r"[0-9]{1,6}", asked) else 0
    return start - start % PAGE if start < count else 0


# -- as it is shown


def _document(pack: Pack, folder: str) -> Document | None:
    return next((one for one in pack.documents.values() if one.folder == folder), None)


def _clauses(pack: Pack, document: Document) -> list[Clause]:
    found = [clause for clause in pack.clauses.values() if clause.document == document.key]
    return sorted(found, key=lambda clause: clause.number)


def _paper(pack: Pack, document: Document) -> Paper:
    validity = document.validity
    clauses = _clauses(pack, document)
    return Paper(
        folder=document.folder,
        number=document.number,
        title=say(document.title),
        issuer=say(document.issuer),
        level=str(LEVELS.get(document.level, document.level)),
        dated=document.date,
        first=validity.first,
        last=validity.last,
        basis=say(validity.basis),
        is_inferred=validity.inferred,
        place=say(pack.jurisdictions[document.jurisdiction].label),
        scope_note=_maybe(document.scope_note),
        url=reverse("library_document", args=[document.folder]),
        clauses=len(clauses),
        items=sum(len(clause.measures) for clause in clauses),
    )


def _found(
    pack: Pack,
    clause: Clause,
    contacts: tuple[AgencyContact, ...],
    wanted: Iterable[str] | None = None,
) -> Found:
    document = pack.documents[clause.document]
    kept = set(clause.measures if wanted is None else wanted)
    return Found(
        number=clause.number,
        citation=_("%(document)s 第%(number)s条")
        % {"document": document.number, "number": clause.number},
        summary=say(clause.summary),
        url=reverse("library_clause", args=[document.folder, clause.number]),
        items=tuple(
            _item(pack, pack.measures[key], contacts) for key in clause.measures if key in kept
        ),
    )


def _item(pack: Pack, measure: Measure, contacts: tuple[AgencyContact, ...]) -> Item:
    topic, validity = pack.topics.get(measure.topic), measure.validity
    is_duty = measure.kind is Kind.DUTY
    return Item(
        key=measure.id,
        label=say(measure.label),
        summary=say(measure.summary),
        kind=str(ALL_KINDS[measure.kind]),
        strength="" if is_duty else str(STRENGTHS.get(measure.strength, "")),
        topic=say(topic.label) if topic else "",
        topic_query=urlencode({"topic": measure.topic}),
        is_duty=is_duty,
        offices=offices_of(pack, measure, contacts),
        apply="" if is_duty else say(measure.apply),
        needs_application=measure.needs_application,
        papers=tuple(say(paper) for paper in measure.papers),
        money=_money(pack, measure),
        first=validity.first,
        last=validity.last,
        basis=say(validity.basis),
        is_inferred=validity.inferred,
        scope_note=_maybe(measure.scope_note),
        notes=tuple(say(note.text) for note in measure.notes),
    )


def _money(pack: Pack, measure: Measure) -> tuple[str, str] | None:
    """What is paid and how it is counted, in words; None where the text names no figure."""
    if measure.amount is None:
        return None
    language = get_language() or "zh-hans"
    return say(measure.amount.name), in_words(measure.amount.formula, pack.registry, language)


def _maybe(text: Text | None) -> str:
    return say(text) if text else ""
