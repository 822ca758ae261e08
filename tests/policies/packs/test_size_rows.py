"""The size standard, row by row, in the evaluator, in the facts worked out, and on the filing."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from filings.size import size_of
from policies.eligibility import load_pack
from policies.eligibility.situation import Situation
from policies.eligibility.size import SizeStandard

PACK = load_pack()
STANDARD = cast(SizeStandard, PACK.size_standard)
FACTS = {
    "heads": "employees",
    "revenue": "annual_revenue_wanyuan",
    "assets": "total_assets_wanyuan",
}
ROWS = [
    (industry, row)
    for industry, rows in yaml.safe_load(
        (Path(__file__).parent / "size_rows.yaml").read_text("utf-8")
    ).items()
    for row in rows
]
ASKED = pytest.mark.parametrize(
    ("industry", "row"), ROWS, ids=[f"{industry}: {row['why']}" for industry, row in ROWS]
)


def figures(row: Mapping[str, Any]) -> dict[str, Decimal]:
    return {FACTS[key]: Decimal(str(row[key])) for key in FACTS if key in row}


def test_every_bound_of_the_sixteen_industries_has_its_two_rows() -> None:
    assert len({industry for industry, _row in ROWS}) == 16
    for industry, indicators in STANDARD.industries.items():
        for key, fact in FACTS.items():
            if fact not in indicators:
                continue
            given = {row[key] for name, row in ROWS if name == industry and key in row}
            bounds = indicators[fact]
            for bound in (bounds.small, bounds.medium, bounds.large):
                assert {bound - 1, bound} <= given, (industry, key)


@ASKED
def test_the_evaluator_finds_the_class(industry: str, row: Mapping[str, Any]) -> None:
    known = {name: Fraction(value) for name, value in figures(row).items()}

    possible = STANDARD.possible_classes({"sme_industry": industry, **known})

    assert (next(iter(possible)) if len(possible) == 1 else "open") == row["class"]


@ASKED
def test_a_profile_is_an_sme_or_not_or_open(industry: str, row: Mapping[str, Any]) -> None:
    given = {
        name: int(value) if name == "employees" else value for name, value in figures(row).items()
    }
    facts = PACK.registry.parse({"sme_industry": industry, **given})

    situation = Situation(facts, date(2020, 3, 10), PACK.registry, STANDARD)

    assert situation.value("enterprise_size") == (None if row["class"] == "open" else row["class"])
    assert situation.value("is_sme") is (None if row["sme"] == "open" else row["sme"])


@ASKED
def test_a_filing_shows_the_same_class(industry: str, row: Mapping[str, Any]) -> None:
    size = size_of(industry, figures(row))

    assert size is not None
    assert (size.decided or "open") == row["class"]
