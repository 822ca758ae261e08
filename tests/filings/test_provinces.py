"""The words that rosters have for provinces."""

from __future__ import annotations

import pytest

from filings.provinces import LONGEST_OTHER, MOST_OTHERS, by_province, province_of


@pytest.mark.parametrize(
    ("written", "province"),
    [
        ("湖北", "湖北省"),
        ("湖 北 省", "湖北省"),
        ("湖北省武汉市江夏区", "湖北省"),
        ("内蒙古", "内蒙古自治区"),
        ("黑龙江省", "黑龙江省"),
        ("重庆市万州区", "重庆市"),
        ("武汉", "武汉"),
        ("", ""),
        ("x" * 60, "x" * LONGEST_OTHER),
    ],
)
def test_a_province_is_known_by_how_it_begins(written, province):
    assert province_of(written) == province


def test_what_is_one_province_is_counted_together():
    counted = [("湖北", 2), ("湖北省", 3), ("", 7), ("河南省", 1)]

    assert by_province(counted) == {"湖北省": 5, "河南省": 1}


def test_of_many_words_that_are_no_province_those_with_most_people_are_told_apart():
    words = [(f"地方{n}", 100 - n) for n in range(30)]

    found = by_province([*words, ("湖北", 1)])

    assert found["湖北省"] == 1
    assert found["地方0"] == 100
    assert len(found) == 1 + MOST_OTHERS + 1
    assert sum(found.values()) == sum(people for _word, people in words) + 1
    assert found["其他"] == sum(people for _word, people in words[MOST_OTHERS:])
