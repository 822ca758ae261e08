"""Kleene's logic, comparisons on whole and partial data, and trees that are refused."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.eligibility.conditions import (
    ConditionError,
    Leaf,
    add_months,
    failing_leaves,
    leaves,
    live_part,
    reason_for,
    truth,
)

TRUTHS = (True, False, None)
NAMES = ("a", "b", "c", "d")
Build = Callable[..., Any]


def leaf(name: str) -> dict[str, Any]:
    return {"fact": name, "eq": True}


def trees() -> st.SearchStrategy[Any]:
    return st.recursive(
        st.sampled_from([leaf(name) for name in NAMES]),
        lambda inner: st.one_of(
            st.builds(lambda x: {"not": x}, inner),
            st.builds(lambda xs: {"all": xs}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda xs: {"any": xs}, st.lists(inner, min_size=1, max_size=3)),
        ),
        max_leaves=8,
    )


def known() -> st.SearchStrategy[dict[str, bool]]:
    return st.dictionaries(st.sampled_from(NAMES), st.booleans())


def kleene(data: Any, facts: dict[str, bool]) -> bool | None:
    """The logic as the contract words it, on the tree as it is written."""
    (word, inner), *_rest = data.items()
    if word == "fact":
        return facts.get(inner)
    if word == "not":
        value = kleene(inner, facts)
        return None if value is None else not value
    values = [kleene(child, facts) for child in inner]
    if word == "all":
        return False if False in values else None if None in values else True
    return True if True in values else None if None in values else False


@given(data=trees(), facts=known())
def test_a_tree_has_the_truth_that_kleene_gives_it(
    data: Any, facts: dict[str, bool], tree: Build, situation: Build
) -> None:
    assert truth(tree(data), situation(**facts)) is kleene(data, facts)


@given(data=trees(), facts=known())
def test_negation_turns_the_truth_round(
    data: Any, facts: dict[str, bool], tree: Build, situation: Build
) -> None:
    here = situation(**facts)
    positive, negative = truth(tree(data), here), truth(tree({"not": data}), here)

    assert negative is (None if positive is None else not positive)


@given(data=trees(), facts=known())
def test_the_live_part_is_what_is_still_open(
    data: Any, facts: dict[str, bool], tree: Build, situation: Build
) -> None:
    node, here = tree(data), situation(**facts)
    part = live_part(node, here)

    if truth(node, here) is None:
        assert all(truth(one, here) is None for one in leaves(part))
    else:
        assert part is truth(node, here)


@given(data=trees(), facts=known(), name=st.sampled_from(NAMES), value=st.booleans())
def test_one_more_fact_settles_but_never_turns(
    data: Any, facts: dict[str, bool], name: str, value: bool, tree: Build, situation: Build
) -> None:
    node = tree(data)
    before = truth(node, situation(**facts))
    after = truth(node, situation(**{name: value, **facts}))

    assert before is None or after is before


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_all_and_any_of_two(
    first: bool | None, second: bool | None, tree: Build, situation: Build
) -> None:
    facts = {n: v for n, v in (("a", first), ("b", second)) if v is not None}
    here = situation(**facts)
    both = {first, second}

    every = truth(tree({"all": [leaf("a"), leaf("b")]}), here)
    some = truth(tree({"any": [leaf("a"), leaf("b")]}), here)

    assert every is (False if False in both else None if None in both else True)
    assert some is (True if True in both else None if None in both else False)


SHARE = "share"


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ({"fact": "colour", "eq": "red"}, {"colour": "red"}, True),
        ({"fact": "colour", "in": ["red", "blue"]}, {"colour": "green"}, False),
        ({"fact": "colour", "in": ["red", "blue"]}, {}, None),
        ({"fact": "kind", "eq": "firm"}, {}, True),
        ({"fact": "kind", "eq": "firm"}, {"kind": "person"}, False),
        ({"fact": SHARE, "le": 20}, {"part": 8, "whole": 40}, True),
        ({"fact": SHARE, "lt": 20}, {"part": 8, "whole": 40}, False),
        ({"fact": SHARE, "le": Decimal("5.5")}, {"part": 11, "whole": 200}, True),
        ({"fact": SHARE, "le": Decimal("5.5")}, {"part": 55, "whole": 999}, False),
        ({"fact": SHARE, "gt": Decimal("5.5")}, {"part": 55, "whole": 999}, True),
        ({"fact": SHARE, "le": 20}, {"part": 0}, True),
        ({"fact": SHARE, "gt": 0}, {"part": 0}, False),
        ({"fact": SHARE, "gt": 0}, {"part": 1}, True),
        ({"fact": SHARE, "ge": 0}, {}, True),
        ({"fact": SHARE, "lt": 0}, {}, False),
        ({"fact": SHARE, "eq": 0}, {"part": 1}, False),
        ({"fact": SHARE, "eq": 0}, {}, None),
        ({"fact": SHARE, "le": 20}, {"part": 1}, None),
        ({"fact": SHARE, "le": 20}, {"whole": 40}, None),
        ({"fact": "growth", "gt": 0}, {"now": 3, "before": 2}, True),
        ({"fact": "growth", "gt": 0}, {"now": 2, "before": 2}, False),
        ({"fact": "growth", "gt": 0}, {"now": 0}, False),
        ({"fact": "growth", "gt": 0}, {"now": 1}, None),
        ({"fact": "growth", "ge": -5}, {"before": 5}, True),
        ({"fact": "growth", "gt": 0}, {"before": 5}, None),
        ({"fact": "sme", "eq": True}, {"industry": "works", "heads": 999}, True),
        ({"fact": "sme", "eq": True}, {"industry": "works", "heads": 1000}, False),
        ({"fact": "sme", "eq": True}, {"heads": 199}, True),
        ({"fact": "sme", "eq": True}, {"heads": 200}, None),
        ({"fact": "sme", "eq": False}, {"heads": 1000}, True),
        ({"fact": "size", "in": ["small", "micro"]}, {"heads": 19}, True),
        ({"fact": "size", "in": ["small", "micro"]}, {"heads": 20}, None),
        ({"fact": "size", "in": ["small", "micro"]}, {"heads": 300}, False),
        ({"fact": "size", "eq": "large"}, {"industry": "works", "heads": 5, "size": "large"}, True),
        ({"fact": "due", "eq": "2020-05-01"}, {"due": "2020-05-01"}, True),
        ({"fact": "due", "lt": "2020-05-01"}, {"due": "2020-05-01"}, False),
    ],
)
def test_one_comparison(
    condition: Any, facts: dict[str, Any], holds: bool | None, tree: Build, situation: Build
) -> None:
    here = situation(**facts)

    assert truth(tree(condition), here) is holds
    assert truth(tree({"not": condition}), here) is (None if holds is None else not holds)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2020, 12, 31), 1, date(2021, 1, 31)),
        (date(2020, 1, 31), 0, date(2020, 1, 31)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
    ],
)
def test_months_later_is_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


WITHIN = {"fact": "over", "within_months_after": 3, "clause": "文1-1"}
NOT_AFTER = {"fact": "over", "not_after": True, "clause": "文1-1"}


@pytest.mark.parametrize(
    ("condition", "as_of", "holds"),
    [
        (WITHIN, date(2020, 9, 15), True),
        (WITHIN, date(2020, 9, 16), False),
        (WITHIN, date(2020, 1, 1), True),
        (NOT_AFTER, date(2020, 6, 15), True),
        (NOT_AFTER, date(2020, 6, 16), False),
    ],
)
def test_a_dated_leaf_includes_its_last_day(
    condition: Any, as_of: date, holds: bool, tree: Build, situation: Build
) -> None:
    here = situation(as_of=as_of, over="2020-06-15")

    assert truth(tree(condition), here) is holds
    assert truth(tree({"not": condition}), here) is not holds


@pytest.mark.parametrize("condition", [WITHIN, NOT_AFTER])
def test_while_the_day_is_not_declared_the_leaf_holds(
    condition: Any, tree: Build, situation: Build
) -> None:
    here = situation()

    assert truth(tree(condition), here) is True
    assert truth(tree({"not": condition}), here) is False
    assert here.missing_facts("over") == ()


def test_a_condition_that_is_not_printed_is_always_unknown(tree: Build, situation: Build) -> None:
    node = tree({"unstated": {"zh": "没有写出", "en": "not printed"}})

    assert truth(node, situation()) is None
    assert truth(tree({"not": {"unstated": {"zh": "词", "en": "w"}}}), situation()) is None
    assert reason_for(node, situation()).as_json() == {
        "fact": None,
        "op": "unstated",
        "threshold": None,
        "actual": None,
        "holds": None,
        "clause": "文1-1",
    }


def test_only_what_failed_explains_a_no(tree: Build, situation: Build) -> None:
    node = tree({"all": [leaf("a"), leaf("b"), {"any": [leaf("c"), leaf("d")]}]})
    here = situation(a=True, b=False, c=False, d=False)

    failing = [one.fact for one in failing_leaves(node, here) if isinstance(one, Leaf)]

    assert failing == ["b", "c", "d"]


def test_a_passed_any_explains_no_failure(tree: Build, situation: Build) -> None:
    node = tree({"all": [{"any": [leaf("a"), leaf("b")]}, leaf("c")]})

    failing = list(failing_leaves(node, situation(a=True, b=False, c=False)))

    assert [one.fact for one in failing] == ["c"]


def deep(levels: int) -> dict[str, Any]:
    data: dict[str, Any] = leaf("a")
    for _level in range(levels):
        data = {"all": [data]}
    return data


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        "a",
        {"all": []},
        {"any": None},
        {"all": {"fact": "a", "eq": True}},
        {"all": [None]},
        {"none": [leaf("a")]},
        {"all": [leaf("a")], "any": [leaf("b")]},
        {"fact": "nowhere", "eq": True},
        {"fact": "a"},
        {"fact": "a", "eq": None},
        {"fact": "a", "eq": 1},
        {"fact": "a", "like": True},
        {"fact": "a", "eq": True, "in": [True]},
        {"fact": "a", "gt": True},
        {"fact": "colour", "eq": "pink"},
        {"fact": "colour", "in": []},
        {"fact": "colour", "in": ["red", None]},
        {"fact": "colour", "lt": "red"},
        {"fact": "heads", "le": "30"},
        {"fact": "heads", "le": Decimal("1.5")},
        {"fact": "heads", "le": True},
        {"fact": "share", "le": "5"},
        {"fact": "share", "le": 5.5},
        {"fact": "sme", "eq": 1},
        {"fact": "sme", "lt": True},
        {"fact": "a", "within_months_after": 3},
        {"fact": "over", "within_months_after": -1},
        {"fact": "over", "within_months_after": True},
        {"fact": "over", "not_after": 3},
        {"fact": "due", "eq": "2020-02-30"},
        {"unstated": "text"},
        {"unstated": {"zh": "词"}},
        {"unstated": {"zh": "词", "en": "word"}, "eq": 1},
        deep(13),
        deep(900),
    ],
)
def test_a_tree_that_cannot_be_meant_is_refused(data: Any, tree: Build) -> None:
    with pytest.raises(ConditionError) as refused:
        tree(data)

    assert refused.value.place.startswith("when")


def test_the_place_of_a_fault_is_named(tree: Build) -> None:
    with pytest.raises(ConditionError) as refused:
        tree({"all": [leaf("a"), {"any": [leaf("b"), {"fact": "colour", "eq": "pink"}]}]})

    assert refused.value.place == "when.all[1].any[1].eq"
