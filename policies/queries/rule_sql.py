"""A rule as SQL: the same three answers as the judge, for all enterprises in one query.

Each condition becomes a pair of queries, when it holds and when it does not; what neither finds is
unknown. Negation swaps the pair, so nothing that was put together is ever negated: there SQL's own
logic and the judge's part ways as soon as a column is empty.

The columns are the facts of a sheet, as text, empty where a fact is not given. Numbers are compared
exactly on both databases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Case, CharField, Func, IntegerField, Q, TextField, Value, When
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from policies.eligibility.conditions import (
    DATED,
    NEGATED,
    WRITTEN_OPS,
    AnyOf,
    Condition,
    Leaf,
    Unstated,
    add_months,
    in_range,
    plain,
)
from policies.eligibility.facts import Absent, DerivedKind, DerivedSpec, FactType, Registry
from policies.eligibility.packs import Kind, Measure, Pack
from policies.eligibility.situation import Between
from policies.eligibility.size import GRADES, Bounds, SizeStandard
from policies.eligibility.verdicts import Verdict

#: A fact's name in, its value as text out; NULL where it is not given.
Columns = Callable[[str], Expression]

#: A query, or what it always or never is.
Found = Q | bool

NUMBERS = (FactType.INT, FactType.NUMBER)
_DAYS = 4  # a month is at most so much longer than another, and one day


@dataclass(frozen=True, slots=True)
class Pair:
    """When a condition holds, and when it does not; where neither is so, it is unknown."""

    yes: Found
    no: Found

    def __invert__(self) -> Pair:
        return Pair(self.no, self.yes)


UNKNOWN = Pair(yes=False, no=False)
ALWAYS = Pair(yes=True, no=False)
TEXT = TextField()


def sheet_column(path: str = "content") -> Columns:
    """The facts of a `FactSheet` whose content lies at `path` (`"sheet__content"`)."""

    def column(name: str) -> Expression:
        *above, last = path.split("__")
        inner: Any = KeyTransform("facts", "__".join([*above, last]))
        return KeyTextTransform("value", KeyTransform(name, inner))

    return column


def verdict_in_sql(measure: Measure, pack: Pack, day: date, column: Columns) -> Expression:
    """The verdict on a measure on a day, by the facts in these columns.

    Gives an expression with the text of a `Verdict`; the same as `judge_measure` would say.
    """
    if measure.kind is Kind.DUTY:
        return _word(Verdict.NOT_APPLICABLE)
    if not measure.validity.holds_on(day):
        return _word(Verdict.NOT_ELIGIBLE)
    compiled = _Compiler(pack.registry, pack.size_standard, day, column)
    place = compiled.place(measure.jurisdiction.fact, measure.jurisdiction.inside)
    pair = _all((place, compiled.pair(measure.when)))
    cases = []
    for found, verdict in ((pair.yes, Verdict.ELIGIBLE), (pair.no, Verdict.NOT_ELIGIBLE)):
        if found is True:
            return _word(verdict)
        if found is not False:
            cases.append(When(found, then=_word(verdict)))
    return Case(*cases, default=_word(Verdict.UNKNOWN), output_field=CharField())


def condition_in_sql(
    node: Condition, registry: Registry, standard: SizeStandard | None, day: date, column: Columns
) -> Pair:
    """When a condition holds by the facts in these columns, and when it does not."""
    return _Compiler(registry, standard, day, column).pair(node)


def _word(verdict: Verdict) -> Value:
    return Value(verdict.value, output_field=CharField())


# --- putting queries together --------------------------------------------------------------------


def _and(found: Iterable[Found]) -> Found:
    return _joined(found, and_, decisive=False)


def _or(found: Iterable[Found]) -> Found:
    return _joined(found, or_, decisive=True)


def _joined(found: Iterable[Found], join: Callable[[Q, Q], Q], *, decisive: bool) -> Found:
    # An empty Q would stand for "always" in both, so what is settled never becomes one.
    queries = []
    for one in found:
        if one is decisive:
            return decisive
        if isinstance(one, Q):
            queries.append(one)
    return reduce(join, queries) if queries else not decisive


def _all(pairs: Iterable[Pair]) -> Pair:
    every = list(pairs)
    return Pair(_and(one.yes for one in every), _or(one.no for one in every))


def _any(pairs: Iterable[Pair]) -> Pair:
    return ~_all(~one for one in pairs)


# --- exact numbers -------------------------------------------------------------------------------


class Sign(Func):
    """The sign of a sum: a constant and columns of numbers in text, each times a whole number.

    -1, 0 or 1, NULL where one of the columns is. Exact on PostgreSQL by its `numeric`, on SQLite,
    which has binary fractions alone, by a function of ours (`teach_sqlite`).
    """

    output_field = IntegerField()

    def __init__(self, constant: int, terms: Sequence[tuple[int, Expression]]) -> None:
        self.constant = constant
        self.factors = [factor for factor, _column in terms]
        super().__init__(*(column for _factor, column in terms))

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_extra: Any) -> Any:
        parts, params = [f"{self.constant}"], []
        for factor, column in zip(self.factors, self.source_expressions, strict=True):
            sql, values = compiler.compile(column)
            parts.append(f"{factor} * ({sql})::numeric")
            params += values
        return f"SIGN({' + '.join(parts)})", params

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        parts, params = [f"'{self.constant}'"], []
        for factor, column in zip(self.factors, self.source_expressions, strict=True):
            sql, values = compiler.compile(column)
            parts.append(f"'{factor}', {sql}")
            params += values
        return f"exact_sign({', '.join(parts)})", params


def exact_sign(constant: str, *terms: str | None) -> int | None:
    """What SQLite calls: a constant, then factors and numbers by turns, all in text."""
    total = Fraction(constant)
    for factor, number in zip(terms[::2], terms[1::2], strict=True):
        if factor is None or number is None:
            return None
        total += int(factor) * Fraction(number)
    return (total > 0) - (total < 0)


def teach_sqlite(connection: Any, **_sender: Any) -> None:
    """Give a new connection to SQLite the function that `Sign` needs."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("exact_sign", -1, exact_sign, deterministic=True)


