"""Amounts: formulas of named facts and the figures of a clause, worked out exactly.

A formula is data (``amount.formula`` in a pack file). Every figure in it carries its clause; a
plain constant (twelve months in a year) says why it is one.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from .conditions import MAX_DEPTH, fact_type
from .exact import grouped, yuan
from .facts import FactType, Registry, Text
from .situation import Situation
from .words import PlacedError, _


class AmountError(PlacedError):
    """A formula that cannot be read."""


@dataclass(frozen=True, slots=True)
class FactTerm:
    """The value of a fact; ``as_percent`` divides a rate in % by 100."""

    fact: str
    as_percent: bool = False


@dataclass(frozen=True, slots=True)
class FigureTerm:
    """A figure that a clause prints."""

    value: Fraction
    clause: str
    as_percent: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class ConstantTerm:
    """A number that needs no clause, with the reason why."""

    value: Fraction
    why: Text


@dataclass(frozen=True, slots=True)
class Operation:
    """multiply, add, subtract, divide, min or max of its terms."""

    op: str
    terms: tuple[Formula, ...]


Formula = FactTerm | FigureTerm | ConstantTerm | Operation

_FOLD: Mapping[str, Any] = {
    "multiply": operator.mul,
    "add": operator.add,
    "subtract": operator.sub,
    "divide": operator.truediv,
    "min": min,
    "max": max,
}
_PAIRED = ("subtract", "divide")
_OF = {"min": _("（%(terms)s 中较小的）"), "max": _("（%(terms)s 中较大的）")}
_COMMA = _("、")
_SIGNS = {"multiply": " × ", "add": " + ", "subtract": " − ", "divide": " ÷ "}


@dataclass(frozen=True, slots=True)
class Amount:
    """What ``amount_yuan`` of a measure says, and how it is worked out."""

    name: Text
    formula: Formula

    def needed_facts(self, registry: Registry) -> tuple[str, ...]:
        """The facts that the formula needs, derived ones replaced by their inputs."""
        names = (name for fact in fact_terms(self.formula) for name in registry.base_facts(fact))
        return tuple(dict.fromkeys(names))

    def in_yuan(self, situation: Situation) -> Decimal | None:
        """Yuan with two places, half up; None while a needed fact is missing."""
        value = evaluate(self.formula, situation)
        return None if value is None else yuan(value)


def evaluate(formula: Formula, situation: Situation) -> Fraction | None:
    """The exact value, or None while a needed fact is missing."""
    if isinstance(formula, FactTerm):
        given: Any = situation.value(formula.fact)
        return None if given is None else Fraction(given) / (100 if formula.as_percent else 1)
    if isinstance(formula, FigureTerm):
        return formula.value / (100 if formula.as_percent else 1)
    if isinstance(formula, ConstantTerm):
        return formula.value
    values = [evaluate(term, situation) for term in formula.terms]
    known = [value for value in values if value is not None]
    return reduce(_FOLD[formula.op], known) if len(known) == len(values) else None


def fact_terms(formula: Formula) -> Iterator[str]:
    """Names of the facts in a formula."""
    if isinstance(formula, FactTerm):
        yield formula.fact
    elif isinstance(formula, Operation):
        for term in formula.terms:
            yield from fact_terms(term)


def figures(formula: Formula) -> Iterator[FigureTerm]:
    """The figures in a formula that come from a clause."""
    if isinstance(formula, FigureTerm):
        yield formula
    elif isinstance(formula, Operation):
        for term in formula.terms:
            yield from figures(term)


def in_words(
    formula: Formula, registry: Registry, language: str, situation: Situation | None = None
) -> str:
    """The formula as a line of text, with the enterprise's own figures when it is given them."""
    if isinstance(formula, FactTerm):
        return _fact_in_words(formula, registry, language, situation)
    if isinstance(formula, FigureTerm):
        return grouped(formula.value) + ("%" if formula.as_percent else "")
    if isinstance(formula, ConstantTerm):
        return grouped(formula.value)
    parts = [_bracketed(term, formula, registry, language, situation) for term in formula.terms]
    if formula.op in _SIGNS:
        return _SIGNS[formula.op].join(parts)
    return str(_OF[formula.op].with_values(terms=str(_COMMA).join(parts)))


