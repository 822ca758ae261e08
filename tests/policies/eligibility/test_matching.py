"""Profiles in JSON: exact numbers in, the contract's shape out, bad input refused by place."""

import json
from datetime import date
from typing import Any

import pytest

from policies.eligibility import FactError, load_pack
from policies.eligibility.matching import InputError, match, read_profiles
from policies.eligibility.words import PlacedError

PACK = load_pack()
TODAY = date(2020, 3, 2)


def matched(data: Any) -> list[dict[str, Any]]:
    return match(json.dumps(data).encode(), PACK, TODAY)


def test_one_object_gives_a_list_of_one() -> None:
    assert [one["id"] for one in matched({"id": "甲", "facts": {}})] == ["甲"]


def test_a_list_keeps_its_order_and_equal_ids() -> None:
    found = matched([{"id": "b", "facts": {}}, {"id": "a", "facts": {}}, {"id": "b", "facts": {}}])

    assert [one["id"] for one in found] == ["b", "a", "b"]
    assert matched([]) == []


def test_the_answer_has_the_shape_of_the_contract() -> None:
    facts = {"enterprise_size": "small", "layoff_count": 8, "total_staff_count": 40}

    (answer,) = matched({"id": "a", "as_of": "2020-03-10", "facts": facts})

    assert list(answer) == ["id", "as_of", "derived", "results", "topics", "ask_next"]
    assert answer["as_of"] == "2020-03-10"
    assert answer["derived"] == {
        "enterprise_size": "small",
        "is_sme": True,
        "layoff_rate_pct": "20",
    }
    assert set(answer["results"]) == set(PACK.measures)
    for result in answer["results"].values():
        assert set(result) == {"verdict", "amount_yuan", "missing", "reasons"}
        for reason in result["reasons"]:
            assert {"fact", "op", "threshold", "actual", "holds"} <= set(reason)
    for topic in answer["topics"].values():
        assert set(topic) == {"verdict", "amount_yuan", "basis"}
    assert json.loads(json.dumps(answer)) == answer


def test_a_profile_without_a_day_is_judged_today() -> None:
    assert matched({"facts": {}})[0]["as_of"] == "2020-03-02"


def test_decimals_of_the_file_stay_exact() -> None:
    raw = b'{"facts": {"housing_fund_rate_pct": 5.0000000001, "housing_fund_difficulty": true}}'

    assert match(raw, PACK, TODAY)[0]["results"]["\u8c6b\u653f9-14b"]["verdict"] == "eligible"


def test_a_byte_order_mark_is_accepted() -> None:
    assert read_profiles(b'\xef\xbb\xbf{"facts": {}}', PACK, TODAY)[0].id is None


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "第 1 行第 1 列"),
        (b"{", "第 1 行第 2 列"),
        (b'{"facts": {}} {}', "第 1 行第 15 列"),
        (b"\xff\xfe{\x00", "第 1 个字节"),
        (b'{"id": "\xb0\xa1"}', "第 9 个字节"),
        (b'{"facts": {"layoff_count": 1, "layoff_count": 2}}', "layoff_count"),
        (b'{"facts": {}, "facts": {}}', "facts"),
        (b'{"facts": {"monthly_rent_yuan": NaN}}', "NaN"),
        (b'{"facts": {"monthly_rent_yuan": -Infinity}}', "-Infinity"),
        (b"3", ""),
        (b"null", ""),
        (b'"facts"', ""),
        (b"[3]", "[0]"),
        (b'[{"facts": {}}, []]', "[1]"),
        (b"{}", "facts"),
        (b'{"id": "a"}', "facts"),
        (b'[{"facts": {}}, {"facts": {}, "fact": {}}]', "[1].fact"),
        (b'{"id": 3, "facts": {}}', "id"),
        (b'{"id": null, "facts": {}}', "id"),
        (b'{"id": "\\ud800", "facts": {}}', "id"),
        (b'{"facts": [], "id": "a"}', "facts"),
        (b'{"facts": null}', "facts"),
        (b'{"as_of": "2020-02-30", "facts": {}}', "as_of"),
        (b'{"as_of": "yesterday", "facts": {}}', "as_of"),
        (b'{"as_of": null, "facts": {}}', "as_of"),
        (b'{"as_of": 20200310, "facts": {}}', "as_of"),
        (b'[{"facts": {}}, {"facts": {"layoff_count": "8"}}]', "[1].facts.layoff_count"),
        (b'{"facts": {"no_such_fact": 1}}', "facts.no_such_fact"),
        (b'{"facts": {"layoff_count": ' + b"9" * 300 + b"}}", "facts.layoff_count"),
        (b'{"facts": {"layoff_count": ' + b"9" * 5000 + b"}}", "9" * 20 + "…"),
        (b'{"facts": {"monthly_rent_yuan": 1e99999999}}', "facts.monthly_rent_yuan"),
        (b"[" * 100_000 + b"]" * 100_000, ""),
    ],
)
def test_anything_else_is_refused_with_its_place(raw: bytes, place: str) -> None:
    with pytest.raises(PlacedError) as refused:
        match(raw, PACK, TODAY)

    assert isinstance(refused.value, InputError | FactError)
    assert refused.value.place == place
    assert str(refused.value.reason)


def test_an_id_that_is_far_too_long_is_refused() -> None:
    with pytest.raises(InputError, match=r"^id: "):
        matched({"id": "a" * 501, "facts": {}})
