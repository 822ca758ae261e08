"""Which missing facts can still decide a condition.

A fact belongs to the answer if and only if some completion of the facts makes it matter: there
are two values of it between which the outcome differs while everything else stays the same.

Where every open leaf rests on facts of its own, each of them matters. Where one fact feeds
several open leaves (``is_sme`` and ``not is_sme``, or two limits of one rate) the tree is tried
with one value of that fact out of each class of values that the leaves can tell apart.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .conditions import (
    DATED,
    AllOf,
    AnyOf,
    Condition,
    Leaf,
    Unstated,
    add_months,
    leaves,
    live_part,
)
from .facts import DerivedKind, DerivedSpec, FactSpec, FactType, FactValue
from .situation import Options, Situation

Names = frozenset[str]
Outcomes = frozenset[bool]
Shape = tuple[Any, ...] | bool
Branch = AllOf | AnyOf
Residual = tuple[Condition | bool, Situation]

NO_FACTS: Names = frozenset()
EITHER: Outcomes = frozenset({True, False})
COUNTED_FROM_A_DAY = (*DATED, "after", "beyond_months_after")
MOST_REMEMBERED = 10_000


def deciding_facts(node: Condition, situation: Situation) -> Names:
    """The missing facts that can still change the outcome of ``node`` (empty once decided)."""
    part = live_part(node, situation)
    if isinstance(part, bool):
        return NO_FACTS
    open_facts = _all_open_facts(part, situation)
    names = frozenset(open_facts)
    if len(names) == len(open_facts):
        return names
    # Trying values costs up to 2 ms; the answer depends on nothing but the shape of what is open.
    known = situation.registry.deciding
    shape = _shape(part, situation)
    if shape not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[shape] = _analyse(part, situation)[0]
    return known[shape]


def _analyse(part: Condition | bool, situation: Situation) -> tuple[Names, Outcomes]:
    """The facts that matter, and the outcomes that completions of the facts can reach."""
    if isinstance(part, bool):
        return NO_FACTS, frozenset({part})
    open_facts = _all_open_facts(part, situation)
    all_names = frozenset(open_facts)
    if isinstance(part, Leaf | Unstated) or len(all_names) == len(open_facts):
        return all_names, EITHER  # every leaf rests on facts of its own
    names: set[str] = set()
    decisive = not isinstance(part, AllOf)
    open_ended = False
    for group in _independent_groups(part, situation):
        alone = group.children[0] if len(group.children) == 1 else None
        group_names, outcomes = (
            _analyse(alone, situation) if alone else _try_values(group, situation)
        )
        if outcomes == {decisive}:
            return NO_FACTS, outcomes
        open_ended = open_ended or len(outcomes) > 1
        names |= group_names
    return frozenset(names), EITHER if open_ended else frozenset({not decisive})


def _try_values(group: Branch, situation: Situation) -> tuple[Names, Outcomes]:
    shared = _most_shared_fact(group, situation)
    residuals: dict[Shape, Residual] = {}
    for value in _representatives(shared, (group,), situation):
        residual = _suppose(group, situation, shared, value)
        residuals.setdefault(_shape(*residual), residual)
    first, *others = residuals.values()
    names: set[str] = {shared} if any(_differ(first, other) for other in others) else set()
    outcomes: set[bool] = set()
    for residual in residuals.values():
        residual_names, residual_outcomes = _analyse(*residual)
        names |= residual_names
        outcomes |= residual_outcomes
    return frozenset(names), frozenset(outcomes)


def _suppose(part: Condition | bool, situation: Situation, name: str, value: FactValue) -> Residual:
    supposed = situation.supposing(name, value)
    return (part if isinstance(part, bool) else live_part(part, supposed)), supposed


def _differ(first: Residual, second: Residual) -> bool:
    """Whether some completion gives the two residual trees different outcomes."""
    (part, here), (other, there) = first, second
    if _shape(part, here) == _shape(other, there):
        return False
    if isinstance(part, bool):
        return _analyse(other, there)[1] != {part}
    if isinstance(other, bool):
        return _analyse(part, here)[1] != {other}
    name = next(iter(_all_open_facts(part, here) or _all_open_facts(other, there)), None)
    if name is None:
        return True  # different conditions that no text prints
    values = {
        *_representatives(name, (part, other), here),
        *_representatives(name, (part, other), there),
    }
    return any(
        _differ(_suppose(part, here, name, value), _suppose(other, there, name, value))
        for value in values
    )


def _independent_groups(node: Branch, situation: Situation) -> list[Branch]:
    """Children of a branch in groups that share no missing fact with another group."""
    groups: list[tuple[set[str], tuple[Condition, ...]]] = []
    for child in node.children:
        facts = set(_all_open_facts(child, situation))
        members: tuple[Condition, ...] = (child,)
        for other in [group for group in groups if group[0] & facts]:
            groups.remove(other)
            facts |= other[0]
            members = other[1] + members
        groups.append((facts, members))
    return [type(node)(members) for _facts, members in groups]


def _open_facts(leaf: Leaf | Unstated, situation: Situation) -> tuple[str, ...]:
    return () if isinstance(leaf, Unstated) else situation.missing_facts(leaf.fact)


def _all_open_facts(node: Condition, situation: Situation) -> list[str]:
    return [name for leaf in leaves(node) for name in _open_facts(leaf, situation)]


def _most_shared_fact(group: Branch, situation: Situation) -> str:
    counts = Counter(_all_open_facts(group, situation))
    return max(counts, key=lambda name: counts[name])


def _shape(part: Condition | bool, situation: Situation) -> Shape:
    """A form in which two residual trees are equal when they ask the same."""
    if isinstance(part, bool):
        return part
    if isinstance(part, Unstated):
        return ("unstated", part.clause, part.note.zh)
    if isinstance(part, Leaf):
        inputs = situation.registry.base_facts(part.fact)
        known = tuple(_known_of(name, situation) for name in inputs)
        day = situation.as_of if part.op in COUNTED_FROM_A_DAY else None
        return ("leaf", part.fact, part.op, part.threshold, day, known)
    inner = sorted((_shape(child, situation) for child in part.children), key=repr)
    return ("all" if isinstance(part, AllOf) else "any", *inner)


def _known_of(name: str, situation: Situation) -> Any:
    if name in situation.facts:
        return situation.facts[name]
    reading = situation.read(name)
    return tuple(sorted(reading.values)) if isinstance(reading, Options) else None


# --- one value out of each class that the leaves can tell apart ----------------------------------


def _representatives(
    name: str, nodes: tuple[Condition, ...], situation: Situation
) -> Iterable[FactValue]:
    reading = situation.read(name)
    if isinstance(reading, Options):
        return sorted(reading.values)
    spec = situation.registry.facts[name]
    if spec.type is FactType.BOOL:
        return (False, True)
    if spec.type is FactType.ENUM:
        return tuple(spec.values)
    every_leaf = (leaf for node in nodes for leaf in leaves(node))
    found = {cut for leaf in every_leaf for cut in cuts(name, leaf, situation)}
    if spec.type is FactType.DATE:
        return sorted({cut + timedelta(days=step) for cut in found for step in (-1, 0, 1)})
    return _around(found, spec)


def _around(cuts: set[Any], spec: FactSpec) -> list[FactValue]:
    """The cuts themselves, one value between each two, and one beyond either end."""
    points: set[Any] = set()
    if spec.type is FactType.INT:
        for cut in cuts:
            points |= {math.ceil(cut) - 1, math.floor(cut), math.ceil(cut), math.floor(cut) + 1}
    else:
        ordered = sorted(cuts)
        points = {*ordered, ordered[0] - 1, ordered[-1] + 1}
        points |= {(low + high) / 2 for low, high in pairwise(ordered)}
    low = -math.inf if spec.minimum is None else spec.minimum
    high = math.inf if spec.maximum is None else spec.maximum
    return sorted(point for point in points if low <= point <= high)


def cuts(name: str, leaf: Leaf | Unstated, situation: Situation) -> Iterator[Any]:
    """Values of the fact at which the leaf may turn."""
    if isinstance(leaf, Unstated):
        return
    thresholds = leaf.threshold if isinstance(leaf.threshold, tuple) else (leaf.threshold,)
    derived = situation.registry.derived.get(leaf.fact)
    if derived is not None:
        if name in derived.inputs:
            for threshold in thresholds:
                yield from _derived_cuts(name, derived, threshold, situation)
    elif leaf.fact == name and leaf.op in COUNTED_FROM_A_DAY:
        yield add_months(situation.as_of, -leaf.threshold)
    elif leaf.fact == name:
        yield from (Fraction(t) if isinstance(t, int) else t for t in thresholds)


def _derived_cuts(
    name: str, spec: DerivedSpec, threshold: Any, situation: Situation
) -> Iterator[Fraction]:
    is_first = name == spec.inputs[0]
    other: Any = situation.value(spec.inputs[1 if is_first else 0])
    if spec.kind is DerivedKind.PERCENTAGE:
        yield from _percentage_cuts(is_first, other, threshold)
    elif spec.kind is DerivedKind.DIFFERENCE:
        known = Fraction(0) if other is None else Fraction(other)
        yield threshold + known if is_first else known - threshold


def _percentage_cuts(is_first: bool, other: Any, threshold: Fraction) -> Iterator[Fraction]:
    if is_first:
        yield Fraction(0)
        # With the whole open as well, the smallest part with which the limit is met exactly.
        yield threshold * other / 100 if other else Fraction((threshold / 100).numerator)
    elif other and threshold > 0:
        yield 100 * Fraction(other) / threshold
    else:
        yield Fraction(100)
