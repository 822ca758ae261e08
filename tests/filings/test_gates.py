"""The gates as questions to plain content."""

from __future__ import annotations

import copy

import pytest

from filings.gates import failing, judge
from filings.states import GateSet
from tests.factories import PLAN, PRESTART, SCHEME


def typed(section: dict) -> dict:
    """The section as the database holds it: rows carry ids."""
    data = copy.deepcopy(section)
    for value in data.values():
        if isinstance(value, list):
            for number, row in enumerate(value):
                row["id"] = f"r{number}"
    return data


@pytest.fixture
def content():
    return {
        "scheme": typed(SCHEME),
        "plan": typed(PLAN),
        "prestart": typed(PRESTART),
        "roster": {"count": 2, "told": 2, "units": [["一车间", "一班"]]},
        "supplies": [{"name": "口罩", "balance": "1000.000"}],
        "approved_version": 1,
    }


def names(results):
    return [result.name for result in failing(results)]


@pytest.mark.parametrize("gates", list(GateSet))
def test_complete_content_passes_every_gate(content, gates):
    assert names(judge(gates, content)) == []


@pytest.mark.parametrize("gates", list(GateSet))
def test_no_content_at_all_passes_no_gate(gates):
    results = judge(gates, {})

    assert len(failing(results)) == len(results)


@pytest.mark.parametrize(
    "part",
    ["leadership", "duties", "screening", "daily_control", "logistics_support", "emergency"],
)
@pytest.mark.parametrize("nothing", ["", "   ", None])
def test_each_of_the_six_parts_shuts_the_gate_by_its_name(content, part, nothing):
    content["scheme"][part] = nothing

    (shut,) = failing(judge(GateSet.APPROVAL, content))

    assert (shut.name, shut.rule, len(shut.why)) == ("scheme_parts", "R1.2", 1)


def test_a_workshop_of_the_roster_without_a_responsible_person_shuts_the_gate(content):
    content["roster"]["units"].append(["二车间", "三班"])

    (shut,) = failing(judge(GateSet.APPROVAL, content))

    assert shut.name == "responsible_persons"
    assert "二车间" in shut.why[0]


def test_a_person_for_the_team_is_enough(content):
    content["roster"]["units"].append(["二车间", "三班"])
    content["scheme"]["unit_leads"].append(
        {"id": "x", "workshop": "二车间", "team": "三班", "name": "周", "phone": "13800000003"}
    )

    assert names(judge(GateSet.APPROVAL, content)) == []


@pytest.mark.parametrize(("count", "told"), [(0, 0), (2, 1), (None, None)])
def test_the_roster_gate_asks_the_three_fields_of_everybody(content, count, told):
    content["roster"].update(count=count, told=told)

    assert names(judge(GateSet.APPROVAL, content)) == ["roster"]


@pytest.mark.parametrize("supplies", [[], [{"name": "口罩", "balance": "0.000"}]])
def test_the_ledger_gate_asks_for_stock(content, supplies):
    content["supplies"] = supplies

    assert names(judge(GateSet.APPROVAL, content)) == ["ledger"]


def test_origins_that_do_not_add_up_shut_the_plan_gate(content):
    content["plan"]["origins"][0]["count"] = "1"

    assert names(judge(GateSet.APPROVAL, content)) == ["plan"]


def test_a_waiver_lifts_an_approval_gate_and_shows_its_reason(content):
    content["supplies"] = []

    result = judge(GateSet.APPROVAL, content, {"ledger": "物资在途，明天到货"})[-1]

    assert (result.state, result.waiver, result.stands_open) == (
        "waived",
        "物资在途，明天到货",
        True,
    )


@pytest.mark.parametrize(
    ("field", "gate"),
    [
        ("screened_on", "screening"),
        ("screened_count", "screening"),
        ("found_count", "screening"),
        ("disinfected_crowded", "disinfection"),
        ("disinfected_equipment", "disinfection"),
        ("disinfected_on", "disinfection"),
        ("safety_checked", "disinfection"),
        ("safety_checked_on", "disinfection"),
        ("cleaned_office", "disinfection"),
    ],
)
def test_a_missing_start_fact_is_not_a_pass_and_no_waiver_helps(content, field, gate):
    del content["prestart"][field]
    everything = dict.fromkeys(("scheme", "screening", "disinfection", "report"), "理由")

    shut = names(judge(GateSet.START, content, everything))

    assert shut == [gate, "report"]


def test_a_tick_that_says_no_is_not_a_pass(content):
    content["prestart"]["safety_checked"] = "no"

    assert "disinfection" in names(judge(GateSet.START, content))


def test_nobody_screened_is_no_screening(content):
    content["prestart"]["screened_count"] = "0"

    assert "screening" in names(judge(GateSet.START, content))


def test_an_unsigned_report_shuts_only_the_report_gate(content):
    content["prestart"]["signatory"] = ""

    assert names(judge(GateSet.START, content)) == ["report"]


def test_no_approved_scheme_no_start(content):
    content["approved_version"] = None

    assert names(judge(GateSet.START, content)) == ["scheme"]
