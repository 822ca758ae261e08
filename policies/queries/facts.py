"""What is known of one filing: profile, filing, lists, announcements, then declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, cast

from filings.public import FILING_FACTS, PROFILE_FACTS, Filing, KnownFact, facts_of
from jiaozuo_portal.lib import clock
from policies.eligibility import FactError
from policies.eligibility.facts import Absent, Facts, FactSpec, FactType, Registry, SourceKind
from policies.models import Announced, Declaration, ListEntry, OfficialList

from .kept import Kept, kept_for


class Way(StrEnum):
    """How a missing fact can be given."""

    DECLARE = "declare"
    PROFILE = "profile"
    FILING = "filing"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: `profile`, `filing`, `list`, `setting` or `declaration`.

    With a declaration, an announced value or a list goes the row itself; `entry` is the line of
    the list, and None where an enterprise is not on a list that is complete.
    """

    source: str
    declaration: Declaration | None = None
    announced: Announced | None = None
    official_list: OfficialList | None = None
    entry: ListEntry | None = None


#: Most facts come from one of these two.
_ORIGINS = {source: Origin(source) for source in ("profile", "filing")}


@dataclass(frozen=True)
class Gathered:
    """The facts of a filing, ready to be judged.

    `values` are accepted by the registry, `facts` the same as it reads them; `refused` names those
    that it cannot take, with the reason; `unused` holds current declarations that another source
    has overtaken.
    """

    values: Mapping[str, Any]
    origins: Mapping[str, Origin]
    refused: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[Declaration, ...] = ()
    facts: Facts = field(default_factory=lambda: Facts({}))


def way_to_give(registry: Registry, name: str) -> Way:
    """Where the enterprise gives this fact.

    The size class follows from the profile under the size standard, so it is not declared either.
    """
    if name in FILING_FACTS:
        return Way.FILING
    if name in PROFILE_FACTS or _is_size_of_profile(registry, name):
        return Way.PROFILE
    if registry.facts[name].source is SourceKind.SETTING:
        return Way.SETTING
    return Way.DECLARE


def gather(
    filing: Filing,
    registry: Registry,
    declared: list[Declaration] | None = None,
    kept: Kept | None = None,
) -> Gathered:
    """Every fact that is known of a filing.

    `declared` are the enterprise's current declarations, `kept` what lists and announcements say
    on the day that is judged; read here when None, then for the portal's present day.

    What profile or filing say stands, then a list or an announcement; a declaration of the same
    fact is not used. A value that
    the registry cannot take is left out, which makes it unknown; never where the absence of the
    fact would itself count as an answer (FactError then: the pack does not fit this city).
    """
    kept = kept or kept_for([filing.enterprise.uscc], clock.day_of(clock.now()))
    if declared is None:
        by_enterprise = declarations_by_enterprise([filing.enterprise_id])
        declared = by_enterprise.get(filing.enterprise_id, [])
    return gathered_from(facts_of(filing), filing.enterprise.uscc, registry, declared, kept)


def gathered_from(
    portal: Mapping[str, KnownFact],
    uscc: str,
    registry: Registry,
    declared: Iterable[Declaration],
    kept: Kept,
) -> Gathered:
    """The same from what was read before: `portal` says what profile and filing give."""
    known = {
        name: (fact.value, _ORIGINS[fact.source])
        for name, fact in portal.items()
        if name in registry.facts
    }
    for name, found in _kept_facts(uscc, registry, kept).items():
        known.setdefault(name, found)
    unused = []
    for declaration in declared:
        spec = registry.facts.get(declaration.fact)
        if spec is None:
            continue
        if declaration.fact in known or way_to_give(registry, declaration.fact) is not Way.DECLARE:
            unused.append(declaration)
            continue
        value = typed(spec, declaration.value)
        known[declaration.fact] = (value, Origin("declaration", declaration))
    facts, refused = _accepted(known, registry)
    return Gathered(
        values={name: value for name, (value, _) in known.items() if name not in refused},
        origins={name: origin for name, (_, origin) in known.items() if name not in refused},
        refused=refused,
        unused=tuple(unused),
        facts=facts,
    )


def declarations_by_enterprise(ids: Iterable[int]) -> dict[int, list[Declaration]]:
    """What each enterprise declares now, in the order of the answers. One query."""
    found = Declaration.objects.filter(enterprise_id__in=set(ids)).current()
    by_enterprise: dict[int, list[Declaration]] = {}
    for declaration in found.select_related("by").order_by("pk"):
        by_enterprise.setdefault(declaration.enterprise_id, []).append(declaration)
    return by_enterprise


class Answer(NamedTuple):
    """As much of a declaration as judging reads."""

    pk: int
    fact: str
    value: Any


def answers_by_enterprise(ids: Iterable[int]) -> dict[int, list[Declaration]]:
    """The same for judging many: rows that know key, fact and value and nothing else. One query.

    Making model objects of them would take longer than judging by them.
    """
    found = Declaration.objects.filter(enterprise_id__in=set(ids)).current().order_by("pk")
    by_enterprise: dict[int, list[Answer]] = {}
    rows = found.values_list("enterprise_id", "pk", "fact", "value")
    for enterprise, *answer in rows.iterator(chunk_size=5000):
        by_enterprise.setdefault(enterprise, []).append(Answer(*answer))
    return cast("dict[int, list[Declaration]]", by_enterprise)


def typed(spec: FactSpec, stored: Any) -> Any:
    """A stored declaration as the registry reads it: numbers are kept as exact text."""
    if spec.type is FactType.INT:
        return int(stored)
    return Decimal(stored) if spec.type is FactType.NUMBER else stored


def _kept_facts(uscc: str, registry: Registry, kept: Kept) -> dict[str, tuple[Any, Origin]]:
    """What lists and announcements say; only of facts that the pack takes from there."""
    found: dict[str, tuple[Any, Origin]] = {}
    for name, (value, official, entry) in kept.of(uscc).items():
        spec = registry.facts.get(name)
        if spec is not None and spec.source is SourceKind.LIST:
            found[name] = (value, Origin("list", official_list=official, entry=entry))
    return found | announced_facts_of(registry, kept)


def announced_facts_of(registry: Registry, kept: Kept) -> dict[str, tuple[Any, Origin]]:
    """What authorities have announced for everybody, of facts that the pack takes from there."""
    found: dict[str, tuple[Any, Origin]] = {}
    for one in kept.announced:
        spec = registry.facts.get(one.fact)
        if spec is not None and spec.source is SourceKind.SETTING:
            found[one.fact] = (typed(spec, one.value), Origin("setting", announced=one))
    return found


def _is_size_of_profile(registry: Registry, name: str) -> bool:
    size = registry.size_inputs
    if size is None or name != size.size:
        return False
    return {size.industry, *size.indicators} <= PROFILE_FACTS


def _accepted(
    known: Mapping[str, tuple[Any, Origin]], registry: Registry
) -> tuple[Facts, dict[str, str]]:
    """The facts as the registry takes them, and what it cannot take: one after the other is left
    out until the rest is accepted."""
    left = {name: value for name, (value, _) in known.items()}
    refused: dict[str, str] = {}
    while True:
        try:
            return registry.parse(left), refused
        except FactError as error:
            name = error.place.removeprefix("facts.")
            if name not in left or _absence_answers(registry.facts[name]):
                raise
            refused[name] = str(error.reason)
            del left[name]


def _absence_answers(spec: FactSpec) -> bool:
    return spec.absent is Absent.HOLDS or spec.default is not None
