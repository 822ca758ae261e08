"""Which measures another pack version, another day or other facts can turn.

What is not among them keeps its verdict and its reasons, so that it need not be judged again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from .amounts import Amount, FigureTerm, Operation
from .conditions import Condition, Leaf, Unstated, leaves
from .deciding import COUNTED_FROM_A_DAY
from .finding import read_by
from .packs import Measure, Pack


def changed_rules(before: Pack, after: Pack) -> frozenset[str] | None:
    """The measures whose rule differs, those that came or went with them; None for all.

    Labels, summaries and lines in the files make no difference; where facts are read in another
    way, any measure may turn.
    """
    if before is after:
        return frozenset()
    if _reading(before) != _reading(after):
        return None
    return frozenset(
        key
        for key in before.measures.keys() | after.measures.keys()
        if key not in before.measures
        or key not in after.measures
        or _rule(before.measures[key]) != _rule(after.measures[key])
    )


def turned_by_day(pack: Pack, before: date, after: date) -> frozenset[str]:
    """The measures that begin or end between two days, or count from one."""
    if before == after:
        return frozenset()
    return frozenset(
        key
        for key, measure in pack.measures.items()
        if measure.validity.holds_on(before) != measure.validity.holds_on(after)
        or (before < measure.validity.first) != (after < measure.validity.first)
        or any(
            leaf.op in COUNTED_FROM_A_DAY for leaf in leaves(measure.when) if isinstance(leaf, Leaf)
        )
    )


def turned_by_facts(pack: Pack, names: Collection[str]) -> frozenset[str]:
    """The measures whose place, conditions or amount read one of these facts."""
    if not names:
        return frozenset()
    return frozenset(
        key
        for key, measure in pack.measures.items()
        if not read_by(measure, pack.registry).isdisjoint(names)
    )


def _rule(measure: Measure) -> Any:
    where, validity = measure.jurisdiction, measure.validity
    return (
        measure.kind,
        measure.clause,
        (where.key, where.fact, where.inside),
        (validity.first, validity.last),
        _without_lines(measure.when),
        _amount_without_lines(measure.amount),
    )


def _without_lines(node: Condition) -> Condition:
    if isinstance(node, Leaf | Unstated):
        return replace(node, line=0)
    return replace(node, children=tuple(_without_lines(child) for child in node.children))


def _amount_without_lines(amount: Amount | None) -> Any:
    return None if amount is None else _formula_without_lines(amount.formula)


def _formula_without_lines(formula: Any) -> Any:
    if isinstance(formula, FigureTerm):
        return replace(formula, line=0)
    if isinstance(formula, Operation):
        return replace(formula, terms=tuple(_formula_without_lines(one) for one in formula.terms))
    return formula


def _reading(pack: Pack) -> Any:
    """How a pack reads facts: types, limits and defaults, what is derived, the size standard."""
    registry, standard = pack.registry, pack.size_standard
    return (
        [
            (f.name, f.type, tuple(f.values), f.minimum, f.maximum, f.absent, f.default, f.source)
            for f in registry.facts.values()
        ],
        [(d.name, d.kind, d.inputs, d.members) for d in registry.derived.values()],
        registry.size_inputs,
        None if standard is None else (standard.industries, standard.industry_fact),
    )
