"""Looked up or judged, a finding is the same; and memory does not grow with the enterprises."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility import Pack, judge, load_pack, recall
from policies.eligibility.conditions import parse_condition, plain
from policies.eligibility.facts import FactType
from policies.eligibility.finding import Finding, finding_of, with_values
from policies.eligibility.packs import Kind
from policies.eligibility.recall import Found, Recall

PACK = load_pack()
DAY = date(2020, 3, 10)
MEMORY = Recall(PACK, DAY)
OFFERED = [key for key, one in PACK.measures.items() if one.kind is not Kind.DUTY]


def value_of(name: str, chance: Random) -> Any:
    spec = PACK.registry.facts[name]
    match spec.type:
        case FactType.BOOL:
            return chance.random() < 0.5
        case FactType.ENUM:
            return chance.choice(sorted(spec.values))
        case FactType.DATE:
            return (DAY + timedelta(days=chance.randint(-400, 400))).isoformat()
    return min(chance.choice([0, 1, 8, 20, 300, 5000, 99999]), int(spec.maximum or 10**6))


def profile(chance: Random) -> dict[str, Any]:
    """An enterprise with a few facts or with many; nobody lays off out of a staff of 0."""
    names = chance.sample(sorted(PACK.registry.facts), chance.randint(0, 60))
    facts = {name: value_of(name, chance) for name in names}
    if facts.get("total_staff_count") == 0:
        del facts["total_staff_count"]
    return facts


def judged(pack: Pack, facts: dict[str, Any], day: date) -> dict[str, Found]:
    results = judge(pack, facts, day).results
    return {
        key: Found(finding_of(results[key]), results[key].amount)
        for key in results
        if pack.measures[key].kind is not Kind.DUTY
    }


def found(memory: Recall, facts: dict[str, Any]) -> dict[str, Found]:
    return memory.findings(memory.situation(memory.pack.registry.parse(facts)))


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_is_looked_up_is_what_is_judged(seed: int) -> None:
    facts = profile(Random(seed))

    assert found(MEMORY, facts) == judged(PACK, facts, DAY)


def test_chosen_measures_are_found_alone() -> None:
    situation = MEMORY.situation(PACK.registry.parse({"enterprise_size": "small"}))

    two = MEMORY.findings(situation, OFFERED[3:5])

    assert set(two) == set(OFFERED[3:5])
    assert two == {key: MEMORY.findings(situation)[key] for key in two}


def test_alike_enterprises_are_judged_once_and_paid_each_for_itself(monkeypatch) -> None:
    memory = Recall(PACK, DAY)
    facts = {
        "enterprise_size": "small",
        "affected_by_epidemic": True,
        "in_temporary_difficulty": True,
        "unemployment_insured": True,
        "layoff_count": 0,
        "employees": 50,
    }
    first = found(memory, {**facts, "unemployment_insurance_paid_last_year_yuan": 1000})
    monkeypatch.setattr(recall, "judge_measure", None)

    second = found(memory, {**facts, "unemployment_insurance_paid_last_year_yuan": 3000})

    paid = {key for key in first if first[key].amount is not None}
    assert paid
    assert all(second[key].amount == 3 * first[key].amount for key in paid)
    assert {key: one.finding for key, one in first.items()} == {
        key: one.finding for key, one in second.items()
    }


def test_what_is_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(recall, "MOST_REMEMBERED", 40)
    memory = Recall(PACK, DAY)
    chance = Random(5)

    for _ in range(60):
        facts = profile(chance)
        assert found(memory, facts) == judged(PACK, facts, DAY)

    assert len(memory._whole) <= 40
    assert all(len(place.known) <= 80 for place in memory._places.values())


def small_pack(tree: dict[str, Any]) -> Pack:
    """The pack with one measure, of these conditions."""
    one = next(m for m in PACK.measures.values() if m.kind is not Kind.DUTY and m.amount is None)
    when = parse_condition(tree, PACK.registry, one.clause)
    return replace(PACK, measures={one.id: replace(one, when=when)}, topics={})


@pytest.mark.parametrize(
    "tree",
    [
        {
            "any": [
                {"all": [{"fact": "employees", "ge": 300}, {"fact": "is_sme", "eq": False}]},
                {"all": [{"fact": "employees", "le": 20}, {"fact": "is_sme", "eq": False}]},
            ]
        },
        {"any": [{"fact": "layoff_rate_pct", "le": 5}, {"fact": "layoff_count", "eq": 0}]},
        {
            "all": [
                {"fact": "epidemic_end_date", "within_months_after": 3},
                {"not": {"fact": "is_sme", "eq": True}},
            ]
        },
    ],
)  # fmt: skip
def test_where_one_fact_feeds_two_comparisons_nothing_is_mixed_up(tree: dict[str, Any]) -> None:
    pack = small_pack(tree)
    memory = Recall(pack, DAY)
    names = [
        "sme_industry", "employees", "annual_revenue_wanyuan", "total_assets_wanyuan",
        "layoff_count", "total_staff_count", "epidemic_end_date", "district",
    ]  # fmt: skip
    chance = Random(7)

    for _ in range(400):
        facts = {name: value_of(name, chance) for name in names if chance.random() < 0.5}
        if facts.get("total_staff_count") == 0:
            del facts["total_staff_count"]
        pack.registry.deciding.clear()
        assert found(memory, facts) == judged(pack, facts, DAY)


def test_with_the_values_beside_it_a_finding_is_the_whole_trace() -> None:
    judgement = judge(PACK, {"enterprise_size": "medium"}, DAY)
    for key in OFFERED:
        result = judgement.results[key]
        values = {
            reason.fact: plain(judgement.situation.value(reason.fact))
            for reason in result.trace
            if reason.fact in PACK.registry
        }

        told = with_values(finding_of(result).as_json(), values, DAY.isoformat())

        for part, reasons in (("reasons", result.reasons), ("trace", result.trace)):
            told_part = [{k: v for k, v in one.items() if k != "note"} for one in told[part]]
            assert told_part == [reason.as_json() for reason in reasons]


def test_a_finding_holds_no_value_of_the_enterprise() -> None:
    result = judge(PACK, {"employees": 77777, "sme_industry": "industry"}, DAY).results
    for key in OFFERED:
        finding: Finding = finding_of(result[key])
        assert "77777" not in str(finding.as_json())
        assert all(reason.actual is None for reason in finding.trace)
