"""Size classes of the 16 industries, at their bounds and with figures missing."""

import itertools
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from policies.eligibility import load_pack
from policies.eligibility.facts import Facts
from policies.eligibility.situation import Situation
from policies.eligibility.size import GRADES, Bounds

PACK = load_pack()
STANDARD = PACK.size_standard
INDUSTRY = "sme_industry"
HUGE = 10**8
AT_BOUND = [
    (industry, indicator, grade)
    for industry, indicators in STANDARD.industries.items()
    for indicator in indicators
    for grade in ("small", "medium", "large")
]


def classes(facts: dict[str, Any]) -> frozenset[str]:
    return STANDARD.possible_classes(facts)


def lowest(grade: str) -> str:
    return GRADES[GRADES.index(grade) - 1]


def test_there_are_sixteen_industries() -> None:
    assert len(STANDARD.industries) == 16


@pytest.mark.parametrize(("industry", "indicator", "grade"), AT_BOUND)
def test_a_lower_bound_is_inclusive(industry: str, indicator: str, grade: str) -> None:
    indicators = STANDARD.industries[industry]
    others = {INDUSTRY: industry, **dict.fromkeys(indicators, HUGE)}
    bound = getattr(indicators[indicator], grade)

    below = classes(others | {indicator: bound - 1})
    just_below = classes(others | {indicator: bound - Fraction(1, 100)})
    at = classes(others | {indicator: bound})
    above = classes(others | {indicator: bound + 1})

    assert below == just_below == {lowest(grade)}
    assert at == above == {grade}


@pytest.mark.parametrize("industry", STANDARD.industries)
def test_one_indicator_in_the_micro_range_decides(industry: str) -> None:
    indicators = STANDARD.industries[industry]
    for indicator in indicators:
        assert classes({INDUSTRY: industry, indicator: 0}) == {"micro"}


@pytest.mark.parametrize("industry", STANDARD.industries)
def test_the_class_is_the_lowest_grade_of_any_indicator(industry: str) -> None:
    indicators = STANDARD.industries[industry]
    for grades in itertools.product(range(4), repeat=len(indicators)):
        facts: dict[str, Any] = {INDUSTRY: industry}
        for (name, bounds), grade in zip(indicators.items(), grades, strict=True):
            facts[name] = value_of(bounds, grade)

        assert classes(facts) == {GRADES[min(grades)]}


@pytest.mark.parametrize("industry", [None, *STANDARD.industries])
def test_with_figures_missing_exactly_the_reachable_classes_are_left(industry: str | None) -> None:
    names = ("employees", "annual_revenue_wanyuan", "total_assets_wanyuan")
    points = [0, 15, 60, 150, 800, 2500, 25000, 90000, HUGE]
    for known in itertools.product((None, 15, 800, 25000), repeat=3):
        given = {name: value for name, value in zip(names, known, strict=True) if value is not None}
        if industry:
            given[INDUSTRY] = industry
        reachable = set()
        for choice in [industry] if industry else STANDARD.industries:
            bounds = STANDARD.industries[choice]
            open_names = [name for name in bounds if name not in given]
            for values in itertools.product(points, repeat=len(open_names)):
                filled = {**given, INDUSTRY: choice, **dict(zip(open_names, values, strict=True))}
                reachable |= classes(filled)

        assert classes(given) == reachable


def test_without_anything_every_class_is_open() -> None:
    assert classes({}) == set(GRADES)


@pytest.mark.parametrize(
    ("facts", "size", "is_sme"),
    [
        ({}, None, None),
        ({"enterprise_size": "large"}, "large", False),
        ({"enterprise_size": "medium", INDUSTRY: "other", "employees": 5}, "medium", True),
        ({INDUSTRY: "industry", "employees": 999}, None, True),
        ({INDUSTRY: "industry", "employees": 1000}, None, None),
        ({INDUSTRY: "industry", "employees": 1000, "annual_revenue_wanyuan": Fraction("39999.99")},
         "medium", True),
        ({INDUSTRY: "industry", "employees": 1000, "annual_revenue_wanyuan": 40000},
         "large", False),
        ({INDUSTRY: "industry", "employees": 19}, "micro", True),
        ({INDUSTRY: "other", "employees": 300}, "large", False),
        ({"employees": 5}, None, None),
        ({"employees": 5, "annual_revenue_wanyuan": 1, "total_assets_wanyuan": 1}, "micro", True),
        ({"employees": 150, "annual_revenue_wanyuan": 4000, "total_assets_wanyuan": 9000},
         None, True),
    ],
)  # fmt: skip
def test_class_and_sme_from_whole_or_partial_data(
    facts: dict[str, Any], size: str | None, is_sme: bool | None
) -> None:
    situation = Situation(Facts(facts), date(2020, 3, 10), PACK.registry, STANDARD)

    assert situation.value("enterprise_size") == size
    assert situation.value("is_sme") is is_sme
    assert situation.missing_facts("is_sme") == (() if is_sme is not None else ("enterprise_size",))


def value_of(bounds: Bounds, grade: int) -> Fraction:
    return (Fraction(0), bounds.small, bounds.medium, bounds.large)[grade]
