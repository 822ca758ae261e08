from typing import Any

import pytest
from django.utils import translation

from policies.eligibility import judge, load_pack
from policies.eligibility.conditions import Reason
from policies.eligibility.facts import Text
from policies.eligibility.wording import requirement, value_text

PACK = load_pack()
REGISTRY = PACK.registry


@pytest.fixture(autouse=True)
def _in_chinese() -> Any:
    with translation.override("zh-hans"):
        yield


def reasons(measure: str, facts: dict[str, Any], as_of: str = "2020-03-10") -> list[str]:
    result = judge(PACK, facts, as_of, [measure]).results[measure]
    return [requirement(reason, REGISTRY, "zh-hans") for reason in result.reasons]


@pytest.mark.parametrize(
    ("measure", "facts", "said"),
    [
        ("焦政4-13d", {"unemployment_insured": True, "layoff_count": 5, "total_staff_count": 100},
         ["裁员率应低于5%"]),
        ("豫政9-14b", {"housing_fund_difficulty": True, "housing_fund_rate_pct": 5},
         ["现住房公积金单位缴存比例应高于5%"]),
        ("豫政9-14c", {"housing_fund_difficulty": False},
         ["受疫情影响缴存住房公积金确有困难应为是"]),
        ("焦政4-20a", {"main_sector": "catering"}, ["主营行业应为以下之一：文化, 旅游"]),
        ("豫政9-13a", {"power_capacity_suspension": True, "epidemic_end_date": "2020-03-01"},
         ["应不晚于疫情结束日期"]),
        ("豫政9-15", {"enterprise_size": "small", "missed_social_insurance_business": True,
                    "epidemic_end_date": "2019-12-01"}, ["应在疫情结束日期后 3 个月之内"]),
        ("豫政9-19b", {}, ["申请的条件没有写出"]),
    ],
)  # fmt: skip
def test_a_reason_is_said_in_words(measure: str, facts: dict[str, Any], said: list[str]) -> None:
    assert reasons(measure, facts) == said


def test_a_text_out_of_force_says_its_days() -> None:
    assert reasons("焦政办4-6", {}, "2020-05-07") == ["只到 2020-05-06 有效"]
    assert reasons("豫政9-14c", {}, "2020-02-12") == ["自 2020-02-13 起才有效"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("layoff_count", 8, "8 人"),
        ("layoff_rate_pct", 20, "20%"),
        ("enterprise_size", "small", "小型"),
        ("affected_by_epidemic", False, "否"),
        ("affected_by_epidemic", None, "未填写"),
        ("main_sector", ("culture", "tourism"), "文化, 旅游"),
    ],
)
def test_a_value_is_shown_with_its_unit_or_label(name: str, value: Any, text: str) -> None:
    assert value_text(name, value, REGISTRY, "zh-hans") == text


def test_every_kind_of_comparison_has_words() -> None:
    for op in ("ne", "not_in", "ge", "gt", "le", "after", "beyond_months_after"):
        name = "epidemic_end_date" if "after" in op else "layoff_count"
        reason = Reason(name, op, 3 if "after" in op else (3,), None, None, "文1-1")

        assert REGISTRY.label(name).zh in requirement(reason, REGISTRY, "zh-hans")


def test_an_unprinted_condition_is_said_in_either_language() -> None:
    reason = Reason(None, "unstated", None, None, None, "文1-1", Text("没有写出", "not printed"))

    assert requirement(reason, REGISTRY, "en") == "not printed"
