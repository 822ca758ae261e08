"""The judge: facts and a day in, a verdict with reasons for every measure out.

Order of the matching contract: kind, jurisdiction, validity on the day, conditions. The verdict
rests on nothing but its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .asking import ask_next
from .conditions import (
    DATED,
    Condition,
    Leaf,
    Reason,
    Unstated,
    add_months,
    failing_leaves,
    leaves,
    live_part,
    plain,
    reason_for,
)
from .deciding import deciding_facts
from .facts import FactValue, parse_day
from .packs import Jurisdiction, Kind, Measure, Pack
from .situation import Known, Situation
from .topics import TopicResult, combine_topics

AS_OF = "as_of"  # the day itself, as the fact that a reason of validity names


class Verdict(StrEnum):
    """The four answers of the matching contract."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Basis(StrEnum):
    """Which of the four steps settled the verdict."""

    KIND = "kind"
    JURISDICTION = "jurisdiction"
    VALIDITY = "validity"
    CONDITIONS = "conditions"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one measure.

    ``missing`` names, for an unknown verdict, exactly the facts that can still decide it.
    ``reasons`` is what to show: the failing leaves of a no, the leaves of an unknown that still
    matter, every leaf of a yes. ``amount_missing`` names the facts that an eligible amount waits
    for.
    """

    measure: Measure
    situation: Situation
    verdict: Verdict
    basis: Basis
    amount: Decimal | None = None
    missing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    amount_missing: tuple[str, ...] = ()

    @property
    def trace(self) -> tuple[Reason, ...]:
        """Every leaf of the conditions as it was judged; the one reason when they were not."""
        if self.basis is Basis.CONDITIONS:
            return _every_leaf(self.measure, self.situation)
        return self.reasons

    @property
    def last_day(self) -> date | None:
        """The last day on which the measure can be used, as far as it is known; None when open."""
        days = [] if self.measure.validity.last is None else [self.measure.validity.last]
        for leaf in leaves(self.measure.when):
            if isinstance(leaf, Leaf) and leaf.op in DATED:
                ended = self.situation.value(leaf.fact)
                if isinstance(ended, date):
                    days.append(add_months(ended, leaf.threshold))
        return min(days, default=None)

    def as_json(self) -> dict[str, Any]:
        """The result as the matching contract prints it."""
        return {
            "verdict": self.verdict.value,
            "amount_yuan": None if self.amount is None else str(self.amount),
            "missing": list(self.missing),
            "reasons": [reason.as_json() for reason in self.reasons],
        }


@dataclass(frozen=True)
class Judgement:
    """Every verdict for one enterprise on one day."""

    pack: Pack
    situation: Situation
    results: Mapping[str, Result]
    topics: Mapping[str, TopicResult]
    derived: Mapping[str, FactValue | None]
    ask_next: tuple[str, ...] = field(default=())

    @property
    def as_of(self) -> date:
        """The day judged."""
        return self.situation.as_of

    def as_json(self) -> dict[str, Any]:
        """The judgement as the matching contract prints it, without the caller's ``id``."""
        return {
            "as_of": self.as_of.isoformat(),
            "derived": {name: plain(value) for name, value in self.derived.items()},
            "results": {key: result.as_json() for key, result in self.results.items()},
            "topics": {key: topic.as_json() for key, topic in self.topics.items()},
            "ask_next": list(self.ask_next),
        }


def judge(
    pack: Pack,
    facts: Mapping[str, Any],
    as_of: date | str,
    measures: Iterable[str] | None = None,
) -> Judgement:
    """Judge the measures of a pack for one enterprise.

    Args:
        pack: the rules.
        facts: by name, in the units of the registry; plain JSON values or parsed ``Facts``.
            What is not known is left out.
        as_of: the day to judge on.
        measures: ids to judge; all of the pack when None.

    Raises:
        FactError: an unknown fact, a wrong type or an impossible value.
        KeyError: a measure that the pack does not hold.
    """
    day = parse_day(as_of, AS_OF)
    situation = Situation(pack.registry.parse(facts), day, pack.registry, pack.size_standard)
    results = {m.id: judge_measure(m, situation) for m in pack.chosen(measures)}
    return Judgement(
        pack=pack,
        situation=situation,
        results=results,
        topics=combine_topics(pack, results, day),
        derived=derived_values(situation),
        ask_next=ask_next(results.values(), situation),
    )


