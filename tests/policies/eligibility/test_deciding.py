"""`missing` is exactly right: a fact is in it if and only if some completion makes it matter."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility.conditions import truth
from policies.eligibility.deciding import deciding_facts

Build = Callable[..., Any]
# Every class of values that the leaves below can tell apart, whatever the other facts are.
VALUES: dict[str, list[Any]] = {
    "a": [False, True],
    "b": [False, True],
    "c": [False, True],
    "size": ["large", "medium", "small", "micro"],
    "colour": ["red", "green", "blue"],
    "part": [0, 1, 2, 3, 4, 8],
    "whole": [1, 2, 3, 4, 5, 6, 8, 10, 11, 15, 16, 20, 21, 30, 40, 41],
    "now": [0, 1, 2, 3, 4, 5, 6],
    "before": [0, 1, 2, 3, 4, 5],
}
GIVEN: dict[str, list[Any]] = {
    **VALUES,
    "part": [0, 1, 2, 4],
    "whole": [1, 4, 8],
    "now": [0, 1, 3],
    "before": [0, 1, 3],
}
LEAVES = [
    {"fact": "a", "eq": True},
    {"fact": "b", "eq": True},
    {"fact": "c", "eq": False},
    {"fact": "sme", "eq": True},
    {"fact": "size", "in": ["small", "micro"]},
    {"fact": "colour", "in": ["red", "blue"]},
    {"fact": "colour", "eq": "red"},
    {"fact": "share", "le": 20},
    {"fact": "share", "lt": 50},
    {"fact": "part", "eq": 0},
    {"fact": "part", "le": 2},
    {"fact": "growth", "gt": 0},
    {"fact": "growth", "ge": 2},
    {"fact": "now", "gt": 1},
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


def facts_named(data: Any) -> set[str]:
    inputs = {"sme": {"size"}, "share": {"part", "whole"}, "growth": {"now", "before"}}
    if "fact" in data:
        return inputs.get(data["fact"], {data["fact"]})
    (inner,) = data.values()
    children = inner if isinstance(inner, list) else [inner]
    return set().union(*(facts_named(child) for child in children))


@st.composite
def tree_and_facts(draw: st.DrawFn) -> tuple[Any, dict[str, Any], list[str]]:
    data = draw(trees())
    names = sorted(facts_named(data))
    open_names = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    given_facts = {n: draw(st.sampled_from(GIVEN[n])) for n in names if n not in open_names}
    return data, given_facts, sorted(open_names)


@settings(max_examples=200, deadline=None)
@given(drawn=tree_and_facts())
def test_missing_is_what_some_completion_makes_matter(
    drawn: tuple[Any, dict[str, Any], list[str]], tree: Build, situation: Build
) -> None:
    data, facts, open_names = drawn
    node = tree(data)
    outcome = {
        values: truth(node, situation(**facts, **dict(zip(open_names, values, strict=True))))
        for values in itertools.product(*(VALUES[name] for name in open_names))
    }

    matter = set()
    for place, name in enumerate(open_names):
        rest: dict[Any, set[Any]] = {}
        for values, holds in outcome.items():
            rest.setdefault(values[:place] + values[place + 1 :], set()).add(holds)
        if any(len(answers) > 1 for answers in rest.values()):
            matter.add(name)
    here = situation(**facts)

    assert deciding_facts(node, here) == matter
    decided = truth(node, here)
    assert decided is None or set(outcome.values()) == {decided}


def test_nothing_is_missing_where_both_ways_lead_to_yes(tree: Build, situation: Build) -> None:
    node = tree({"any": [{"fact": "a", "eq": True}, {"fact": "a", "eq": False}]})

    assert deciding_facts(node, situation()) == set()


def test_a_fact_behind_a_failed_condition_does_not_matter(tree: Build, situation: Build) -> None:
    node = tree({"all": [{"fact": "a", "eq": True}, {"fact": "b", "eq": True}]})

    assert deciding_facts(node, situation(a=False)) == set()
    assert deciding_facts(node, situation(a=True)) == {"b"}


def test_the_whole_does_not_matter_without_a_part(tree: Build, situation: Build) -> None:
    node = tree({"fact": "share", "le": 20})

    assert deciding_facts(node, situation(part=0)) == set()
    assert deciding_facts(node, situation(part=1)) == {"whole"}
    assert deciding_facts(node, situation(whole=10)) == {"part"}
    assert deciding_facts(node, situation()) == {"part", "whole"}


def test_an_open_size_class_is_missing_under_its_own_name(tree: Build, situation: Build) -> None:
    node = tree({"fact": "sme", "eq": True})

    assert deciding_facts(node, situation(heads=500)) == {"size"}
    assert deciding_facts(node, situation(heads=100)) == set()


def test_a_class_already_excluded_does_not_make_it_matter(tree: Build, situation: Build) -> None:
    node = tree({"fact": "size", "in": ["small", "micro"]})

    assert deciding_facts(node, situation(industry="works", heads=200)) == set()
    assert deciding_facts(node, situation(heads=25)) == {"size"}


def test_an_unprinted_condition_leaves_the_other_facts_deciding(
    tree: Build, situation: Build
) -> None:
    node = tree({"all": [{"fact": "a", "eq": True}, {"unstated": {"zh": "词", "en": "word"}}]})

    assert deciding_facts(node, situation()) == {"a"}
    assert deciding_facts(node, situation(a=True)) == set()


def test_dates_are_tried_on_both_sides_of_the_day(tree: Build, situation: Build) -> None:
    within = {"fact": "due", "within_months_after": 1}
    later = {"fact": "due", "within_months_after": 3}

    assert deciding_facts(tree({"all": [within, later]}), situation()) == {"due"}
    assert deciding_facts(tree({"any": [within, {"not": later}]}), situation()) == {"due"}
    assert deciding_facts(tree({"any": [later, {"not": within}]}), situation()) == set()


def test_numbers_are_tried_at_between_and_beyond_their_limits(
    tree: Build, situation: Build
) -> None:
    above, below = {"fact": "rate", "gt": 5}, {"fact": "rate", "lt": 5}
    exactly = {"fact": "rate", "eq": Fraction(5)}

    assert deciding_facts(tree({"any": [above, below]}), situation()) == {"rate"}
    assert deciding_facts(tree({"any": [above, below, exactly]}), situation()) == set()
    assert deciding_facts(tree({"all": [above, below]}), situation()) == set()
