"""The pack against a second reading: profiles judged by hand from the texts, without the rules.

The files beside this one hold whole enterprises with what a clerk would tell them, and why. Where
the second reader and the pack parted, `decided` says which reading holds and on what ground.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.eligibility import judge, load_pack
from policies.eligibility.packs import Kind

PACK = load_pack()
PROFILES: list[dict[str, Any]] = [
    profile
    for file in sorted((Path(__file__).parent / "second_reading").glob("*.yaml"))
    for profile in yaml.safe_load(file.read_text("utf-8"))
]
#: Information without a condition or an end, read inside the city only.
NEVER_REFUSED_HERE = {"焦政4-5c"}
OFFERED = [key for key, measure in PACK.measures.items() if measure.kind is not Kind.DUTY]


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("profile", PROFILES, ids=[profile["name"] for profile in PROFILES])
def test_the_pack_tells_what_the_second_reader_told(profile: dict[str, Any]) -> None:
    facts = PACK.registry.parse({name: plain(value) for name, value in profile["facts"].items()})
    told = judge(PACK, facts, profile["as_of"]).as_json()["results"]

    found = {
        measure: {
            name: sorted(told[measure][name]) if name == "missing" else told[measure][name]
            for name in expected
        }
        for measure, expected in profile["expect"].items()
    }
    assert found == {
        measure: {
            name: sorted(value) if name == "missing" else value for name, value in expected.items()
        }
        for measure, expected in profile["expect"].items()
    }


def verdicts() -> Iterator[tuple[str, str]]:
    for profile in PROFILES:
        for measure, expected in profile["expect"].items():
            yield measure, expected["verdict"]


def test_the_second_reading_leaves_out_no_item() -> None:
    read = Counter(verdicts())
    refused = {measure for measure, verdict in read if verdict == "not_eligible"}
    not_refused = {measure for measure, verdict in read if verdict in {"eligible", "unknown"}}

    assert read.total() >= 800
    assert set(OFFERED) - refused == NEVER_REFUSED_HERE
    assert set(OFFERED) - not_refused == set()


#: The notice 焦政办4 says three months from 6 February 2020: the last day is read to be this one.
LAST_DAY_OF_THE_NOTICE = date(2020, 5, 6)


@pytest.mark.parametrize("measure", [key for key in OFFERED if key.startswith("焦政办4-")])
def test_every_item_of_the_notice_ends_with_its_last_day(measure: str) -> None:
    dated_by_itself = PACK.measures[measure].validity.last != LAST_DAY_OF_THE_NOTICE
    profiles = [
        profile
        for profile in PROFILES
        if profile["expect"].get(measure, {}).get("verdict") in {"eligible", "unknown"}
        and profile["as_of"] <= LAST_DAY_OF_THE_NOTICE
    ]
    told = {
        (judged(profile, measure, LAST_DAY_OF_THE_NOTICE), judged(profile, measure, day_after))
        for profile in profiles
        for day_after in [LAST_DAY_OF_THE_NOTICE + timedelta(days=1)]
    }

    assert profiles
    assert dated_by_itself or {after for _last, after in told} == {"not_eligible"}
    assert dated_by_itself or "not_eligible" not in {last for last, _after in told}


def judged(profile: dict[str, Any], measure: str, day: date) -> str:
    facts = PACK.registry.parse({name: plain(value) for name, value in profile["facts"].items()})
    return str(judge(PACK, facts, day, [measure]).results[measure].verdict.value)


def test_where_items_end_by_a_day_of_their_own_both_days_were_read() -> None:
    own = {
        measure: PACK.measures[measure].validity.last
        for measure in OFFERED
        if PACK.measures[measure].validity.last not in {None, LAST_DAY_OF_THE_NOTICE}
    }
    seen = {(measure, profile["as_of"]) for profile in PROFILES for measure in profile["expect"]}
    missed = {
        measure
        for measure, last in own.items()
        if last is not None and not {(measure, last), (measure, last + timedelta(days=1))} <= seen
    }

    assert own
    assert missed == set()
