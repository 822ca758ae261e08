"""Size class of an enterprise under the SME size standard (工信部联企业〔2011〕300号).

A firm is in a class only if it reaches every lower bound of that class for its industry, so its
class is the lowest grade that any listed indicator reaches. Lower bounds are inclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

GRADES = ("micro", "small", "medium", "large")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower bounds of one indicator in one industry, in the indicator's unit."""

    small: Fraction
    medium: Fraction
    large: Fraction

    def grade(self, value: Any) -> int:
        """Place in GRADES that this value reaches."""
        return (value >= self.small) + (value >= self.medium) + (value >= self.large)


@dataclass(frozen=True)
class SizeStandard:
    """Bounds by industry key and indicator fact, and the facts that they are read from."""

    industries: Mapping[str, Mapping[str, Bounds]]
    industry_fact: str
    citation: str

    def possible_classes(self, facts: Mapping[str, Any]) -> frozenset[str]:
        """The classes that are still possible; one when it is decided, all four when nothing is.

        A missing indicator can still reach any grade, so it leaves everything up to the lowest
        grade of the known ones; a missing industry leaves what any industry would leave.
        """
        industry = facts.get(self.industry_fact)
        if industry is not None:
            return self._in_industry(self.industries[industry], facts)
        return frozenset().union(
            *(self._in_industry(bounds, facts) for bounds in self.industries.values())
        )

    @staticmethod
    def _in_industry(indicators: Mapping[str, Bounds], facts: Mapping[str, Any]) -> frozenset[str]:
        grades = [b.grade(facts[name]) for name, b in indicators.items() if name in facts]
        lowest = min(grades, default=len(GRADES) - 1)
        if len(grades) == len(indicators):
            return frozenset({GRADES[lowest]})
        return frozenset(GRADES[: lowest + 1])
