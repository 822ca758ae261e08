"""A policy pack: documents, clauses and measures as data, with the facts and topics they use.

A pack is a folder: ``pack.yaml``, ``documents.yaml``, ``facts.yaml``, ``topics.yaml``,
``sme_standard.yaml``, ``departments.yaml`` and one file a clause, ``<document folder>/<NN>.yaml``.
The code knows no document, fact, place or figure by name; all of that is in the pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from .amounts import Amount
from .conditions import Condition
from .facts import Registry, Text
from .size import SizeStandard
from .words import PlacedError


class PackError(PlacedError):
    """A pack that cannot be read; the place is ``file:line``."""


class Kind(StrEnum):
    """What a measure is for an enterprise."""

    BENEFIT = "enterprise benefit"
    SERVICE = "service/channel"
    INFORMATION = "information"
    DUTY = "duty of government only"


class Term(StrEnum):
    """How a text ends: with no printed end, on a day, or with an event that a condition names."""

    OPEN = "open"
    DATED = "dated"
    EVENT = "event"


class GivenPer(StrEnum):
    """For what something is given once: the enterprise, each of its sites, or each case of it.

    A case is a loan, a contract, a tax period or a project: when one is granted, the next may be
    applied for.
    """

    ENTERPRISE = "enterprise"
    SITE = "site"
    CASE = "case"


class Scope(StrEnum):
    """Whether the scope section of the document is applied to an item."""

    NONE = "none"  # the document has no scope section
    APPLIED = "applied"
    DOUBTFUL = "applied_doubtful"
    NOT_APPLIED = "not_applied"


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day (both included) and what they rest on; ``inferred`` when not printed."""

    first: date
    last: date | None
    term: Term
    basis: Text
    inferred: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the text is in force on this day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where a document applies: the values of one fact that lie inside."""

    key: str
    label: Text
    fact: str
    inside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """One official text."""

    key: str
    folder: str
    number: str
    title: Text
    issuer: Text
    level: str
    date: date
    jurisdiction: str
    validity: Validity
    scope: Condition | None = None
    scope_note: Text | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """A department under its full name, with the forms in which documents print it."""

    name: Text
    level: str
    printed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """How an ambiguity is read, and the reading or rule it rests on."""

    text: Text
    reading: str | None = None


class Effect(StrEnum):
    """What a later item does to the one that it overrides."""

    REPLACES = "replaces"  # from its day on, for good
    LIMITS = "limits"  # from its day on, and only while the later item is in force itself


@dataclass(frozen=True, slots=True)
class Override:
    """An item takes the place of another from a day on, because a text says so (``basis``)."""

    target: str
    effect: Effect
    first: date
    basis: Text
    line: int = 0


@dataclass(frozen=True, slots=True)
class PackCase:
    """One case written beside an item: facts, the day, and what must come out."""

    name: str
    facts: Mapping[str, Any]
    as_of: date
    verdict: str
    amount: Decimal | None
    checks_amount: bool
    missing: frozenset[str] | None
    line: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One independent benefit, service, information or duty inside a numbered point.

    ``when`` is the whole condition, the scope section of the document included where it applies;
    ``own_condition`` is the item's part alone. ``needs_application`` is false where the benefit
    comes by itself or is taken without asking a department; ``apply`` says how. ``papers`` are
    what an application brings with it. ``given_per`` is the site where the text speaks of what a
    site has (premises, a power connection, a production line), and the case where it speaks of a
    loan, a contract, a period or a project, of which a firm may have several.
    """

    id: str
    document: str
    number: int
    label: Text
    summary: Text
    kind: Kind
    strength: str
    topic: str
    benefit_types: tuple[str, ...]
    departments: tuple[str, ...]
    apply: Text
    validity: Validity
    jurisdiction: Jurisdiction
    scope: Scope
    scope_note: Text | None
    own_condition: Condition
    when: Condition
    amount: Amount | None
    notes: tuple[Note, ...]
    cases: tuple[PackCase, ...]
    file: str
    line: int
    overrides: tuple[Override, ...] = ()
    needs_application: bool = True
    papers: tuple[Text, ...] = ()
    given_per: GivenPer = GivenPer.ENTERPRISE

    @property
    def clause(self) -> str:
        """The numbered point that the measure stands in, e.g. ``豫政9-17``."""
        return f"{self.document}-{self.number}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered point of a document."""

    document: str
    number: int
    summary: Text
    measures: tuple[str, ...]
    file: str

    @property
    def key(self) -> str:
        """``<document>-<number>``, the form in which figures cite a clause."""
        return f"{self.document}-{self.number}"


class Combine(StrEnum):
    """How the members of a topic go together."""

    ONE_PAYMENT = "one_payment"
    ANY_ONE = "any_one"
    PREFER_FIRM_RULE = "prefer_firm_rule"
    CHOOSE_ONE = "choose_one"
    LONGEST = "longest"
    MAY_COEXIST = "may_coexist"
    INDEPENDENT = "independent"
    CUMULATIVE = "cumulative"
    CUMULATIVE_TARGETS = "cumulative_targets"


GIVEN_ONCE = frozenset(
    {
        Combine.ONE_PAYMENT,
        Combine.ANY_ONE,
        Combine.PREFER_FIRM_RULE,
        Combine.CHOOSE_ONE,
        Combine.LONGEST,
    }
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A benefit that one or several measures give. ``money_once``: their money is never added."""

    key: str
    label: Text
    combine: Combine
    members: tuple[str, ...]
    money_once: bool
    preferred: tuple[str, ...] = ()
    note: Text | None = None
    line: int = 0


@dataclass(frozen=True)
class Pack:
    """A policy pack as it was read; never changed."""

    id: str
    version: str
    title: Text
    path: Path | None
    registry: Registry
    size_standard: SizeStandard | None
    jurisdictions: Mapping[str, Jurisdiction]
    documents: Mapping[str, Document]
    departments: tuple[Department, ...]
    clauses: Mapping[str, Clause]
    measures: Mapping[str, Measure]
    topics: Mapping[str, Topic]

    def cases(self) -> Iterator[tuple[Measure, PackCase]]:
        """Every case of every measure."""
        for measure in self.measures.values():
            for case in measure.cases:
                yield measure, case

    def department(self, printed: str, document: str) -> Department | None:
        """The department that a document prints under this name, full or shortened."""
        for department in self.departments:
            if printed in (department.name.zh, *department.printed.get(document, ())):
                return department
        return None

    def chosen(self, ids: Iterable[str] | None) -> tuple[Measure, ...]:
        """The measures with these ids, or all of them.

        Raises:
            KeyError: an id that the pack does not hold.
        """
        if ids is None:
            return tuple(self.measures.values())
        return tuple(self.measures[measure_id] for measure_id in ids)
