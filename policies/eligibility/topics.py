"""Precedence, a pass after the verdicts: one benefit is shown and paid once.

Every text goes on beside the others (readings.md P1, P2), so a topic has the best verdict of its
members: an unknown provincial verdict never hides an eligible city one. Only what a later text
expressly overrides on the day no longer counts (`overriding`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .overriding import overridden_on
from .packs import Combine, Pack, Topic

if TYPE_CHECKING:
    from .verdicts import Result

#: The verdict of a topic whose every member has been overridden.
NO_LONGER = "not_eligible"
BEST_FIRST = ("eligible", "unknown", "not_eligible", "not_applicable")


@dataclass(frozen=True, slots=True)
class TopicResult:
    """The best verdict of a topic, the measures that it rests on, and its money once.

    ``overridden`` names the members that another item has taken the place of on the day; the
    verdict and the money are those of the others.
    """

    topic: Topic
    verdict: str
    amount: Decimal | None
    basis: tuple[str, ...]
    overridden: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The topic as the matching contract prints it."""
        return {
            "verdict": self.verdict,
            "amount_yuan": None if self.amount is None else str(self.amount),
            "basis": list(self.basis),
        }


def combine_topics(
    pack: Pack, results: Mapping[str, Result], as_of: date | None = None
) -> dict[str, TopicResult]:
    """Every topic that has a judged member, in the order of the pack.

    ``as_of`` is the day of which overrides count; None leaves them out.
    """
    gone = overridden_on(pack.measures, as_of) if as_of else {}
    combined = {}
    for topic in pack.topics.values():
        members = [results[member] for member in topic.members if member in results]
        if members:
            combined[topic.key] = _combine(topic, members, gone)
    return combined


def _combine(topic: Topic, members: list[Result], gone: Container[str]) -> TopicResult:
    overridden = tuple(r.measure.id for r in members if r.measure.id in gone)
    members = [r for r in members if r.measure.id not in overridden]
    verdict = min((str(r.verdict) for r in members), key=BEST_FIRST.index, default=NO_LONGER)
    founding = _founding(topic, [r for r in members if r.verdict == "eligible"])
    amounts = [r.amount for r in founding if r.amount is not None]
    return TopicResult(
        topic,
        verdict,
        _money(topic, amounts),
        tuple(r.measure.id for r in founding),
        overridden,
    )


def _founding(topic: Topic, eligible: list[Result]) -> list[Result]:
    if topic.combine is Combine.PREFER_FIRM_RULE:
        preferred = [r for r in eligible if r.measure.id in topic.preferred]
        return preferred or eligible
    if topic.combine is Combine.LONGEST:
        return sorted(eligible, key=_last_day, reverse=True)
    return eligible


def _last_day(result: Result) -> date:
    return result.measure.validity.last or date.max


def _money(topic: Topic, amounts: list[Decimal]) -> Decimal | None:
    if not amounts:
        return None
    return max(amounts) if topic.money_once else sum(amounts, Decimal("0.00"))
