"""Judging many enterprises: what was judged for one is looked up for those like it.

Two enterprises are alike for a measure when each fact that its conditions name puts them on the
same side of every comparison; where a comparison is open, when the same is known of what it rests
on. How many are employed does not matter then, only that it is fewer than the limit. Enterprises
that are alike have the same finding (`finding`); amounts are worked out for each.

The first of its kind is judged as everybody is (`verdicts.judge_measure`), so there is one judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from .conditions import Leaf, leaf_truth, leaves
from .facts import Facts
from .finding import Finding, finding_of, read_by
from .packs import Kind, Measure, Pack
from .situation import Known, Situation
from .verdicts import Verdict, judge_measure

#: What is remembered is forgotten at this many kinds of enterprise, so that memory stays the same.
MOST_REMEMBERED = 20_000

Key = Any


@dataclass(frozen=True, slots=True)
class Found:
    """The finding on one measure, and the amount for this enterprise where it is known."""

    finding: Finding
    amount: Decimal | None = None


@dataclass(slots=True)
class _Place:
    """A measure with what was found so far, by the codes of the facts that it names."""

    measure: Measure
    key_of: Callable[[list[int]], Key]
    known: dict[Key, Finding]


class Recall:
    """The judge of one pack on one day, with a memory.

    ``read`` names every fact that some measure or amount reads, derived ones included.
    """

    def __init__(self, pack: Pack, as_of: date) -> None:
        self.pack, self.as_of = pack, as_of
        self._whole: dict[Key, tuple[tuple[_Place, Key, Finding], ...]] = {}
        self._codes: dict[Key, int] = {}
        offered = [one for one in pack.measures.values() if one.kind is not Kind.DUTY]
        self._leaves = _leaves_by_fact(offered)
        self._exact = _mixed_facts(pack, offered)
        self._index = {
            name: i for i, name in enumerate({**self._leaves, **dict.fromkeys(self._exact)})
        }
        self._code_of_value: dict[str, dict[Any, int]] = {name: {} for name in self._index}
        self._places = {one.id: self._place(one) for one in offered}
        self.read = frozenset[str]().union(*(read_by(one, pack.registry) for one in offered))
        self._absent = self._codes_without_facts()

    def situation(self, facts: Facts) -> Situation:
        """The enterprise with these facts on the day."""
        return Situation(facts, self.as_of, self.pack.registry, self.pack.size_standard)

    def findings(
        self, situation: Situation, measures: Iterable[str] | None = None
    ) -> dict[str, Found]:
        """What is found on these measures, or on all that are offered to enterprises."""
        if len(self._codes) > MOST_REMEMBERED:
            self._forget()
        asked = None if measures is None else frozenset(measures)
        codes = self._codes_of(situation)
        key = (asked, tuple(codes))
        alike = self._whole.get(key)
        if alike is None:
            alike = tuple(
                self._look_up(place, codes, situation)
                for one, place in self._places.items()
                if asked is None or one in asked
            )
            if len(self._whole) >= MOST_REMEMBERED:
                self._whole.clear()
            self._whole[key] = alike
        return {
            place.measure.id: self._with_amount(place, key, finding, situation)
            for place, key, finding in alike
        }

    # -- codes: one small number for everything that makes a difference about a fact

    def _codes_of(self, situation: Situation) -> list[int]:
        codes = self._absent.copy()
        for given in situation.facts:
            for name in self.pack.registry.resting_on(given):
                place = self._index.get(name)
                if place is not None:
                    codes[place] = self._code(name, situation)
        return codes

    def _code(self, name: str, situation: Situation) -> int:
        reading = situation.read(name)
        if not isinstance(reading, Known):
            return self._numbered((name, None, *self._open_state(name, situation)))
        known = self._code_of_value[name]
        code = known.get(reading.value)
        if code is None:
            side: Any = reading.value if name in self._exact else self._truths(name, situation)
            code = self._numbered((name, side))
            if len(known) < MOST_REMEMBERED:
                known[reading.value] = code
        return code

    def _truths(self, name: str, situation: Situation) -> tuple[bool | None, ...]:
        return tuple(leaf_truth(leaf, situation) for leaf in self._leaves.get(name, ()))

    def _open_state(self, name: str, situation: Situation) -> tuple[Any, ...]:
        """What `deciding` can tell apart about a fact that is not known."""
        bases = self.pack.registry.base_facts(name)
        return (
            situation.read(name),
            self._truths(name, situation),
            *(situation.read(base) for base in bases),
        )

    def _numbered(self, state: Key) -> int:
        return self._codes.setdefault(state, len(self._codes))

    def _codes_without_facts(self) -> list[int]:
        nothing = self.situation(Facts({}))
        return [self._code(name, nothing) for name in self._index]

    def _forget(self) -> None:
        self._codes.clear()
        self._whole.clear()
        for known in self._code_of_value.values():
            known.clear()
        for place in self._places.values():
            place.known.clear()
        self._absent = self._codes_without_facts()

    # -- what was found

    def _place(self, measure: Measure) -> _Place:
        names = list(dict.fromkeys(_facts_named(measure)))
        if any(name in self._exact for name in names):
            names += self._exact
        return _Place(measure, itemgetter(*(self._index[name] for name in names)), {})

    def _look_up(
        self, place: _Place, codes: list[int], situation: Situation
    ) -> tuple[_Place, Key, Finding]:
        key = place.key_of(codes)
        finding = place.known.get(key)
        if finding is None:
            if len(place.known) >= MOST_REMEMBERED:
                place.known.clear()
            result = judge_measure(place.measure, situation)
            finding = place.known[key] = replace(finding_of(result), amount_missing=())
        return place, key, finding

    def _with_amount(
        self, place: _Place, key: Key, finding: Finding, situation: Situation
    ) -> Found:
        amount = place.measure.amount
        if amount is None or finding.verdict is not Verdict.ELIGIBLE:
            return Found(finding)
        yuan = amount.in_yuan(situation)
        if yuan is not None:
            return Found(finding, yuan)
        needed = amount.needed_facts(situation.registry)
        missing = tuple(name for name in needed if situation.value(name) is None)
        known = place.known.get((key, missing))
        if known is None:
            known = place.known[key, missing] = replace(finding, amount_missing=missing)
        return Found(known)


def _leaves_by_fact(measures: Iterable[Measure]) -> dict[str, tuple[Leaf, ...]]:
    """Every comparison that some measure makes, by its fact; the place counts as one."""
    found: dict[str, dict[Any, Leaf]] = {}
    for measure in measures:
        where = measure.jurisdiction
        inside = Leaf(where.fact, "in", tuple(sorted(where.inside)), where.key)
        for leaf in (inside, *leaves(measure.when)):
            if isinstance(leaf, Leaf):
                found.setdefault(leaf.fact, {})[leaf.op, leaf.threshold] = leaf
    return {name: tuple(by_kind.values()) for name, by_kind in found.items()}


def _facts_named(measure: Measure) -> Iterator[str]:
    yield measure.jurisdiction.fact
    for leaf in leaves(measure.when):
        if isinstance(leaf, Leaf):
            yield leaf.fact


def _mixed_facts(pack: Pack, measures: Iterable[Measure]) -> tuple[str, ...]:
    """What the size class rests on, where a measure asks for that and for the class as well.

    Supposing another head count then moves the class by the other figures, so that these have to
    be the same and not only on the same side.
    """
    size = pack.registry.size_inputs
    if size is None:
        return ()
    own = {size.industry, *size.indicators}
    for measure in measures:
        named = set(_facts_named(measure))
        if named & own and any(size.size in pack.registry.base_facts(name) for name in named):
            return (size.industry, *size.indicators)
    return ()
