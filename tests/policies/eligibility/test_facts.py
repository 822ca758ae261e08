from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policies.eligibility import FactError, load_pack
from policies.eligibility.facts import Facts

REGISTRY = load_pack().registry


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("affected_by_epidemic", True, True),
        ("layoff_count", 0, 0),
        ("total_staff_count", 0, 0),
        ("layoff_count", 10**9, 10**9),
        ("monthly_rent_yuan", 8000, Fraction(8000)),
        ("monthly_rent_yuan", Decimal("8000.10"), Fraction("8000.1")),
        ("monthly_rent_yuan", 5.1, Fraction("5.1")),
        ("monthly_rent_yuan", Decimal("1.50000000000000000000"), Fraction("1.5")),
        ("monthly_rent_yuan", Decimal("0E+500"), Fraction(0)),
        ("housing_fund_rate_pct", 100, Fraction(100)),
        ("tax_due_date", "2020-02-29", date(2020, 2, 29)),
        ("tax_due_date", date(2020, 2, 29), date(2020, 2, 29)),
        ("district", "解放区", "解放区"),
        ("enterprise_size", "micro", "micro"),
    ],
)
def test_a_possible_value_is_read_exactly(name: str, given: Any, value: Any) -> None:
    assert REGISTRY.parse({name: given})[name] == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("no_such_fact", 1),
        ("is_sme", True),
        ("layoff_rate_pct", 5),
        ("affected_by_epidemic", 1),
        ("affected_by_epidemic", "true"),
        ("affected_by_epidemic", None),
        ("layoff_count", True),
        ("layoff_count", "8"),
        ("layoff_count", 8.0),
        ("layoff_count", Decimal(8)),
        ("layoff_count", -1),
        ("layoff_count", 10**9 + 1),
        ("layoff_count", None),
        ("monthly_rent_yuan", "8000"),
        ("monthly_rent_yuan", False),
        ("monthly_rent_yuan", -1),
        ("monthly_rent_yuan", Decimal("-0.01")),
        ("monthly_rent_yuan", Decimal("NaN")),
        ("monthly_rent_yuan", Decimal("Infinity")),
        ("monthly_rent_yuan", float("nan")),
        ("monthly_rent_yuan", float("inf")),
        ("monthly_rent_yuan", Decimal("1E+999999")),
        ("monthly_rent_yuan", Decimal("1E-999999")),
        ("monthly_rent_yuan", Decimal("1.0000000000001")),
        ("monthly_rent_yuan", 10**15 + 1),
        ("housing_fund_rate_pct", Decimal("100.01")),
        ("housing_fund_rate_pct", -1),
        ("tax_due_date", "2020-02-30"),
        ("tax_due_date", "2020-2-3"),
        ("tax_due_date", "20200203"),
        ("tax_due_date", "1899-12-31"),
        ("tax_due_date", "9999-12-31"),
        ("tax_due_date", "２０２０-02-03"),
        ("tax_due_date", 20200203),
        ("district", "郑州市"),
        ("district", ["解放区"]),
        ("enterprise_size", "Large"),
        ("enterprise_size", 3),
    ],
)
def test_anything_else_is_refused_with_its_place(name: str, given: Any) -> None:
    with pytest.raises(FactError) as refused:
        REGISTRY.parse({name: given}, "[2].facts")

    assert refused.value.place == f"[2].facts.{name}"
    assert str(refused.value.reason)


@pytest.mark.parametrize("given", [None, [], "facts", 3])
def test_facts_are_an_object(given: Any) -> None:
    with pytest.raises(FactError, match=r"^facts: "):
        REGISTRY.parse(given)


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(FactError):
        REGISTRY.parse({3: True})


def test_control_characters_of_a_name_do_not_reach_the_message() -> None:
    with pytest.raises(FactError) as refused:
        REGISTRY.parse({"a\x1b[31m\nb": 1})

    assert "\x1b" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_layoffs_out_of_no_staff_are_refused() -> None:
    with pytest.raises(FactError, match=r"^facts\.total_staff_count: "):
        REGISTRY.parse({"layoff_count": 1, "total_staff_count": 0})


def test_no_layoffs_out_of_no_staff_are_possible() -> None:
    facts = REGISTRY.parse({"layoff_count": 0, "total_staff_count": 0})

    assert dict(facts) == {"layoff_count": 0, "total_staff_count": 0}


def test_more_layoffs_than_present_staff_are_possible() -> None:
    # A firm that has shrunk: those laid off last year may be more than those still there.
    facts = REGISTRY.parse({"layoff_count": 70, "total_staff_count": 30})

    assert facts["layoff_count"] == 70


def test_parsed_facts_are_not_parsed_again() -> None:
    facts = Facts({"layoff_count": 3})

    assert REGISTRY.parse(facts) is facts


def test_every_fact_can_be_asked_in_both_languages() -> None:
    for spec in REGISTRY.facts.values():
        assert spec.question.zh.endswith("？"), spec.name
        assert spec.question.en.endswith("?"), spec.name
        assert spec.label.in_language("zh-hans") == spec.label.zh
        assert spec.label.in_language("en") == spec.label.en
