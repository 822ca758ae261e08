"""The facts that rules ask about: what each is called, which values it takes, how it is read.

The registry comes from the pack (``facts.yaml``); this module knows no fact by name.
A fact that is not given is unknown: it is never false and never 0. The only exceptions are the
defaults that the registry itself states (matching contract, "Defaults").
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from .words import Faults, PlacedError, _

FactValue = bool | int | Fraction | date | str

MAX_COUNT = 10**9
MAX_NUMBER = 10**15
MAX_DECIMALS = 12
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 12, 31)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class FactError(PlacedError):
    """A fact that is refused: unknown name, wrong type or impossible value."""


class FactType(StrEnum):
    """The five types of the vocabulary."""

    ENUM = "enum"
    BOOL = "bool"
    INT = "int"
    NUMBER = "number"
    DATE = "date"


class SourceKind(StrEnum):
    """Where a fact comes from."""

    PROFILE = "profile"
    FILING = "filing"
    LIST = "list"
    DECLARATION = "declaration"
    SETTING = "setting"


class Absent(StrEnum):
    """What the absence of a fact means."""

    UNKNOWN = "unknown"
    HOLDS = "holds"  # conditions on it hold: the epidemic is not declared over, the place is inside


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages of the portal."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``zh…`` or, for any other language code, in English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact of the registry. ``minimum`` and ``maximum`` are inclusive, in the fact's unit."""

    name: str
    type: FactType
    label: Text
    question: Text
    source: SourceKind
    unit: Text | None = None
    values: Mapping[str, Text] = field(default_factory=dict)
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    absent: Absent = Absent.UNKNOWN
    default: str | None = None
    line: int = 0

    def parse(self, value: Any, place: str = "") -> FactValue:
        """The typed value.

        Raises:
            FactError: the value has the wrong type or is impossible.
        """
        return PARSERS[self.type](self, value, place or self.name)

    def refuse_out_of_bounds(self, value: Fraction, place: str) -> None:
        """Raise FactError when a number lies outside the fact's own limits."""
        if self.minimum is not None and value < self.minimum:
            raise FactError(place, _("不能小于 %(limit)s").with_values(limit=self.minimum))
        if self.maximum is not None and value > self.maximum:
            raise FactError(place, _("不能大于 %(limit)s").with_values(limit=self.maximum))


class DerivedKind(StrEnum):
    """How a derived fact follows from its inputs."""

    MEMBER = "member"
    PERCENTAGE = "percentage"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class DerivedSpec:
    """A fact that is worked out from others; never entered.

    ``member``: the first input is one of ``members``. ``percentage``: 100 × first ÷ second, and 0
    when the first is 0 whatever the second. ``difference``: first − second.
    """

    name: str
    kind: DerivedKind
    inputs: tuple[str, ...]
    label: Text
    unit: Text | None = None
    members: frozenset[str] = frozenset()
    line: int = 0


@dataclass(frozen=True, slots=True)
class SizeInputs:
    """Which facts hold the size class, the industry and the indicators of the size standard."""

    size: str
    industry: str
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """Every fact that a pack knows."""

    facts: Mapping[str, FactSpec]
    derived: Mapping[str, DerivedSpec]
    size_inputs: SizeInputs | None = None
    # What has been worked out before; rests on the registry alone, so it never grows stale.
    deciding: dict[Any, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _resting: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, name: object) -> bool:
        return name in self.facts or name in self.derived

    def label(self, name: str) -> Text:
        """The label of a fact or derived fact."""
        return (self.facts.get(name) or self.derived[name]).label

    def base_facts(self, name: str) -> tuple[str, ...]:
        """The facts to ask for so that ``name`` is known."""
        return self.derived[name].inputs if name in self.derived else (name,)

    def resting_on(self, name: str) -> frozenset[str]:
        """The fact itself, and everything that is worked out from it."""
        found = self._resting.get(name)
        if found is None:
            found = self._resting[name] = self._find_resting_on(name)
        return found

    def _find_resting_on(self, name: str) -> frozenset[str]:
        size = self.size_inputs
        names = {name}
        if size is not None and name in (size.industry, *size.indicators):
            names.add(size.size)
        names |= {derived.name for derived in self.derived.values() if names & {*derived.inputs}}
        return frozenset(names)

    def in_order(self, names: set[str] | frozenset[str]) -> tuple[str, ...]:
        """Names in the order of the registry, which is the order in which they are asked."""
        if len(names) < 2:
            return tuple(names)
        return tuple(sorted(names, key=self._places.__getitem__))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.facts)}

    def parse(self, given: Any, place: str = "facts") -> Facts:
        """Typed facts from plain values (as JSON or a form gives them).

        Raises:
            FactError: with the place, for an unknown name, a wrong type, an impossible value or
                a combination that cannot be; it carries what else was wrong.
        """
        if isinstance(given, Facts):
            return given
        if not isinstance(given, Mapping):
            raise FactError(place, _("应为一个对象（事实名称和取值）"))
        values = dict(self._parse_each(given, place))
        self._refuse_impossible_rates(values, place)
        return Facts(values)

    def _parse_each(self, given: Mapping[Any, Any], place: str) -> Iterator[tuple[str, FactValue]]:
        faults = Faults()
        for name, value in given.items():
            with faults.noted():
                yield name, self._spec_of(name, place).parse(value, f"{place}.{name}")
        faults.raise_noted()

    def _spec_of(self, name: Any, place: str) -> FactSpec:
        spec = self.facts.get(name) if isinstance(name, str) else None
        if spec is None:
            raise FactError(f"{place}.{_shown(name)}", self._why_unknown(name))
        return spec

    def _why_unknown(self, name: Any) -> Any:
        if isinstance(name, str) and name in self.derived:
            return _("由其他事实推算得出，不能填写")
        return _("没有这个事实名称")

    def _refuse_impossible_rates(self, values: Mapping[str, FactValue], place: str) -> None:
        # More layoffs than the present head count is possible (the firm has shrunk) and simply
        # gives a rate above 100 %; a rate of something in nothing is not.
        for spec in self.derived.values():
            if spec.kind is not DerivedKind.PERCENTAGE:
                continue
            part, whole = (values.get(name) for name in spec.inputs)
            if part and whole == 0:
                raise FactError(
                    f"{place}.{spec.inputs[1]}",
                    _("为 0 时，%(other)s 不能大于 0").with_values(other=spec.inputs[0]),
                )