connection_created.connect(teach_sqlite, dispatch_uid="exact_sign")


@dataclass(frozen=True, slots=True)
class _Sum:
    """A constant and columns, each times a number: what is compared with another such sum."""

    constant: Fraction = Fraction(0)
    terms: tuple[tuple[Fraction, Expression], ...] = ()

    def __sub__(self, other: _Sum) -> _Sum:
        less = tuple((-factor, column) for factor, column in other.terms)
        return _Sum(self.constant - other.constant, (*self.terms, *less))

    def times(self, number: Fraction) -> _Sum:
        return _Sum(
            self.constant * number,
            tuple((factor * number, column) for factor, column in self.terms),
        )

    def sign(self) -> Sign | int:
        """Its sign; a whole number at once where there is no column."""
        if not self.terms:
            return (self.constant > 0) - (self.constant < 0)
        numbers = (self.constant, *(factor for factor, _column in self.terms))
        whole = math.lcm(*(number.denominator for number in numbers))
        return Sign(
            int(self.constant * whole),
            [(int(factor * whole), column) for factor, column in self.terms],
        )


_SIDES: Mapping[str, Callable[[int], bool]] = {
    "lt": lambda sign: sign < 0,
    "le": lambda sign: sign <= 0,
    "gt": lambda sign: sign > 0,
    "ge": lambda sign: sign >= 0,
    "eq": lambda sign: sign == 0,
    "ne": lambda sign: sign != 0,
}


def _is(op: str, difference: _Sum) -> Found:
    """Whether a difference is below, at or above zero; never where a column of it is empty."""
    sign = difference.sign()
    if isinstance(sign, int):
        return _SIDES[op](sign)
    return Q(In(sign, [one for one in (-1, 0, 1) if _SIDES[op](one)]))


