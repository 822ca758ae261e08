"""Conditions: a tree of ``all``, ``any`` and ``not`` over leaves that compare one fact.

Kleene's logic: ``all`` is false if any child is false, else unknown if any is unknown; ``any`` is
true if any child is true, else unknown if any is unknown. Negation is pushed to the leaves when a
tree is read, so that every tree in memory is made of AllOf, Any, Leaf and Unstated only.
"""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from .exact import decimal_text
from .facts import FactError, FactType, FactValue, Registry, Text
from .situation import Between, Bound, Holding, Known, Missing, Options, Reading, Situation
from .words import PlacedError, _

MAX_DEPTH = 12

Truth = bool | None


class ConditionError(PlacedError):
    """A tree that cannot be read: unknown fact, wrong type, empty list, too deep."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison. ``clause`` is where its figure stands; ``line`` is its line in the file."""

    fact: str
    op: str
    threshold: Any
    clause: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Unstated:
    """A condition that the text names without printing it: always unknown."""

    note: Text
    clause: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every child is."""

    children: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one child is."""

    children: tuple[Condition, ...]


Condition = AllOf | AnyOf | Leaf | Unstated

ALWAYS = AllOf(())

NEGATED = {
    "eq": "ne",
    "in": "not_in",
    "lt": "ge",
    "le": "gt",
    "not_after": "after",
    "within_months_after": "beyond_months_after",
}
NEGATED |= {negated: op for op, negated in NEGATED.items()}
ORDERED = ("lt", "le", "gt", "ge")
DATED = ("not_after", "within_months_after")
WRITTEN_OPS = ("eq", "in", *ORDERED, *DATED)

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "in": lambda value, members: value in members,
    "not_in": lambda value, members: value not in members,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month (30 November + 3: 28/29 Feb)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


# --- reading a tree ------------------------------------------------------------------------------


def parse_condition(data: Any, registry: Registry, clause: str, place: str = "when") -> Condition:
    """The tree written in a pack file.

    Args:
        data: mappings and lists as the file gives them; numbers are int or Decimal.
        registry: the facts that may be named.
        clause: the clause that the item stands in; the default of leaves without a figure.
        place: prefix of the place in messages.

    Raises:
        ConditionError: with the place of the first fault.
    """
    return _Reader(registry, clause).read(data, place, 0, negated=False)


