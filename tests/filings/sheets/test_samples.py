from datetime import date

import pytest

from filings.sheets.roster import read_roster
from filings.sheets.samples import (
    SAMPLE_DAY,
    planted_workbook,
    sample_people,
    sample_workbook,
)


def test_the_sample_roster_has_no_error():
    _grid, result = read_roster(sample_workbook(500), "样例.xlsx", today=SAMPLE_DAY)

    assert result.errors == []
    assert len(result.rows) == 500
    assert len({row.id_number for row in result.rows}) == 500
    assert len({row.mobile for row in result.rows}) == 500
    assert result.warnings == []


def test_the_same_seed_gives_the_same_people_and_another_one_others():
    assert sample_people(20, seed=1) == sample_people(20, seed=1)
    assert sample_people(20, seed=1) != sample_people(20, seed=2)


def test_ids_and_mobiles_belong_to_nobody():
    for person in sample_people(2000):
        assert person["id_number"][4:6] == "99"
        assert person["id_number"][2:4] >= "90"
        assert person["mobile"].startswith("1540000")


@pytest.mark.parametrize("seed", [2020, 1, 7])
def test_every_planted_error_is_found_and_nothing_else(seed):
    content, planted = planted_workbook(500, seed=seed)

    _grid, result = read_roster(content, "样例.xlsx", today=SAMPLE_DAY)

    assert len(planted) == 30
    assert [(error.row, error.column, error.key) for error in result.errors] == [
        (error.row, error.column, error.key) for error in planted
    ]
    assert len(result.rows) == 470


def test_the_sample_stays_valid_on_a_later_day():
    day = date(2026, 11, 22)

    _grid, result = read_roster(sample_workbook(50, today=day), "样例.xlsx", today=day)

    assert result.errors == []
