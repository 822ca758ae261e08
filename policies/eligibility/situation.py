"""What is known about one enterprise on one day, read fact by fact.

A reading is either a value, or what is left open: the options that remain, or the range in which
the value must lie. Partial data can decide a condition (a firm that is below one bound of the
large class is an SME whatever its other figures), so open readings keep what they know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from .facts import Absent, DerivedKind, DerivedSpec, Facts, FactValue, Registry
from .size import SizeStandard

# A bound of a range: a number, or an infinity (only ever compared, never calculated with).
Bound = Fraction | int | float


@dataclass(frozen=True, slots=True)
class Known:
    """The value itself."""

    value: FactValue


@dataclass(frozen=True, slots=True)
class Options:
    """One of several values, not yet which."""

    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """A number between two bounds; ``low_open`` when the lower bound itself is excluded."""

    low: Bound
    high: Bound
    low_open: bool = False


class Holding:
    """Absent, and by the registry every condition on it holds (matching contract, Defaults)."""


class Missing:
    """Not given: unknown."""


HOLDING = Holding()
MISSING = Missing()
EVERYTHING = Between(-math.inf, math.inf)

Reading = Known | Options | Between | Holding | Missing
OPEN = (Missing, Options, Between)


class Situation:
    """The facts of one enterprise on one day, with everything that follows from them."""

    __slots__ = ("_missing", "_readings", "as_of", "facts", "registry", "size_standard")

    def __init__(
        self,
        facts: Facts,
        as_of: date,
        registry: Registry,
        size_standard: SizeStandard | None = None,
    ) -> None:
        self.facts = facts
        self.as_of = as_of
        self.registry = registry
        self.size_standard = size_standard
        self._readings: dict[str, Reading] = {}
        self._missing: dict[str, tuple[str, ...]] = {}

    def supposing(self, name: str, value: FactValue) -> Situation:
        """The same situation if the fact had this value."""
        facts = self.facts.with_fact(name, value)
        supposed = Situation(facts, self.as_of, self.registry, self.size_standard)
        touched = self.registry.resting_on(name)
        supposed._readings = {k: v for k, v in self._readings.items() if k not in touched}
        supposed._missing = {k: v for k, v in self._missing.items() if k not in touched}
        return supposed

    def read(self, name: str) -> Reading:
        """What is known of a fact or derived fact."""
        reading = self._readings.get(name)
        if reading is None:
            reading = self._readings[name] = self._read(name)
        return reading

    def value(self, name: str) -> FactValue | None:
        """The value of a fact or derived fact, or None while it is open."""
        reading = self.read(name)
        return reading.value if isinstance(reading, Known) else None

    def missing_facts(self, name: str) -> tuple[str, ...]:
        """The facts to be given before ``name`` is known."""
        missing = self._missing.get(name)
        if missing is None:
            missing = self._missing[name] = tuple(
                base
                for base in self.registry.base_facts(name)
                if isinstance(self.read(name), OPEN) and isinstance(self.read(base), OPEN)
            )
        return missing

    def _read(self, name: str) -> Reading:
        if name in self.facts:
            return Known(self.facts[name])
        derived = self.registry.derived.get(name)
        if derived is not None:
            return self._derive(derived)
        inputs = self.registry.size_inputs
        if inputs is not None and name == inputs.size and self.size_standard is not None:
            return _options(self.size_standard.possible_classes(self.facts))
        spec = self.registry.facts[name]
        if spec.default is not None:
            return Known(spec.default)
        return HOLDING if spec.absent is Absent.HOLDS else MISSING

    def _derive(self, spec: DerivedSpec) -> Reading:
        match spec.kind:
            case DerivedKind.MEMBER:
                return self._member(spec)
            case DerivedKind.PERCENTAGE:
                return self._percentage(spec)
            case DerivedKind.DIFFERENCE:
                return self._difference(spec)

    def _member(self, spec: DerivedSpec) -> Reading:
        reading = self.read(spec.inputs[0])
        if isinstance(reading, Known):
            return Known(reading.value in spec.members)
        if isinstance(reading, Options):
            if reading.values <= spec.members:
                return Known(True)
            if not reading.values & spec.members:
                return Known(False)
        return MISSING

    def _percentage(self, spec: DerivedSpec) -> Reading:
        part, whole = (self._number(name) for name in spec.inputs)
        if part == 0:
            return Known(Fraction(0))
        if part is not None and whole is not None:
            return Known(100 * part / whole) if whole else Between(math.inf, math.inf)
        return Between(0, math.inf, low_open=part is not None)

    def _difference(self, spec: DerivedSpec) -> Reading:
        first, second = (self._number(name) for name in spec.inputs)
        if first is not None and second is not None:
            return Known(first - second)
        lows, highs = zip(*(self._limits(name) for name in spec.inputs), strict=True)
        return Between(lows[0] - highs[1], highs[0] - lows[1])

    def _number(self, name: str) -> Fraction | None:
        value: Any = self.value(name)
        return None if value is None else Fraction(value)

    def _limits(self, name: str) -> tuple[Bound, Bound]:
        value = self._number(name)
        if value is not None:
            return value, value
        spec = self.registry.facts[name]
        low = -math.inf if spec.minimum is None else spec.minimum
        return low, math.inf if spec.maximum is None else spec.maximum


def _options(values: frozenset[str]) -> Reading:
    return Known(next(iter(values))) if len(values) == 1 else Options(values)