@dataclass(frozen=True, slots=True)
class _Reader:
    registry: Registry
    clause: str

    def read(self, data: Any, place: str, depth: int, *, negated: bool) -> Condition:
        if depth > MAX_DEPTH:
            raise ConditionError(place, _("条件嵌套过深"))
        if not isinstance(data, Mapping):
            raise ConditionError(place, _("应为一个条件"))
        if "fact" in data:
            return self._leaf(data, place, negated=negated)
        if "unstated" in data:
            return self._unstated(data, place)
        if len(data) != 1:
            raise ConditionError(place, _("应恰好有 all、any、not、fact、unstated 之一"))
        (word, inner), *_rest = data.items()
        if word == "not":
            return self.read(inner, f"{place}.not", depth + 1, negated=not negated)
        if word not in ("all", "any"):
            raise ConditionError(place, _("不认识 %(word)s").with_values(word=word))
        return self._branch(word, inner, f"{place}.{word}", depth, negated=negated)

    def _branch(self, word: str, inner: Any, place: str, depth: int, *, negated: bool) -> Condition:
        if not isinstance(inner, list) or not inner:
            raise ConditionError(place, _("应为非空的条件列表"))
        children = tuple(
            self.read(child, f"{place}[{i}]", depth + 1, negated=negated)
            for i, child in enumerate(inner)
        )
        return AllOf(children) if (word == "all") != negated else AnyOf(children)

    def _unstated(self, data: Mapping[str, Any], place: str) -> Unstated:
        note = data["unstated"]
        if not isinstance(note, Mapping) or not {"zh", "en"} <= set(note):
            raise ConditionError(place, _("unstated 应有 zh 和 en 说明"))
        if extra := set(data) - {"unstated", "clause"}:
            raise ConditionError(place, _("不认识 %(word)s").with_values(word=min(extra)))
        return Unstated(Text(note["zh"], note["en"]), data.get("clause", self.clause), _line(data))

    def _leaf(self, data: Mapping[str, Any], place: str, *, negated: bool) -> Leaf:
        fact = data["fact"]
        if fact not in self.registry:
            raise ConditionError(place, _("没有名为 %(fact)s 的事实").with_values(fact=fact))
        ops = [key for key in data if key not in ("fact", "clause")]
        if len(ops) != 1 or ops[0] not in WRITTEN_OPS:
            allowed = ", ".join(WRITTEN_OPS)
            raise ConditionError(
                place, _("应恰好有一个比较方式：%(allowed)s").with_values(allowed=allowed)
            )
        op = ops[0]
        threshold = self._threshold(fact, op, data[op], f"{place}.{op}")
        return Leaf(
            fact,
            NEGATED[op] if negated else op,
            threshold,
            data.get("clause", self.clause),
            _line(data),
        )

    def _threshold(self, fact: str, op: str, written: Any, place: str) -> Any:
        kind = fact_type(self.registry, fact)
        if op in DATED:
            return self._dated_threshold(kind, op, written, place)
        if op == "in":
            if not isinstance(written, list) or not written:
                raise ConditionError(place, _("应为非空的取值列表"))
            return tuple(self._value(fact, one, place) for one in written)
        if op in ORDERED and kind in (FactType.BOOL, FactType.ENUM):
            raise ConditionError(place, _("这个事实没有大小之分"))
        return self._value(fact, written, place)

    def _dated_threshold(self, kind: FactType, op: str, written: Any, place: str) -> int:
        if kind is not FactType.DATE:
            raise ConditionError(place, _("只能用于日期"))
        if op == "not_after":
            if written is not True:
                raise ConditionError(place, _("not_after 应写 true"))
            return 0
        if isinstance(written, bool) or not isinstance(written, int) or not 0 <= written <= 1200:
            raise ConditionError(place, _("应为月数"))
        return written

    def _value(self, fact: str, written: Any, place: str) -> FactValue:
        spec = self.registry.facts.get(fact)
        try:
            if spec is not None:
                return spec.parse(written, place)
            return _derived_value(fact_type(self.registry, fact), written, place)
        except FactError as refused:
            raise ConditionError(refused.place, refused.reason) from refused


def _derived_value(kind: FactType, written: Any, place: str) -> FactValue:
    if kind is FactType.BOOL:
        if not isinstance(written, bool):
            raise ConditionError(place, _("应为 true 或 false"))
        return written
    if isinstance(written, bool | float) or not hasattr(written, "as_integer_ratio"):
        raise ConditionError(place, _("应为数字"))
    return Fraction(written)


def fact_type(registry: Registry, name: str) -> FactType:
    """The type of a fact or of a derived fact."""
    spec = registry.facts.get(name)
    if spec is not None:
        return spec.type
    return FactType.BOOL if registry.derived[name].members else FactType.NUMBER


def _line(data: Any) -> int:
    return int(getattr(data, "line", 0))


# --- truth ---------------------------------------------------------------------------------------


def truth(node: Condition, situation: Situation) -> Truth:
    """True, False or None (unknown) by Kleene's logic."""
    if isinstance(node, Leaf):
        return leaf_truth(node, situation)
    if isinstance(node, Unstated):
        return None
    decisive = isinstance(node, AnyOf)
    unknown = False
    for child in node.children:
        holds = truth(child, situation)
        if holds is decisive:
            return decisive
        unknown = unknown or holds is None
    return None if unknown else not decisive


def leaf_truth(leaf: Leaf, situation: Situation) -> Truth:
    """Whether one comparison holds, None while the known facts leave it open."""
    reading = situation.read(leaf.fact)
    if isinstance(reading, Known):
        return _compare(leaf, reading.value, situation.as_of)
    if isinstance(reading, Missing):
        return None
    if isinstance(reading, Holding):
        return leaf.op in WRITTEN_OPS
    return _same_for_all(leaf, reading)


def _compare(leaf: Leaf, value: Any, as_of: date) -> bool:
    op = leaf.op
    if op in _COMPARE:
        return _COMPARE[op](value, leaf.threshold)
    within = as_of <= add_months(value, leaf.threshold)
    return within if op in DATED else not within