# --- conditions ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Compiler:
    registry: Registry
    standard: SizeStandard | None
    day: date
    column: Columns

    def pair(self, node: Condition) -> Pair:
        if isinstance(node, Unstated):
            return UNKNOWN
        if isinstance(node, Leaf):
            return self._leaf(node)
        join = _any if isinstance(node, AnyOf) else _all
        return join(self.pair(child) for child in node.children)

    def place(self, fact: str, inside: frozenset[str]) -> Pair:
        """Where a text applies: everywhere but at a place that is known to lie outside."""
        known = self._member(fact, inside)
        return Pair(_or((known.yes, self._open(fact))), known.no)

    def _leaf(self, leaf: Leaf) -> Pair:
        if leaf.op not in WRITTEN_OPS:
            return ~self._leaf(Leaf(leaf.fact, NEGATED[leaf.op], leaf.threshold, leaf.clause))
        derived = self.registry.derived.get(leaf.fact)
        if derived is not None:
            return self._derived(derived, leaf)
        known = self._known(leaf)
        if self._always_holds(leaf.fact):
            return Pair(_or((known.yes, self._open(leaf.fact))), known.no)
        return known

    def _known(self, leaf: Leaf) -> Pair:
        """The comparison with what is given, or with what size and industry leave possible."""
        thresholds = leaf.threshold if leaf.op == "in" else (leaf.threshold,)
        kind = self.registry.facts[leaf.fact].type
        if kind is FactType.ENUM:
            return self._member(leaf.fact, frozenset(thresholds))
        if kind in NUMBERS:
            given = self._number(leaf.fact)
            return _any(_compared(leaf.op, given, _Sum(Fraction(one))) for one in thresholds)
        column = self._value(leaf.fact)
        if kind is FactType.BOOL:
            return _any(_text_is(column, "true" if one else "false") for one in thresholds)
        if leaf.op in DATED:
            first = _first_day_within(self.day, leaf.threshold)
            return _text_order("ge", column, first.isoformat())
        if leaf.op in ("eq", "in"):
            return _any(_text_is(column, plain(one)) for one in thresholds)
        return _text_order(leaf.op, column, plain(leaf.threshold))

    def _always_holds(self, fact: str) -> bool:
        spec = self.registry.facts[fact]
        return spec.absent is Absent.HOLDS and spec.default is None

    def _value(self, fact: str) -> Expression:
        default = self.registry.facts[fact].default
        column = self.column(fact)
        return column if default is None else Coalesce(column, Value(default), output_field=TEXT)

    def _open(self, fact: str) -> Found:
        if self.registry.facts[fact].default is not None:
            return False
        return Q(IsNull(self.column(fact), True))

    def _number(self, fact: str) -> _Sum:
        return _Sum(terms=((Fraction(1), self._value(fact)),))

    def _member(self, fact: str, members: frozenset[str]) -> Pair:
        """Whether a word is one of these; of the size class, whether it can only be one."""
        size = self.registry.size_inputs
        given = _text_in(self._value(fact), members)
        if size is None or fact != size.size or self.standard is None:
            return given
        classes = _Classes(self.standard, self.column)
        possible = [
            (grade in members, classes.possible(place)) for place, grade in enumerate(GRADES)
        ]
        open_ = Pair(self._open(fact), no=False)
        outside = _all((open_, *(~one for is_in, one in possible if not is_in)))
        inside = _all((open_, *(~one for is_in, one in possible if is_in)))
        return Pair(_or((given.yes, outside.yes)), _or((given.no, inside.yes)))

    # --- what is worked out from other facts

    def _derived(self, spec: DerivedSpec, leaf: Leaf) -> Pair:
        if spec.kind is DerivedKind.MEMBER:
            wanted = leaf.threshold if leaf.op == "in" else (leaf.threshold,)
            belongs = self._member(spec.inputs[0], spec.members)
            return _any(belongs if one else ~belongs for one in wanted)
        if spec.kind is DerivedKind.PERCENTAGE:
            return self._percentage(spec, leaf)
        return self._difference(spec, leaf)

    def _percentage(self, spec: DerivedSpec, leaf: Leaf) -> Pair:
        """100 × part ÷ whole; the whole is above zero wherever the part is."""
        part, whole = (self._number(name) for name in spec.inputs)
        no_part, some_part = _is("eq", part), _is("ne", part)
        limits = leaf.threshold if leaf.op == "in" else (leaf.threshold,)
        op = "eq" if leaf.op == "in" else leaf.op
        of_nothing = _any(_compared(op, _Sum(), _Sum(Fraction(one))) for one in limits)
        of_some = _any(
            _compared(op, part.times(Fraction(100)), whole.times(Fraction(one))) for one in limits
        )
        return _either(
            (no_part, of_nothing),
            (_and((some_part, _is("gt", whole))), of_some),
            (_and((some_part, self._open(spec.inputs[1]))), _of_range(leaf, 0, low_open=True)),
            (self._open(spec.inputs[0]), _of_range(leaf, 0)),
        )

    def _difference(self, spec: DerivedSpec, leaf: Leaf) -> Pair:
        """First − second; where one is open, what its own limits leave."""
        first, second = spec.inputs
        limits = leaf.threshold if leaf.op == "in" else (leaf.threshold,)
        op = "eq" if leaf.op == "in" else leaf.op
        known = self._number(first) - self._number(second)
        same = _any(_compared(op, known, _Sum(Fraction(one))) for one in limits)
        cases: list[tuple[Found, Pair]] = [(True, same)]
        for is_open, low, high in (
            (
                _and((self._open(first), self._open(second))),
                _minus(self._lowest(first), self._highest(second)),
                _minus(self._highest(first), self._lowest(second)),
            ),
            (
                self._open(second),
                _minus(self._number(first), self._highest(second)),
                _minus(self._number(first), self._lowest(second)),
            ),
            (
                self._open(first),
                _minus(self._lowest(first), self._number(second)),
                _minus(self._highest(first), self._number(second)),
            ),
        ):
            cases.append((is_open, _between(op, low, high, limits)))
        return _either(*cases)

    def _lowest(self, fact: str) -> _Sum | None:
        limit = self.registry.facts[fact].minimum
        return None if limit is None else _Sum(Fraction(limit))

    def _highest(self, fact: str) -> _Sum | None:
        limit = self.registry.facts[fact].maximum
        return None if limit is None else _Sum(Fraction(limit))


