"""The nearest value of a number that turns a refusal: right at the limit, and never beyond it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.eligibility import cached_pack, judge
from policies.eligibility.conditions import truth
from policies.eligibility.turning import Turn, nearest_turn, nearest_turns

Build = Callable[..., Any]
PACK = Path(__file__).parents[3] / "policies" / "packs" / "jiaozuo-2020"

REBATE = {
    "any": [
        {"fact": "share", "le": Decimal("5.5")},
        {"all": [{"fact": "heads", "le": 30}, {"fact": "share", "le": 20}]},
    ]
}
SME = {"all": [{"fact": "a", "eq": True}, {"fact": "sme", "eq": True}]}


@pytest.mark.parametrize(
    ("condition", "facts", "moved", "turns_at"),
    [
        # 5.5 % of 200 is exactly 11
        (REBATE, {"part": 14, "whole": 200, "heads": 100}, "part", 11),
        # 20 % of 41 is 8.2: eight may go, nine may not
        (REBATE, {"part": 10, "whole": 41, "heads": 30}, "part", 8),
        (REBATE, {"part": 8, "whole": 40, "heads": 31}, "heads", 30),
        # 11 are 5.5 % of a staff of exactly 200
        (REBATE, {"part": 11, "whole": 199, "heads": 100}, "whole", 200),
        ({"fact": "heads", "gt": 30}, {"heads": 10}, "heads", 31),
        ({"fact": "heads", "lt": 30}, {"heads": 31}, "heads", 29),
        # through the size standard: 200 are a large shop, 199 a middle-sized one
        (SME, {"a": True, "industry": "trade", "heads": 250}, "heads", 199),
        ({"fact": "growth", "gt": 0}, {"now": 5, "before": 7}, "now", Fraction(701, 100)),
        ({"fact": "rate", "le": Decimal("5.5")}, {"rate": 6}, "rate", Fraction(11, 2)),
    ],
)
def test_the_limit_turns_it_and_the_value_before_does_not(
    situation: Build, tree: Build, condition: Any, facts: Any, moved: str, turns_at: Any
) -> None:
    when = tree(condition)
    here = situation(**facts)
    step = 1 if isinstance(turns_at, int) else Fraction(1, 100)
    towards = step if facts[moved] > turns_at else -step

    assert nearest_turn(when, here, moved) == turns_at
    assert [truth(when, here.supposing(moved, turns_at + by)) for by in (-towards, 0, towards)] == [
        True,
        True,
        False,
    ]


def test_the_nearer_of_two_sides_is_taken(situation: Build, tree: Build) -> None:
    apart = tree({"any": [{"fact": "heads", "le": 10}, {"fact": "heads", "ge": 100}]})

    assert nearest_turn(apart, situation(heads=40), "heads") == 10
    assert nearest_turn(apart, situation(heads=80), "heads") == 100
    assert nearest_turn(apart, situation(heads=55), "heads") == 10  # as far: the lower


@pytest.mark.parametrize(
    ("condition", "facts", "moved"),
    [
        ({"all": [{"fact": "a", "eq": True}, {"fact": "heads", "le": 3}]}, {"a": False}, "heads"),
        (
            {"all": [{"fact": "a", "eq": True}, {"fact": "heads", "le": 3}]},
            {"a": False, "heads": 9},
            "heads",
        ),
        # settled either way, but never in favour while `a` is open
        ({"all": [{"fact": "a", "eq": True}, {"fact": "heads", "le": 3}]}, {"heads": 9}, "heads"),
        ({"fact": "heads", "lt": 0}, {"heads": 9}, "heads"),
        ({"fact": "rate", "gt": 100}, {"rate": 9}, "rate"),
        ({"fact": "colour", "eq": "red"}, {"colour": "blue"}, "colour"),
        # nobody lays off part of a staff of nobody
        ({"fact": "whole", "eq": 0}, {"part": 3, "whole": 9}, "whole"),
    ],
)
def test_where_no_value_is_enough_none_is_offered(
    situation: Build, tree: Build, condition: Any, facts: Any, moved: str
) -> None:
    assert nearest_turn(tree(condition), situation(**facts), moved) is None


LEAVES = [
    {"fact": "a", "eq": True},
    {"fact": "share", "le": 20},
    {"fact": "share", "gt": 35},
    {"fact": "part", "ge": 3},
    {"fact": "part", "eq": 7},
    {"fact": "heads", "lt": 12},
    {"fact": "sme", "eq": True},
    {"fact": "size", "in": ["small", "large"]},
]


def trees() -> st.SearchStrategy[Any]:
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.one_of(
            st.builds(lambda x: {"not": x}, inner),
            st.builds(lambda xs: {"all": xs}, st.lists(inner, min_size=2, max_size=3)),
            st.builds(lambda xs: {"any": xs}, st.lists(inner, min_size=2, max_size=3)),
        ),
        max_leaves=6,
    )


@settings(max_examples=300, deadline=None)
@given(
    data=trees(),
    part=st.integers(0, 30),
    whole=st.integers(1, 30),
    heads=st.integers(0, 250),
    moved=st.sampled_from(["part", "whole", "heads"]),
)
def test_it_is_the_nearest_of_all_values(
    situation: Build, tree: Build, data: Any, part: int, whole: int, heads: int, moved: str
) -> None:
    when = tree(data)
    here = situation(part=part, whole=whole, heads=heads, a=True, industry="trade")
    assume(truth(when, here) is False)
    now = here.facts[moved]
    low = 1 if moved == "whole" else 0
    granted = [v for v in range(low, 400) if truth(when, here.supposing(moved, v)) is True]

    found = nearest_turn(when, here, moved)

    nearest = min(granted, key=lambda value: (abs(value - now), value), default=None)
    if nearest is None or found is None:
        assert found == nearest
    else:
        assert (abs(found - now), found) == (abs(nearest - now), nearest)


def test_a_rebate_of_the_real_pack_is_kept_with_two_layoffs() -> None:
    facts = {
        "enterprise_size": "small",
        "affected_by_epidemic": True,
        "unemployment_insured": True,
        "insured_staff_count": 45,
        "total_staff_count": 50,
        "layoff_count": 5,
    }
    judged = judge(cached_pack(PACK), facts, date(2020, 3, 10), ["豫政9-17b"])

    turns = nearest_turns(judged.results.values(), judged.situation)

    assert turns == (
        Turn("豫政9-17b", "layoff_count", 5, 2),
        Turn("豫政9-17b", "total_staff_count", 50, 91),
        Turn("豫政9-17b", "insured_staff_count", 45, 30),
    )