def _same_for_all(leaf: Leaf, reading: Reading) -> Truth:
    if isinstance(reading, Options):
        answers = {_COMPARE[leaf.op](value, leaf.threshold) for value in reading.values}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(reading, Between):
        return in_range(leaf, reading)
    return None


def in_range(leaf: Leaf, reading: Between) -> Truth:
    """Whether a comparison holds for every number between two bounds; None where for some only."""
    if leaf.op in ("ne", "not_in", "ge", "gt"):
        opposite = in_range(Leaf(leaf.fact, NEGATED[leaf.op], leaf.threshold, ""), reading)
        return None if opposite is None else not opposite
    if leaf.op in ("eq", "in"):
        limits = leaf.threshold if leaf.op == "in" else (leaf.threshold,)
        return None if any(_may_be(reading, limit) for limit in limits) else False
    inclusive = leaf.op == "le"
    if reading.high < leaf.threshold or (inclusive and reading.high == leaf.threshold):
        return True
    lowest_is_out = reading.low_open or not inclusive
    if reading.low > leaf.threshold or (lowest_is_out and reading.low == leaf.threshold):
        return False
    return None


def _may_be(reading: Between, value: Bound) -> bool:
    above = reading.low < value or (reading.low == value and not reading.low_open)
    return above and value <= reading.high


# --- looking into a tree -------------------------------------------------------------------------


def leaves(node: Condition) -> Iterator[Leaf | Unstated]:
    """Every leaf, in the order in which the tree is written."""
    if isinstance(node, Leaf | Unstated):
        yield node
        return
    for child in node.children:
        yield from leaves(child)


def both(first: Condition, second: Condition) -> Condition:
    """A tree that asks for both, without needless nesting."""
    parts = tuple(
        part
        for node in (first, second)
        for part in (node.children if isinstance(node, AllOf) else (node,))
    )
    return parts[0] if len(parts) == 1 else AllOf(parts)


def failing_leaves(node: Condition, situation: Situation) -> Iterator[Leaf | Unstated]:
    """Why a tree is false: the false children of an ``all``, every child of a failed ``any``."""
    if isinstance(node, Leaf | Unstated):
        yield node
        return
    for child in node.children:
        if isinstance(node, AnyOf) or truth(child, situation) is False:
            yield from failing_leaves(child, situation)


def live_part(node: Condition, situation: Situation) -> Condition | bool:
    """The tree without everything that is already decided; a bool when all of it is."""
    if isinstance(node, Leaf | Unstated):
        holds = truth(node, situation)
        return node if holds is None else holds
    decisive = isinstance(node, AnyOf)
    live: list[Condition] = []
    for child in node.children:
        part = live_part(child, situation)
        if part is decisive:
            return decisive
        if not isinstance(part, bool):
            live.extend(part.children if type(part) is type(node) else (part,))
    if not live:
        return not decisive
    return live[0] if len(live) == 1 else type(node)(tuple(live))


# --- the trace -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """One leaf as it was judged: fact, operator, threshold, actual value, result and clause.

    ``fact`` is None for a condition that the text does not print; ``note`` then says which.
    """

    fact: str | None
    op: str
    threshold: Any
    actual: FactValue | None
    holds: Truth
    clause: str
    note: Text | None = None

    def as_json(self) -> dict[str, Any]:
        """The reason in plain JSON values; numbers are exact text."""
        return {
            "fact": self.fact,
            "op": self.op,
            "threshold": plain(self.threshold),
            "actual": plain(self.actual),
            "holds": self.holds,
            "clause": self.clause,
        }


def reason_for(leaf: Leaf | Unstated, situation: Situation) -> Reason:
    """The leaf with the value that it was judged on."""
    if isinstance(leaf, Unstated):
        return Reason(None, "unstated", None, None, None, leaf.clause, leaf.note)
    return Reason(
        leaf.fact,
        leaf.op,
        leaf.threshold,
        situation.value(leaf.fact),
        leaf_truth(leaf, situation),
        leaf.clause,
    )


def plain(value: Any) -> Any:
    """A value as JSON: numbers as exact text, days as ISO, lists as lists."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset):
        return [plain(one) for one in value]
    return decimal_text(value)
