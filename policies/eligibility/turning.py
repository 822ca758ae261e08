"""How far a number is from turning a refusal: the nearest value with which a measure is granted.

Honest in three ways: only a number that is known is moved, everything else stays as it is, and
what is offered has been judged, not computed backwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .conditions import Condition, Leaf, leaves, truth
from .deciding import cuts
from .facts import FactError, FactSpec, FactType, FactValue, Registry
from .situation import Situation

if TYPE_CHECKING:
    from .verdicts import Result

#: Head counts move by one, money and rates by a hundredth of their unit.
STEPS = {FactType.INT: Fraction(1), FactType.NUMBER: Fraction(1, 100)}


@dataclass(frozen=True, slots=True)
class Turn:
    """With this ``value`` of the fact instead of ``now``, the measure is granted."""

    measure: str
    fact: str
    now: FactValue
    value: FactValue


def nearest_turns(refused: Iterable[Result], situation: Situation) -> tuple[Turn, ...]:
    """For each refused measure the numbers that would turn it, each by itself.

    Args:
        refused: results that are not eligible by their conditions.
        situation: the one in which they were judged.
    """
    return tuple(
        Turn(result.measure.id, name, situation.facts[name], value)
        for result in refused
        for name in _numbers_that_failed(result, situation)
        if (value := nearest_turn(result.measure.when, situation, name)) is not None
    )


def nearest_turn(when: Condition, situation: Situation, name: str) -> FactValue | None:
    """The value nearest to the present one with which the conditions hold; the lower of two.

    None when no value does, and when the fact is not a known number.
    """
    spec = situation.registry.facts[name]
    if spec.type not in STEPS or name not in situation.facts:
        return None
    now: Any = situation.facts[name]
    for value in sorted(_candidates(when, situation, spec), key=lambda one: abs(one - now)):
        supposed = situation.supposing(name, value)
        if truth(when, supposed) is True and _can_be(supposed):
            return value
    return None


def _numbers_that_failed(result: Result, situation: Situation) -> Iterator[str]:
    named = (reason.fact for reason in result.reasons if reason.fact in situation.registry)
    found = (name for fact in named if fact for name in _inputs(fact, situation.registry))
    for name in dict.fromkeys(found):
        if name in situation.facts and situation.registry.facts[name].type in STEPS:
            yield name


def _inputs(fact: str, registry: Registry) -> Iterator[str]:
    """The facts behind a fact, through the size standard as well."""
    size = registry.size_inputs
    for base in registry.base_facts(fact):
        yield base
        if size is not None and base == size.size:
            yield from size.indicators


def _candidates(when: Condition, situation: Situation, spec: FactSpec) -> list[Any]:
    """The values on either side of every point at which a condition may turn, ascending."""
    step = STEPS[spec.type]
    low = -math.inf if spec.minimum is None else spec.minimum
    high = math.inf if spec.maximum is None else spec.maximum
    places: set[int] = set()
    for leaf in leaves(when):
        for cut in (*cuts(spec.name, leaf, situation), *_size_cuts(spec.name, leaf, situation)):
            at = Fraction(cut) / step
            places |= {math.ceil(at) - 1, math.floor(at), math.ceil(at), math.floor(at) + 1}
    values = (place * step for place in sorted(places))
    found = [value for value in values if low <= value <= high]
    return [int(value) for value in found] if spec.type is FactType.INT else found


def _size_cuts(name: str, leaf: Any, situation: Situation) -> Iterator[Fraction]:
    """The bounds of the size standard, where the leaf asks for the size class."""
    size, standard = situation.registry.size_inputs, situation.size_standard
    if size is None or standard is None or not isinstance(leaf, Leaf):
        return
    industry = situation.facts.get(size.industry)
    if industry is None or size.size not in situation.registry.base_facts(leaf.fact):
        return
    bounds = standard.industries[str(industry)].get(name)
    if bounds is not None:
        yield from (bounds.small, bounds.medium, bounds.large)


def _can_be(situation: Situation) -> bool:
    """Whether the facts are possible together: no layoffs out of a staff of 0."""
    try:
        situation.registry.parse(dict(situation.facts))
    except FactError:
        return False
    return True
