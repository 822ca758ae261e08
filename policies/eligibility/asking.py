"""Which fact to ask next: the one on which most undecided measures depend, money first.

Looking further ahead than this count gained nothing when it was measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from .situation import Situation

if TYPE_CHECKING:
    from .verdicts import Result


def ask_next(results: Iterable[Result], situation: Situation) -> tuple[str, ...]:
    """Every missing fact that can still decide a measure, the most telling first.

    Each undecided measure counts 1; one that pays money counts 1 more, and 1 more for every digit
    of the yuan at stake where that is known already. Equal counts keep the registry's order.
    """
    weights: Counter[str] = Counter()
    for result in results:
        weight = _weight(result, situation) if result.missing else 0
        for name in result.missing:
            weights[name] += weight
    names = situation.registry.in_order(frozenset(weights))
    return tuple(sorted(names, key=lambda name: -weights[name]))


def _weight(result: Result, situation: Situation) -> int:
    amount = result.measure.amount
    if amount is None:
        return 1
    at_stake = amount.in_yuan(situation) or Decimal(0)
    return 2 + (len(str(int(at_stake))) if at_stake >= 1 else 0)
