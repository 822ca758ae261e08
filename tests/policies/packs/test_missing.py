"""On the real clauses: `missing` is exactly what brute force over completions finds."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility import Verdict, judge, load_pack
from policies.eligibility.conditions import ALWAYS, Leaf, Unstated, leaves
from policies.eligibility.facts import FactType
from policies.eligibility.packs import Kind, Measure

PACK = load_pack()
DAY = "2020-03-10"
TO_ASK = [m for m in PACK.measures.values() if m.kind is not Kind.DUTY and m.when != ALWAYS]
# Enough values on either side of every limit of the pack, for every known value of the others.
COUNTS = {
    "layoff_count": ([0, 1, 8, 50], [0, 1, 2, 8, 9, 11, 12, 40, 41, 50, 55, 56, 200, 201]),
    "total_staff_count": (
        [20, 40, 200, 1000],
        [1, 5, 6, 18, 19, 20, 21, 39, 40, 41, 145, 146, 160, 161, 250, 251, 909, 910, 1001],
    ),
    "insured_staff_count": ([29, 30, 31], [30, 31]),
    "vat_credit_current_yuan": ([0, 5], [0, 1, 5, 6]),
    "vat_credit_dec2019_yuan": ([0, 5], [0, 1, 4, 5]),
    "housing_fund_rate_pct": ([5, 6], [5, 6]),
    "guaranteed_loan_yuan": ([1, 10_000_001], [10_000_000, 10_000_001]),
    "tech_loan_amount_yuan": ([1, 5_000_001], [5_000_000, 5_000_001]),
    "loss_2020_yuan": ([0, 1], [0, 1]),
}


def asked_by(measure: Measure) -> list[str]:
    names = {
        name
        for leaf in leaves(measure.when)
        if isinstance(leaf, Leaf)
        for name in PACK.registry.base_facts(leaf.fact)
    }
    unset = {"applicant_type", "epidemic_end_date"}
    return sorted(names - unset)


def values_of(name: str, *, given_value: bool) -> list[Any]:
    spec = PACK.registry.facts[name]
    if spec.type is FactType.BOOL:
        return [False, True]
    if spec.type is FactType.ENUM:
        return sorted(spec.values)
    return COUNTS[name][0 if given_value else 1]


def verdict(measure: Measure, facts: dict[str, Any]) -> Verdict:
    return judge(PACK, facts, DAY, [measure.id]).results[measure.id].verdict


def brute_force(measure: Measure, facts: dict[str, Any], open_names: list[str]) -> set[str]:
    outcome = {
        values: verdict(measure, facts | dict(zip(open_names, values, strict=True)))
        for values in itertools.product(*(values_of(n, given_value=False) for n in open_names))
    }
    matter = set()
    for place, name in enumerate(open_names):
        rest: dict[Any, set[Verdict]] = {}
        for values, found in outcome.items():
            rest.setdefault(values[:place] + values[place + 1 :], set()).add(found)
        if any(len(found) > 1 for found in rest.values()):
            matter.add(name)
    return matter


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[Measure, dict[str, Any], list[str]]:
    measure = draw(st.sampled_from(TO_ASK))
    names = asked_by(measure)
    open_names = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
    facts = {
        name: draw(st.sampled_from(values_of(name, given_value=True)))
        for name in names
        if name not in open_names
    }
    return measure, facts, sorted(open_names)


@settings(max_examples=150, deadline=None)
@given(drawn=partly_known())
def test_missing_names_exactly_what_can_still_decide(
    drawn: tuple[Measure, dict[str, Any], list[str]],
) -> None:
    measure, facts, open_names = drawn

    result = judge(PACK, facts, DAY, [measure.id]).results[measure.id]

    assert set(result.missing) == brute_force(measure, facts, open_names)


REBATE = PACK.measures["豫政9-17b"]
REBATE_FACTS = {"affected_by_epidemic": True, "unemployment_insured": True}


@pytest.mark.parametrize(
    ("facts", "open_names"),
    [
        ({}, ["enterprise_size", "few_layoffs_recognized", "layoff_count"]),
        ({"few_layoffs_recognized": True}, ["enterprise_size", "layoff_count"]),
        ({"few_layoffs_recognized": False}, ["enterprise_size", "layoff_count"]),
        ({"layoff_count": 8}, ["enterprise_size", "few_layoffs_recognized"]),
        ({"layoff_count": 50}, ["enterprise_size", "few_layoffs_recognized"]),
        ({"enterprise_size": "large"}, ["few_layoffs_recognized", "layoff_count"]),
        ({"enterprise_size": "small"}, ["few_layoffs_recognized", "layoff_count"]),
        ({"enterprise_size": "small", "layoff_count": 8}, ["few_layoffs_recognized"]),
    ],
)
def test_missing_of_the_rebate_with_and_without_size(
    facts: dict[str, Any], open_names: list[str]
) -> None:
    known = REBATE_FACTS | {"total_staff_count": 40, "insured_staff_count": 30} | facts

    result = judge(PACK, known, DAY, [REBATE.id]).results[REBATE.id]

    assert set(result.missing) == brute_force(REBATE, known, open_names)


@pytest.mark.parametrize("measure", TO_ASK, ids=lambda measure: measure.id)
def test_nobody_is_asked_for_nothing(measure: Measure) -> None:
    """An unknown verdict names a fact, unless the text itself does not print its condition."""
    unprinted = any(isinstance(leaf, Unstated) for leaf in leaves(measure.when))
    result = judge(PACK, {}, DAY, [measure.id]).results[measure.id]

    if not unprinted and result.verdict is Verdict.UNKNOWN:
        assert result.missing
    assert set(result.missing) <= set(asked_by(measure))
