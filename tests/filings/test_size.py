"""The size class of an enterprise follows from the standard's figures."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from filings.size import CLASSES, INDICATORS, industries, size_of
from policies.eligibility.size import Bounds, SizeStandard


def _pure_standard() -> SizeStandard:
    return SizeStandard(
        {
            key: {
                name: Bounds(*(Fraction(bounds[grade]) for grade in ("small", "medium", "large")))
                for name, bounds in industry.bounds.items()
            }
            for key, industry in industries().items()
        },
        "sme_industry",
        "",
    )


def test_the_standard_has_its_sixteen_industries_in_both_languages():
    found = industries()

    assert len(found) == 16
    assert all(row.zh and row.en for row in found.values())
    assert {name for row in found.values() for name in row.bounds} == set(INDICATORS)


@pytest.mark.parametrize("key", industries())
def test_the_class_agrees_with_the_evaluator_at_and_beside_every_bound(key):
    standard = _pure_standard()
    bounds = industries()[key].bounds
    edges = [
        [None, *sorted({value + step for value in rows.values() for step in (-1, 0, 1)})]
        for rows in bounds.values()
    ]

    for values in itertools.product(*edges):
        figures = dict(zip(bounds, values, strict=True))
        known = {name: value for name, value in figures.items() if value is not None}

        ours = size_of(key, figures)

        theirs = standard.possible_classes({"sme_industry": key, **known})
        assert ours is not None
        assert frozenset(ours.possible) == theirs, figures


def test_a_factory_of_forty_heads_and_fifteen_million_is_small():
    size = size_of("industry", {"employees": 40, "annual_revenue_wanyuan": 1500})

    assert size.decided == "small"
    assert [(row.indicator, row.grade, row.at_least, row.next_at) for row in size.reached] == [
        ("employees", "small", 20, 300),
        ("annual_revenue_wanyuan", "small", 300, 2000),
    ]


def test_a_missing_indicator_leaves_the_class_open():
    size = size_of("industry", {"employees": 400})

    assert size.decided is None
    assert size.possible == ("micro", "small", "medium")
    assert [row.indicator for row in size.missing] == ["annual_revenue_wanyuan"]


def test_one_indicator_in_the_micro_range_decides_it():
    assert size_of("industry", {"employees": 5}).decided == "micro"


def test_without_a_known_industry_there_is_no_class():
    assert size_of("", {"employees": 5}) is None


def test_zero_is_a_figure_and_not_a_missing_one():
    assert size_of("other", {"employees": 0}).decided == "micro"
    assert size_of("other", {"employees": None}).possible == tuple(CLASSES)
