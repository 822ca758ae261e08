from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from policies.eligibility.amounts import Amount, AmountError, figures, in_words, parse_formula
from policies.eligibility.facts import Registry, Text

Build = Callable[..., Any]
HALF = {"multiply": [{"fact": "now"}, {"percent": 50, "clause": "文1-1"}]}
SPARED = {
    "multiply": [
        {"fact": "now"},
        {"subtract": [{"percent_fact": "rate"}, {"percent": 5, "clause": "文1-1"}]},
        {"figure": 12, "clause": "文1-1"},
    ]
}
CAPPED = {
    "divide": [
        {"min": [{"fact": "heads"}, {"figure": 12, "clause": "文1-1"}]},
        {"constant": 12, "why": {"zh": "一年十二个月", "en": "months in a year"}},
    ]
}


@pytest.mark.parametrize(
    ("formula", "facts", "yuan"),
    [
        (HALF, {"now": 36000}, "18000.00"),
        (HALF, {"now": Decimal("0.01")}, "0.01"),
        (HALF, {"now": Decimal("100000.01")}, "50000.01"),
        (HALF, {}, None),
        (SPARED, {"now": 200000, "rate": 12}, "168000.00"),
        (SPARED, {"now": 200000}, None),
        (SPARED, {"rate": 12}, None),
        (CAPPED, {"heads": 24}, "1.00"),
        (CAPPED, {"heads": 1}, "0.08"),
        ({"fact": "growth"}, {"now": 3, "before": 1}, "2.00"),
        ({"fact": "growth"}, {"now": 3}, None),
        ({"add": [{"fact": "now"}, {"fact": "before"}]}, {"now": 1, "before": 2}, "3.00"),
        ({"max": [{"fact": "now"}, {"fact": "before"}]}, {"now": 1, "before": 2}, "2.00"),
        ({"figure": 200000, "clause": "文1-1"}, {}, "200000.00"),
    ],
)
def test_an_amount_is_exact_to_the_cent_or_open(
    formula: Any, facts: dict[str, Any], yuan: str | None, registry: Registry, situation: Build
) -> None:
    amount = Amount(Text("额", "sum"), parse_formula(formula, registry))

    found = amount.in_yuan(situation(**facts))

    assert found == (None if yuan is None else Decimal(yuan))
    assert found is None or str(found) == yuan


def test_a_formula_names_the_facts_to_ask_for(registry: Registry) -> None:
    amount = Amount(Text("额", "sum"), parse_formula({"fact": "growth"}, registry))

    assert amount.needed_facts(registry) == ("now", "before")


def test_every_figure_carries_its_clause(registry: Registry) -> None:
    found = [(str(f.value), f.clause) for f in figures(parse_formula(SPARED, registry))]

    assert found == [("5", "文1-1"), ("12", "文1-1")]


def test_a_formula_is_shown_in_words_and_with_own_figures(
    registry: Registry, situation: Build
) -> None:
    formula = parse_formula(SPARED, registry)

    assert in_words(formula, registry, "zh-hans") == "词 × (词 − 5%) × 12"
    assert (
        in_words(formula, registry, "en", situation(now=200000, rate=12))
        == "word 200,000 × (word 12% − 5%) × 12"
    )
    assert in_words(parse_formula(CAPPED, registry), registry, "zh") == "（词、12 中较小的） ÷ 12"


def deep(levels: int) -> Any:
    data: Any = {"fact": "now"}
    for _level in range(levels):
        data = {"add": [data, data]}
    return data


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [],
        5,
        {"fact": "nowhere"},
        {"fact": "a"},
        {"fact": "colour"},
        {"percent_fact": "due"},
        {"fact": "now", "clause": "文1-1"},
        {"figure": 5},
        {"percent": 50},
        {"figure": "5", "clause": "文1-1"},
        {"figure": True, "clause": "文1-1"},
        {"figure": 5.5, "clause": "文1-1"},
        {"figure": 5, "clause": "文1-1", "note": "x"},
        {"figure": 5, "percent": 5, "clause": "文1-1"},
        {"constant": 12},
        {"constant": 12, "why": "months"},
        {"power": [{"fact": "now"}, {"fact": "now"}]},
        {"multiply": [{"fact": "now"}]},
        {"multiply": {"fact": "now"}},
        {"subtract": [{"fact": "now"}, {"fact": "now"}, {"fact": "now"}]},
        {"divide": [{"fact": "now"}, {"fact": "before"}]},
        {"divide": [{"fact": "now"}, {"figure": 0, "clause": "文1-1"}]},
        {"multiply": [{"fact": "now"}, {"fact": "now"}], "add": []},
        deep(13),
    ],
)
def test_a_formula_that_cannot_be_meant_is_refused(data: Any, registry: Registry) -> None:
    with pytest.raises(AmountError) as refused:
        parse_formula(data, registry)

    assert refused.value.place.startswith("amount.formula")
