"""The reviewer's checklist fills itself in from the data; nothing missing counts as done."""

from __future__ import annotations

import copy

import pytest

from filings import checklist
from tests import factories as make


def content(**changes):
    """A complete filing's content, with parts of its sections changed: `plan={"has_orders": …}`."""
    whole = {
        "scheme": copy.deepcopy(make.SCHEME),
        "plan": copy.deepcopy(make.PLAN),
        "prestart": copy.deepcopy(make.PRESTART),
        "roster": {"count": 2, "told": 2, "fit": 2, "units": [["一车间", "一班"]]},
        "supplies": [{"name": "口罩", "balance": "1000.000", "days": "250.0", "short": False}],
        "profile": {"name": "测试机械厂", "zone": ""},
        "opinions": 1,
    }
    for section in ("scheme", "plan", "prestart"):
        for key, value in whole[section].items():
            if isinstance(value, list):
                whole[section][key] = [dict(row, id=f"r{n}") for n, row in enumerate(value)]
    for section, part in changes.items():
        whole[section] = whole[section] | part if isinstance(part, dict) else part
    return whole


def state_of(rule: str, given, *, section: str = "") -> str:
    found = [
        answer.state
        for answer in checklist.answers(given)
        if answer.rule == rule and section in ("", answer.section)
    ]
    return found[0]


def test_a_complete_filing_has_every_demand_done():
    found = checklist.answers(content())

    assert checklist.tally(found) == {"done": len(found) - 1, "not_done": 0, "not_given": 0}


def test_an_empty_filing_has_nothing_done():
    assert {answer.state for answer in checklist.answers({})} == {"not_given"}


@pytest.mark.parametrize(
    ("rule", "changes", "state"),
    [
        ("R1.1", {"plan": {}} | {"scheme": dict.fromkeys(make.SCHEME)}, "not_given"),
        ("R1.2", {"scheme": {"duties": ""}}, "not_given"),
        ("R1.3", {"roster": {"units": [["二车间", "一班"]]}}, "not_done"),
        ("R1.3", {"scheme": {"unit_leads": []}}, "not_given"),
        ("R1.4", {"plan": {"logistics": ""}}, "not_given"),
        ("R1.4", {"plan": {"returning_total": "9"}}, "not_done"),
        ("R1.5", {"profile": {"zone": "甲集聚区"}}, "not_done"),
        ("R1.6", {"opinions": 0}, "not_given"),
        ("R2.9", {"prestart": {"screened_count": "0"}}, "not_done"),
        ("R2.9", {"prestart": {"screened_on": ""}}, "not_given"),
        ("R2.8", {"prestart": {"signatory": ""}}, "not_given"),
        ("R3.1", {"supplies": []}, "not_given"),
        ("R3.1", {"supplies": [{"name": "口罩", "balance": "0.000"}]}, "not_done"),
        (
            "R3.1",
            {"supplies": [{"name": "口罩", "balance": "5", "days": "1.0", "short": True}]},
            "not_done",
        ),
        ("R3.2", {"supplies": []}, "not_given"),
        ("R3.3", {"scheme": {"control_staff": []}}, "not_given"),
        ("R3.4", {"scheme": {"temperature_points": []}}, "not_given"),
        ("R3.5", {"scheme": {"entry_records": ""}}, "not_given"),
        ("R3.6", {"scheme": {"abnormal_measures": ""}}, "not_given"),
        ("R3.7", {"scheme": {"isolation_room": "no"}}, "not_done"),
        ("R4.1", {"roster": {"fit": 1}}, "not_done"),
        ("R4.1", {"roster": {"count": 0}}, "not_given"),
        ("R4.2", {"plan": {"batches": []}}, "not_given"),
        ("R4.4", {"roster": {"told": 1}}, "not_given"),
        ("R5.1", {"prestart": {"cleaned_living": "no"}}, "not_done"),
        ("R5.1", {"prestart": {"cleaned_living": ""}}, "not_given"),
        ("R5.2", {"prestart": {"disinfected_crowded": "no"}}, "not_done"),
        ("R5.3", {"prestart": {"areas": []}}, "not_given"),
        ("R6.1", {"plan": {"has_market": "no"}}, "not_done"),
        ("R6.1", {"plan": {"has_market": ""}}, "not_given"),
        ("R6.2", {"plan": {"purchasing_plan": ""}}, "not_given"),
        ("R6.3", {"plan": {"work_safety": ""}}, "not_given"),
        ("R7.1", {"scheme": {"principal": ""}}, "not_given"),
        ("R8.1", {"scheme": {"gates_after": "3"}}, "not_done"),
        ("R8.1", {"scheme": {"gates_after": ""}}, "not_given"),
        ("R8.2", {"scheme": {"gates": [{"id": "a", "name": "东门", "guarded": "no"}]}}, "not_done"),
        ("R8.2", {"scheme": {"gates": []}}, "not_given"),
    ],
)
def test_what_is_missing_or_denied_is_told_apart(rule, changes, state):
    assert (state_of(rule, content()), state_of(rule, content(**changes))) == (
        "not_given" if rule == "R3.7" else "done",
        state,
    )


def test_the_zone_counts_once_it_has_received():
    given = content(profile={"zone": "甲集聚区"})

    assert state_of("R1.5", given | {"received_by_zone": True}) == "done"


def test_days_of_cover_are_shown_with_the_supply():
    found = next(a for a in checklist.answers(content()) if a.rule == "R3.1")

    assert found.said == "口罩可用 250.0 天"


def test_advice_is_no_defect_in_the_tally():
    without_room = checklist.tally(checklist.answers(content(scheme={"isolation_room": "no"})))

    assert without_room["not_done"] == 0