def _fact_in_words(
    term: FactTerm, registry: Registry, language: str, situation: Situation | None
) -> str:
    label = registry.label(term.fact).in_language(language)
    value: Any = situation.value(term.fact) if situation else None
    if value is None:
        return label
    return f"{label} {grouped(value)}{'%' if term.as_percent else ''}"


def _bracketed(
    term: Formula,
    outer: Operation,
    registry: Registry,
    language: str,
    situation: Situation | None,
) -> str:
    text = in_words(term, registry, language, situation)
    inner_sum = isinstance(term, Operation) and term.op in ("add", "subtract")
    return f"({text})" if inner_sum and outer.op != "add" else text


def parse_formula(
    data: Any, registry: Registry, place: str = "amount.formula", depth: int = 0
) -> Formula:
    """The formula written in a pack file.

    Raises:
        AmountError: with the place of the first fault; a figure without its clause is one.
    """
    if depth > MAX_DEPTH:
        raise AmountError(place, _("公式嵌套过深"))
    if not isinstance(data, Mapping) or not data:
        raise AmountError(place, _("应为一个公式"))
    keys = set(data)
    if keys in ({"fact"}, {"percent_fact"}):
        return _parse_fact(data, registry, place)
    if keys & {"figure", "percent"}:
        return _parse_figure(data, place)
    if keys == {"constant", "why"}:
        return ConstantTerm(_number(data["constant"], place), _text(data["why"], place))
    return _parse_operation(data, registry, place, depth)


def _parse_fact(data: Mapping[str, Any], registry: Registry, place: str) -> FactTerm:
    (key, name), *_rest = data.items()
    if name not in registry:
        raise AmountError(place, _("没有名为 %(fact)s 的事实").with_values(fact=name))
    if fact_type(registry, name) not in (FactType.INT, FactType.NUMBER):
        raise AmountError(place, _("%(fact)s 不是数字").with_values(fact=name))
    return FactTerm(name, as_percent=key == "percent_fact")


def _parse_figure(data: Mapping[str, Any], place: str) -> FigureTerm:
    key = "figure" if "figure" in data else "percent"
    if "clause" not in data:
        raise AmountError(place, _("数字没有注明条款"))
    if extra := set(data) - {key, "clause"}:
        raise AmountError(place, _("不认识 %(word)s").with_values(word=min(extra)))
    value = _number(data[key], place)
    line = int(getattr(data, "line", 0))
    return FigureTerm(value, data["clause"], as_percent=key == "percent", line=line)


def _parse_operation(
    data: Mapping[str, Any], registry: Registry, place: str, depth: int
) -> Operation:
    (op, inner), *more = data.items()
    if more or op not in _FOLD:
        raise AmountError(place, _("不认识 %(word)s").with_values(word=op))
    if not isinstance(inner, list) or len(inner) < 2 or (op in _PAIRED and len(inner) != 2):
        raise AmountError(place, _("%(word)s 的项数不对").with_values(word=op))
    terms = tuple(
        parse_formula(term, registry, f"{place}.{op}[{i}]", depth + 1)
        for i, term in enumerate(inner)
    )
    if op == "divide" and not _never_zero(terms[1]):
        raise AmountError(place, _("除数应为不等于 0 的数字"))
    return Operation(op, terms)


def _never_zero(term: Formula) -> bool:
    return isinstance(term, FigureTerm | ConstantTerm) and term.value != 0


def _number(value: Any, place: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise AmountError(place, _("应为数字"))
    return Fraction(value)


def _text(value: Any, place: str) -> Text:
    if not isinstance(value, Mapping) or set(value) != {"zh", "en"}:
        raise AmountError(place, _("应有 zh 和 en 两种文字"))
    return Text(value["zh"], value["en"])
