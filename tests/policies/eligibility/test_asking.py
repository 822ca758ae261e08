from typing import Any

from policies.eligibility import judge, load_pack

PACK = load_pack()


def asked(facts: dict[str, Any], measures: list[str] | None = None) -> list[str]:
    return list(judge(PACK, facts, "2020-03-10", measures).ask_next)


def test_the_fact_that_most_measures_wait_for_comes_first() -> None:
    assert asked({})[:3] == ["enterprise_size", "affected_by_epidemic", "in_temporary_difficulty"]


def test_money_at_stake_counts_more_than_information() -> None:
    both = ["豫政9-12b", "豫政9-14a"]
    settled = {
        "enterprise_size": "small",
        "affected_by_epidemic": True,
        "in_temporary_difficulty": True,
    }

    assert asked(settled, both) == [
        "social_insurance_payment_difficulty",
        "rents_from_other_lessor",
    ]


def test_more_money_counts_more() -> None:
    both = ["豫政9-10c", "豫政9-10e"]
    little_and_much = {
        "capacity_equipment_investment_yuan": 9,
        "transport_supplies_income_yuan": 900,
    }

    assert asked({}, both) == ["key_epidemic_supplies_producer", "transports_key_supplies"]
    assert asked(little_and_much, both) == [
        "transports_key_supplies",
        "key_epidemic_supplies_producer",
    ]


def test_a_condition_that_is_not_printed_asks_for_nothing() -> None:
    assert asked({"supplies_work_in_spring_festival": True}, ["豫政9-18b", "豫政9-19b"]) == []


def test_nothing_is_asked_about_what_is_out_of_place() -> None:
    assert asked({"district": "outside_henan"}) == []