def judge_measure(measure: Measure, situation: Situation) -> Result:
    """The verdict on one measure in one situation."""
    if measure.kind is Kind.DUTY:
        return Result(measure, situation, Verdict.NOT_APPLICABLE, Basis.KIND)
    outside = _outside(measure.jurisdiction, situation)
    if outside is not None:
        return _refused(measure, situation, Basis.JURISDICTION, outside)
    if not measure.validity.holds_on(situation.as_of):
        return _refused(measure, situation, Basis.VALIDITY, _out_of_force(measure, situation.as_of))
    return _by_conditions(measure, situation)


def derived_values(situation: Situation) -> dict[str, FactValue | None]:
    """What follows from the facts; None while it is open.

    The size class and the derived facts of the registry; a difference only once it is known.
    """
    registry = situation.registry
    names = [registry.size_inputs.size] if registry.size_inputs else []
    names += list(registry.derived)
    values = {name: situation.value(name) for name in names}
    return {
        name: value
        for name, value in values.items()
        if value is not None or not _is_difference(situation, name)
    }


def _is_difference(situation: Situation, name: str) -> bool:
    spec = situation.registry.derived.get(name)
    return spec is not None and spec.kind == "difference"


def _outside(where: Jurisdiction, situation: Situation) -> Reason | None:
    reading = situation.read(where.fact)
    if not isinstance(reading, Known) or reading.value in where.inside:
        return None
    inside = tuple(sorted(where.inside))
    return Reason(where.fact, "in", inside, reading.value, holds=False, clause=where.key)


def _out_of_force(measure: Measure, day: date) -> Reason:
    validity = measure.validity
    if day < validity.first:
        return Reason(AS_OF, "ge", validity.first, day, holds=False, clause=measure.clause)
    return Reason(AS_OF, "le", validity.last, day, holds=False, clause=measure.clause)


def _refused(measure: Measure, situation: Situation, basis: Basis, reason: Reason) -> Result:
    return Result(measure, situation, Verdict.NOT_ELIGIBLE, basis, reasons=(reason,))


def _by_conditions(measure: Measure, situation: Situation) -> Result:
    live = live_part(measure.when, situation)
    if live is True:
        return _granted(measure, situation)
    if live is False:
        failing = failing_leaves(measure.when, situation)
        return Result(
            measure,
            situation,
            Verdict.NOT_ELIGIBLE,
            Basis.CONDITIONS,
            reasons=tuple(reason_for(leaf, situation) for leaf in failing),
        )
    return _undecided(measure, situation, live)


def _granted(measure: Measure, situation: Situation) -> Result:
    amount = measure.amount.in_yuan(situation) if measure.amount else None
    return Result(
        measure,
        situation,
        Verdict.ELIGIBLE,
        Basis.CONDITIONS,
        amount=amount,
        reasons=_every_leaf(measure, situation),
        amount_missing=_amount_missing(measure, situation) if amount is None else (),
    )


def _undecided(measure: Measure, situation: Situation, live: Condition) -> Result:
    missing = deciding_facts(live, situation)
    return Result(
        measure,
        situation,
        Verdict.UNKNOWN,
        Basis.CONDITIONS,
        missing=situation.registry.in_order(missing),
        reasons=tuple(
            reason_for(leaf, situation)
            for leaf in leaves(live)
            if isinstance(leaf, Unstated)
            or missing.intersection(situation.missing_facts(leaf.fact))
        ),
    )


def _every_leaf(measure: Measure, situation: Situation) -> tuple[Reason, ...]:
    return tuple(reason_for(leaf, situation) for leaf in leaves(measure.when))


def _amount_missing(measure: Measure, situation: Situation) -> tuple[str, ...]:
    if measure.amount is None:
        return ()
    needed = measure.amount.needed_facts(situation.registry)
    return tuple(name for name in needed if situation.value(name) is None)
