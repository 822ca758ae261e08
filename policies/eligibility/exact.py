"""Exact numbers: no figure of a policy ever passes through a binary float."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

CENT = Fraction(1, 100)


def decimal_text(value: Fraction | int) -> str:
    """A number in digits: exact decimals where they end (``5.5``), else a fraction (``50/9``)."""
    value = Fraction(value)
    rest = value.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def grouped(value: Fraction | int) -> str:
    """The same with the thousands parted: ``36,000.5``."""
    text = decimal_text(value)
    return text if "/" in text else f"{Decimal(text):,}"


def yuan(value: Fraction) -> Decimal:
    """An amount in yuan with two places, half up (away from zero)."""
    cents, rest = divmod(abs(value), CENT)
    if rest * 2 >= CENT:
        cents += 1
    amount = Decimal(int(cents)).scaleb(-2)
    return -amount if value < 0 and amount else amount
