"""Sample rosters for the demo and the tests: people by chance, valid by checksum, of nobody.

The place digits end in 99, which no county has, and the mobile numbers begin with 1540000, a
range that was given to no operator: neither can be anybody's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import vocabulary as words
from .columns import column_letters
from .identity import check_character
from .roster import ROSTER_COLUMNS
from .writing import OutSheet, xlsx_bytes

SAMPLE_KEYS = tuple(column.key for column in ROSTER_COLUMNS if column.key != "origin")
_HEADINGS = {column.key: column.heading.zh for column in ROSTER_COLUMNS}
SAMPLE_DAY = date(2020, 3, 2)

Person = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlantedError:
    """A cell that was spoilt on purpose: its row (from 1), column letters, key, and how."""

    row: int
    column: str
    key: str
    how: str


def sample_people(count: int = 500, *, seed: int = 2020, today: date = SAMPLE_DAY) -> list[Person]:
    """People as the cells of a roster, by column key; the same for the same seed.

    All differ in id and mobile number for up to 9 999 of one seed.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
    return [_person(chance, number, today) for number in range(1, count + 1)]


def _person(chance: random.Random, number: int, today: date) -> Person:
    prefix, province, city, county = chance.choice(words.SAMPLE_PLACES)
    born = date(1962, 1, 1) + timedelta(days=chance.randrange(38 * 365))
    result = chance.choice(words.SAMPLE_RESULTS)
    certified = today - timedelta(days=chance.randrange(1, 14))
    return {
        "name": chance.choice(words.SAMPLE_SURNAMES)
        + "".join(chance.sample(words.SAMPLE_GIVEN, chance.choice((1, 2, 2)))),
        "id_kind": words.ID_KIND_ANSWERS["resident_id"][0].zh,
        "id_number": sample_id(prefix, born, number),
        "mobile": f"1540000{number:04d}",
        "workshop": chance.choice(words.SAMPLE_WORKSHOPS),
        "team": chance.choice(words.SAMPLE_TEAMS),
        "post": chance.choice(words.SAMPLE_POSTS),
        "origin_province": province,
        "origin_city": city,
        "origin_county": county,
        "coming_from": province + city,
        "arrived_on": today - timedelta(days=chance.randrange(1, 20)),
        "health": words.SAMPLE_HEALTH,
        "travel": chance.choice(words.SAMPLE_TRAVEL),
        "gatherings": chance.choice(words.SAMPLE_GATHERINGS),
        "certificate_no": f"{words.SAMPLE_CERTIFICATE}{number:05d}",
        "certificate_on": certified,
        "inspection": result,
        "return_batch": chance.randrange(1, 4),
    }


def sample_id(prefix: str, born: date, number: int) -> str:
    """An id of nobody: valid by checksum, in a county that does not exist.

    `number` (1 to 9 999) keeps two people of one birthday apart.
    """
    order = number % 1000
    county = 99 - number // 1000
    first = f"{prefix}{county:02d}99{born:%Y%m%d}{order:03d}"
    return first + check_character(first)


def sample_workbook(count: int = 500, *, seed: int = 2020, today: date = SAMPLE_DAY) -> bytes:
    """An xlsx roster of `count` people without any error."""
    return roster_workbook(sample_people(count, seed=seed, today=today))


def roster_workbook(people: Sequence[Person]) -> bytes:
    """The people as an xlsx roster with the Chinese headings in the first row."""
    return xlsx_bytes(
        [
            OutSheet(
                words.SAMPLE_SHEET,
                [_HEADINGS[key] for key in SAMPLE_KEYS],
                [[person[key] for key in SAMPLE_KEYS] for person in people],
                {SAMPLE_KEYS.index("id_number"): 24},
            )
        ]
    )


def _wrong_check(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


def _with_first(number: str, first: str) -> str:
    """The id with other leading digits and a check character that fits again."""
    start = first + number[len(first) : 17]
    return start + check_character(start)


# How each spoilt cell comes about: name, column, and the new cell from the person (and the one
# before, for whoever stands twice). Thirty in all.
_PLANS: tuple[tuple[str, str, Any], ...] = (
    *((("wrong check character", "id_number", lambda p, b: _wrong_check(p["id_number"])),) * 4),
    *((("a digit missing", "id_number", lambda p, b: p["id_number"][:-1]),) * 2),
    *(
        (("made a number by Excel", "id_number", lambda p, b: float(p["id_number"][:17] + "0")),)
        * 3
    ),
    *(
        (
            (
                "a birthday that does not exist",
                "id_number",
                lambda p, b: _with_first(p["id_number"], p["id_number"][:6] + "19850230"),
            ),
        )
        * 2
    ),
    (
        "born after today",
        "id_number",
        lambda p, b: _with_first(p["id_number"], p["id_number"][:6] + "20991231"),
    ),
    ("unknown province", "id_number", lambda p, b: _with_first(p["id_number"], "19")),
    (
        "an old id of fifteen digits",
        "id_number",
        lambda p, b: p["id_number"][:6] + p["id_number"][8:17],
    ),
    *((("the person before once more", "id_number", lambda p, b: b["id_number"]),) * 2),
    *((("a digit missing", "mobile", lambda p, b: p["mobile"][:-1]),) * 3),
    *((("a landline", "mobile", lambda p, b: words.SAMPLE_LANDLINE),) * 2),
    ("not given", "name", lambda p, b: ""),
    *((("not given", "workshop", lambda p, b: ""),) * 2),
    ("not given", "mobile", lambda p, b: ""),
    *(
        ("not one of the answers", "health", lambda p, b, text=text: text)
        for text in words.SAMPLE_WRONG_HEALTH
    ),
    ("no year", "arrived_on", lambda p, b: words.SAMPLE_NO_YEAR),
    ("a day that does not exist", "arrived_on", lambda p, b: "2020-02-30"),
    ("after today", "certificate_on", lambda p, b: p["certificate_on"] + timedelta(days=400)),
)


def planted_workbook(
    count: int = 500, *, seed: int = 2020, today: date = SAMPLE_DAY
) -> tuple[bytes, list[PlantedError]]:
    """A roster with exactly thirty bad cells, each in a row of its own, and where they are.

    `count` must leave room for them (at least 100).
    """
    people = sample_people(count, seed=seed, today=today)
    # Every third person at most, so that nobody is spoilt who is somebody's "person before".
    rows = sorted(random.Random(seed).sample(range(1, count, 3), len(_PLANS)))  # noqa: S311
    planted = []
    for place, (how, key, spoil) in zip(rows, _PLANS, strict=True):
        people[place][key] = spoil(people[place], people[place - 1])
        letters = column_letters(SAMPLE_KEYS.index(key))
        planted.append(PlantedError(place + 2, letters, key, how))
    return roster_workbook(people), planted
