from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.eligibility.exact import decimal_text, grouped, yuan


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20, "20"),
        (0, "0"),
        (Fraction(11, 2), "5.5"),
        (Fraction(1, 1000), "0.001"),
        (Fraction(-3, 8), "-0.375"),
        (Fraction(50, 9), "50/9"),
        (Fraction(10**15), "1000000000000000"),
    ],
)
def test_numbers_are_written_exactly(value: Fraction | int, text: str) -> None:
    assert decimal_text(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_decimals_come_back_from_their_text(value: Decimal) -> None:
    assert Decimal(decimal_text(Fraction(value))) == value


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction("1234.565"), "1234.57"),
        (Fraction("1234.5649999"), "1234.56"),
        (Fraction(18000), "18000.00"),
        (Fraction(0), "0.00"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(-1, 300), "0.00"),
    ],
)
def test_money_has_two_places_half_up(value: Fraction, amount: str) -> None:
    assert str(yuan(value)) == amount


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(999), "999"),
        (Fraction(36000), "36,000"),
        (Fraction("-1234567.5"), "-1,234,567.5"),
        (Fraction(5000, 9), "5000/9"),
    ],
)
def test_thousands_are_parted(value: Fraction, text: str) -> None:
    assert grouped(value) == text