def _either(*cases: tuple[Found, Pair]) -> Pair:
    """The pair of the case that applies."""
    return Pair(
        _or(_and((applies, pair.yes)) for applies, pair in cases),
        _or(_and((applies, pair.no)) for applies, pair in cases),
    )


def _compared(op: str, left: _Sum, right: _Sum) -> Pair:
    op = "eq" if op == "in" else op
    return Pair(_is(op, left - right), _is(NEGATED[op], left - right))


def _minus(first: _Sum | None, second: _Sum | None) -> _Sum | None:
    return None if first is None or second is None else first - second


def _between(op: str, low: _Sum | None, high: _Sum | None, limits: Iterable[Any]) -> Pair:
    """The comparison of any number between two sums, both included; None is infinite."""

    def beyond(op: str, bound: _Sum | None, limit: Any) -> Found:
        return False if bound is None else _is(op, bound - _Sum(Fraction(limit)))

    every = list(limits)
    if op == "eq":
        misses = (_or((beyond("gt", low, one), beyond("lt", high, one))) for one in every)
        return Pair(yes=False, no=_and(misses))
    if op in ("gt", "ge"):
        return ~_between(NEGATED[op], low, high, every)
    return Pair(beyond(op, high, every[0]), beyond(NEGATED[op], low, every[0]))


def _of_range(leaf: Leaf, low: int, *, low_open: bool = False) -> Pair:
    truth = in_range(leaf, Between(low, math.inf, low_open=low_open))
    return Pair(truth is True, truth is False)


def _text_is(column: Expression, word: str) -> Pair:
    return _text_in(column, {word})


def _text_in(column: Expression, words: Iterable[str]) -> Pair:
    wanted = sorted(words)
    return Pair(
        Q(In(column, wanted)) if wanted else False,
        # NOT of a comparison with what is not empty: where the column is, neither side is found.
        Q(~Q(In(column, wanted)), IsNull(column, False)) if wanted else Q(IsNull(column, False)),
    )


_TEXT_ORDER = {
    "lt": LessThan,
    "le": LessThanOrEqual,
    "gt": GreaterThan,
    "ge": GreaterThanOrEqual,
}


def _text_order(op: str, column: Expression, word: str) -> Pair:
    """Days in the order of the calendar, which is that of their text."""
    return Pair(
        Q(_TEXT_ORDER[op](column, Value(word))), Q(_TEXT_ORDER[NEGATED[op]](column, Value(word)))
    )


def _first_day_within(day: date, months: int) -> date:
    """The first day from which so many months reach up to `day`."""
    found = add_months(day, -months) - timedelta(days=_DAYS)
    while add_months(found, months) < day:
        found += timedelta(days=1)
    return found


# --- the size class ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Classes:
    """Which size classes the known figures leave possible (`SizeStandard.possible_classes`)."""

    standard: SizeStandard
    column: Columns

    def possible(self, place: int) -> Pair:
        """Whether the class at this place of `GRADES` is still possible; always known."""
        industry = self.column(self.standard.industry_fact)
        open_ = Pair(Q(IsNull(industry, True)), Q(IsNull(industry, False)))
        return _any(
            _all((_any((_text_is_known(industry, key), open_)), self._in(indicators, place)))
            for key, indicators in self.standard.industries.items()
        )

    def _in(self, indicators: Mapping[str, Bounds], place: int) -> Pair:
        """In one industry: every known figure reaches the class, and where all are known, not all
        reach the next one."""
        all_known = _all(self._is_known(name) for name in indicators)
        reaches_next = self._reaches(indicators, place + 1) if place + 1 < len(GRADES) else ~ALWAYS
        return _all((self._reaches(indicators, place), ~_all((all_known, reaches_next))))

    def _reaches(self, indicators: Mapping[str, Bounds], place: int) -> Pair:
        if place == 0:
            return ALWAYS
        return _all(
            _any((~self._is_known(name), self._at_least(name, getattr(bounds, GRADES[place]))))
            for name, bounds in indicators.items()
        )

    def _is_known(self, name: str) -> Pair:
        column = self.column(name)
        return Pair(Q(IsNull(column, False)), Q(IsNull(column, True)))

    def _at_least(self, name: str, bound: Fraction) -> Pair:
        return _compared(
            "ge", _Sum(terms=((Fraction(1), self.column(name)),)), _Sum(Fraction(bound))
        )


def _text_is_known(column: Expression, word: str) -> Pair:
    """Whether it is this word, where an empty column is a plain no."""
    pair = _text_is(column, word)
    return Pair(pair.yes, _or((pair.no, Q(IsNull(column, True)))))
