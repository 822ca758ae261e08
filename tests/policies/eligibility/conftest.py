"""A small registry of its own, so that the logic is tested apart from any real policy."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from policies.eligibility.conditions import Condition, parse_condition
from policies.eligibility.facts import (
    Absent,
    DerivedKind,
    DerivedSpec,
    Facts,
    FactSpec,
    FactType,
    Registry,
    SizeInputs,
    SourceKind,
    Text,
)
from policies.eligibility.situation import Situation
from policies.eligibility.size import Bounds, SizeStandard

WORD = Text("词", "word")
ZERO = Fraction(0)
DAY = date(2020, 3, 10)


def fact(name: str, kind: FactType, **more: Any) -> FactSpec:
    return FactSpec(name, kind, WORD, WORD, SourceKind.DECLARATION, **more)


FACTS = [
    fact("a", FactType.BOOL),
    fact("b", FactType.BOOL),
    fact("c", FactType.BOOL),
    fact("d", FactType.BOOL),
    fact("size", FactType.ENUM, values=dict.fromkeys(("large", "medium", "small", "micro"), WORD)),
    fact("industry", FactType.ENUM, values={"trade": WORD, "works": WORD}),
    fact("heads", FactType.INT, minimum=ZERO),
    fact("colour", FactType.ENUM, values=dict.fromkeys(("red", "green", "blue"), WORD)),
    fact("kind", FactType.ENUM, values={"firm": WORD, "person": WORD}, default="firm"),
    fact("part", FactType.INT, minimum=ZERO),
    fact("whole", FactType.INT, minimum=ZERO),
    fact("now", FactType.NUMBER, minimum=ZERO),
    fact("before", FactType.NUMBER, minimum=ZERO),
    fact("rate", FactType.NUMBER, minimum=ZERO, maximum=Fraction(100)),
    fact("due", FactType.DATE),
    fact("over", FactType.DATE, absent=Absent.HOLDS),
]
SMES = frozenset({"medium", "small", "micro"})
DERIVED = [
    DerivedSpec("sme", DerivedKind.MEMBER, ("size",), WORD, members=SMES),
    DerivedSpec("share", DerivedKind.PERCENTAGE, ("part", "whole"), WORD),
    DerivedSpec("growth", DerivedKind.DIFFERENCE, ("now", "before"), WORD),
]
REGISTRY = Registry(
    {spec.name: spec for spec in FACTS},
    {spec.name: spec for spec in DERIVED},
    SizeInputs("size", "industry", ("heads",)),
)
STANDARD = SizeStandard(
    {
        "trade": {"heads": Bounds(Fraction(5), Fraction(20), Fraction(200))},
        "works": {"heads": Bounds(Fraction(20), Fraction(300), Fraction(1000))},
    },
    "industry",
    "",
)


@pytest.fixture(scope="session")
def registry() -> Registry:
    return REGISTRY


@pytest.fixture(scope="session")
def situation() -> Callable[..., Situation]:
    """`situation(a=True, as_of=…)`: facts as plain values, checked as usual."""

    def build(*, as_of: date = DAY, **facts: Any) -> Situation:
        return Situation(Facts(REGISTRY.parse(facts)), as_of, REGISTRY, STANDARD)

    return build


@pytest.fixture(scope="session")
def tree() -> Callable[[Any], Condition]:
    """`tree({"all": […]})`: the condition as it would be read from a pack."""

    def build(data: Any) -> Condition:
        return parse_condition(data, REGISTRY, "文1-1")

    return build
