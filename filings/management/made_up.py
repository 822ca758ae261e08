"""Codes and numbers for the demonstration and the scale data: valid by checksum, and nobody's."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

#: Places of the province that no edition of GB/T 2260 has: its prefectures were 01 to 30 and 90.
NOWHERE = tuple(f"41{county}" for county in range(3100, 9000))
_BIRTHDAYS = tuple(f"{date(1965, 1, 1) + timedelta(days=days):%Y%m%d}" for days in range(13_000))
_ID_COUNT = len(NOWHERE) * len(_BIRTHDAYS) * 1000
#: Numbers that follow each other are put far apart; prime to the count, so that none comes twice.
_STRIDE = 47_402_206_879
_MOST_HEADS = 50_000
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mobile_number(chance: Random) -> str:
    """A mobile number of a range that was given to no operator."""
    return f"1540000{chance.randrange(10_000):04d}"


def resident_id(filing: int, order: int) -> str:
    """The resident id of the person at `order` (up to 50,000) of the roster of `filing`: nobody's.

    It has a day of birth and its check character, and begins with a place that never had a number.
    Two of them are the same only for the same filing and order, up to the 1,534,000th filing.
    """
    number = (filing * _MOST_HEADS + order) * _STRIDE % _ID_COUNT
    number, nth = divmod(number, 1000)
    place, day = divmod(number, len(_BIRTHDAYS))
    body = f"{NOWHERE[place]}{_BIRTHDAYS[day]}{nth:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(number: int) -> str:
    """The unified social credit code of the enterprise `number`, of a place that never was."""
    body = f"91{NOWHERE[-1]}{organisation_code(number)}"
    return body + uscc.calc_check_digit(body)


def organisation_code(number: int) -> str:
    """Nine characters of an organisation code that nobody has, with its check character.

    Codes that begin with X have not been given out.
    """
    body = f"X{number:07d}"
    total = sum(
        _LETTERS.index(letter) * weight for letter, weight in zip(body, _ORG_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))
