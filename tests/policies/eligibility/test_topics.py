"""One benefit is shown and paid once, and the best verdict of its clauses counts."""

from typing import Any

import pytest

from policies.eligibility import judge, load_pack

PACK = load_pack()


def topic(name: str, facts: dict[str, Any], as_of: str = "2020-03-10") -> dict[str, Any]:
    return judge(PACK, facts, as_of).as_json()["topics"][name]


def test_a_rebate_that_three_clauses_give_is_paid_once() -> None:
    facts = {
        "enterprise_size": "small",
        "affected_by_epidemic": True,
        "in_temporary_difficulty": True,
        "unemployment_insured": True,
        "layoff_count": 0,
        "unemployment_insurance_paid_last_year_yuan": 36000,
    }

    assert topic("ui_rebate", facts) == {
        "verdict": "eligible",
        "amount_yuan": "18000.00",
        "basis": ["豫政9-17b", "焦政4-13d", "焦政办4-6"],
    }


def test_an_unknown_provincial_clause_does_not_hide_the_city_one() -> None:
    facts = {
        "unemployment_insured": True,
        "layoff_count": 4,
        "total_staff_count": 100,
        "unemployment_insurance_paid_last_year_yuan": 1000,
    }
    judgement = judge(PACK, facts, "2020-03-10").as_json()

    assert judgement["results"]["豫政9-17b"]["verdict"] == "unknown"
    assert judgement["topics"]["ui_rebate"] == {
        "verdict": "eligible",
        "amount_yuan": "500.00",
        "basis": ["焦政4-13d"],
    }


def test_the_city_carries_on_when_the_short_text_has_ended() -> None:
    facts = {"enterprise_size": "small", "tax_filing_difficulty": True} | {
        "affected_by_epidemic": True,
        "in_temporary_difficulty": True,
    }

    assert topic("filing_deferral", facts, "2020-05-06")["basis"] == ["焦政4-11b", "焦政办4-12a"]
    assert topic("filing_deferral", facts, "2020-05-07")["basis"] == ["焦政4-11b"]


def test_the_firm_rule_on_rent_comes_before_encouragement() -> None:
    scope = {
        "enterprise_size": "small",
        "affected_by_epidemic": True,
        "in_temporary_difficulty": True,
        "rents_state_owned_premises": True,
        "monthly_rent_yuan": 10000,
    }

    assert topic("rent", scope | {"cannot_operate_normally": True}) == {
        "verdict": "eligible",
        "amount_yuan": "20000.00",
        "basis": ["豫政9-12a"],
    }
    assert topic("rent", scope | {"cannot_operate_normally": False}) == {
        "verdict": "eligible",
        "amount_yuan": None,
        "basis": ["焦政办4-9"],
    }


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [({"special_difficulty_paying_tax": False}, "not_eligible"), ({}, "unknown")],
)
def test_without_a_yes_a_topic_has_no_basis(facts: dict[str, Any], verdict: str) -> None:
    expected = {"verdict": verdict, "amount_yuan": None, "basis": []}

    assert topic("tax_deferral", facts) == expected


def test_two_caps_on_one_guarantee_are_not_added() -> None:
    facts = {
        "enterprise_size": "small",
        "in_epidemic_related_industry": True,
        "directly_participates_in_control": True,
        "government_guarantee_used": True,
        "guaranteed_loan_yuan": 1000000,
    }

    assert topic("guarantee", facts)["amount_yuan"] == "10000.00"


def test_the_longer_text_stands_first() -> None:
    found = topic("social_insurance_rates", {"unemployment_insured": True})

    assert found["basis"] == ["焦政4-13e", "焦政办4-10a"]


def test_a_measure_of_its_own_is_its_own_topic() -> None:
    facts = {
        "key_epidemic_supplies_producer": True,
        "vat_credit_dec2019_yuan": 1,
        "vat_credit_current_yuan": 3,
    }

    assert topic("vat_refund", facts) == {
        "verdict": "eligible",
        "amount_yuan": "2.00",
        "basis": ["豫政9-10d"],
    }


def test_a_topic_of_duties_alone_does_not_apply() -> None:
    assert topic("financing_cost", {})["verdict"] == "not_applicable"