class Facts(Mapping[str, FactValue]):
    """Typed facts of one enterprise; made by ``Registry.parse`` and never changed."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, FactValue]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> FactValue:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def with_fact(self, name: str, value: FactValue) -> Facts:
        """The same facts and one more; nothing is checked again."""
        return Facts({**self._values, name: value})


def parse_day(value: Any, place: str) -> date:
    """A day written as YYYY-MM-DD, or a date.

    Raises:
        FactError: not a day of the calendar, or outside the years 1900 to 2200.
    """
    if isinstance(value, date) and not hasattr(value, "hour"):
        day = value
    elif isinstance(value, str) and ISO_DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise FactError(place, _("日历上没有这一天")) from None
    else:
        raise FactError(place, _("应为日期，写作 YYYY-MM-DD"))
    if not FIRST_DAY <= day <= LAST_DAY:
        raise FactError(place, _("日期应在 1900 年到 2200 年之间"))
    return day


def _parse_bool(spec: FactSpec, value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise FactError(place, _("应为 true 或 false"))
    return value


def _parse_int(spec: FactSpec, value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FactError(place, _("应为整数"))
    if abs(value) > MAX_COUNT:
        raise FactError(place, _("数值过大"))
    spec.refuse_out_of_bounds(Fraction(value), place)
    return value


def _parse_number(spec: FactSpec, value: Any, place: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        raise FactError(place, _("应为数字"))
    number = _finite(value, place)
    if abs(number) > MAX_NUMBER:
        raise FactError(place, _("数值过大"))
    spec.refuse_out_of_bounds(number, place)
    return number


def _finite(value: int | float | Decimal | Fraction, place: str) -> Fraction:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FactError(place, _("应为有限的数字"))
        value = Decimal(repr(value))  # the shortest text that gives this float: 5.5, not 5.4999…
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise FactError(place, _("应为有限的数字"))
        # Before Fraction(), which would write out 1E+999999999 digit by digit.
        if value and value.adjusted() > 20:
            raise FactError(place, _("数值过大"))
        if int(value.as_tuple().exponent) < -MAX_DECIMALS:
            value = _without_trailing_zeros(value, place)
    return Fraction(value)


def _without_trailing_zeros(value: Decimal, place: str) -> Decimal:
    sign, digits, exponent = value.as_tuple()
    surplus = -MAX_DECIMALS - int(exponent)
    if len(digits) > 60 or surplus > 60 or any(digits[-surplus:]):
        raise FactError(place, _("小数位数过多"))
    return Decimal((sign, digits[:-surplus] or (0,), -MAX_DECIMALS))


def _parse_date(spec: FactSpec, value: Any, place: str) -> date:
    return parse_day(value, place)


def _parse_enum(spec: FactSpec, value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise FactError(place, _("应为文字，且是所列取值之一"))
    if value not in spec.values:
        allowed = ", ".join(spec.values)
        raise FactError(place, _("取值应为其中之一：%(allowed)s").with_values(allowed=allowed))
    return value


PARSERS: Mapping[FactType, Callable[[FactSpec, Any, str], FactValue]] = {
    FactType.BOOL: _parse_bool,
    FactType.INT: _parse_int,
    FactType.NUMBER: _parse_number,
    FactType.DATE: _parse_date,
    FactType.ENUM: _parse_enum,
}


def _shown(name: Any) -> str:
    text = name if isinstance(name, str) else repr(name)
    return "".join(c if c.isprintable() else "�" for c in text[:80])
