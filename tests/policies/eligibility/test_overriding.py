"""An item that takes the place of another from a day on: in the topics, never in the verdicts."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from policies.eligibility import judge, load_pack
from policies.eligibility.checking import check_pack
from policies.eligibility.loading import default_pack_path

DOCUMENTS = {
    "豫政9": "yuzheng-2020-9",
    "焦政4": "jiaozheng-2020-4",
    "焦政办4": "jiaozhengban-2020-4",
}
BASIS = "basis: { zh: 依据, en: basis }"

#: A firm that passes the provincial rebate and the one of 焦政4.
FIRM: dict[str, Any] = {
    "enterprise_size": "small",
    "affected_by_epidemic": True,
    "unemployment_insured": True,
    "layoff_count": 0,
    "unemployment_insurance_paid_last_year_yuan": 36000,
}


@pytest.fixture
def pack(tmp_path: Path) -> Any:
    """`pack({"豫政9-17b": "{ id: …, from: … }"})`: the folder of a copy with these overrides."""
    copy = tmp_path / "pack"
    shutil.copytree(default_pack_path(), copy)

    def write(overrides: dict[str, str]) -> Path:
        for item, entries in overrides.items():
            document = item.partition("-")[0]
            for path in (copy / DOCUMENTS[document]).glob("*.yaml"):
                text = path.read_text("utf-8")
                mark = f"  - id: {item}\n"
                if mark in text:
                    added = f"{mark}    overrides: [{entries}]\n"
                    path.write_text(text.replace(mark, added), "utf-8")
        return copy

    return write


def override(target: str, first: str = "2020-03-01", **more: str) -> str:
    extra = "".join(f"{key}: {value}, " for key, value in more.items())
    return f"{{ id: {target}, from: {first}, {extra}{BASIS} }}"


def topic(folder: Path, day: str, facts: dict[str, Any] = FIRM) -> tuple[Any, ...]:
    found = judge(load_pack(folder), facts, day).topics["ui_rebate"]
    return found.verdict, found.basis, found.overridden


def test_what_is_overridden_no_longer_counts_from_its_day_on(pack: Any) -> None:
    folder = pack({"豫政9-17b": override("焦政4-13d")})

    assert check_pack(folder) == []
    assert topic(folder, "2020-02-29") == ("eligible", ("豫政9-17b", "焦政4-13d"), ())
    assert topic(folder, "2020-03-01") == ("eligible", ("豫政9-17b",), ("焦政4-13d",))


def test_the_verdict_of_each_clause_stays_as_it_is(pack: Any) -> None:
    folder = pack({"豫政9-17b": override("焦政4-13d")})
    before = judge(load_pack(), FIRM, "2020-03-10").as_json()["results"]

    after = judge(load_pack(folder), FIRM, "2020-03-10").as_json()["results"]

    assert after == before


def test_what_replaces_does_so_for_good_and_what_limits_only_while_in_force(pack: Any) -> None:
    # 焦政办4-6 ends on 6 May 2020.
    target = override("焦政4-13d", effect="limits")
    folder = pack({"焦政办4-6": target})

    assert topic(folder, "2020-05-06")[2] == ("焦政4-13d",)
    assert topic(folder, "2020-05-07")[2] == ()
    text = (folder / "jiaozhengban-2020-4" / "06.yaml").read_text("utf-8")
    (folder / "jiaozhengban-2020-4" / "06.yaml").write_text(text.replace("effect: limits, ", ""))
    assert topic(folder, "2020-05-07")[2] == ("焦政4-13d",)


def test_a_topic_whose_only_member_is_overridden_gives_nothing(pack: Any) -> None:
    folder = pack({"豫政9-17b": override("豫政9-17c")})
    facts = {**FIRM, "receiving_post_subsidy": True}

    found = judge(load_pack(folder), facts, "2020-03-10")

    assert found.results["豫政9-17c"].verdict == "eligible"
    assert found.topics["ui_subsidy_ext"].as_json() == {
        "verdict": "not_eligible", "amount_yuan": None, "basis": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"豫政9-17b": override("豫政9-17b")}, "不能取代它自己"),
        ({"豫政9-17b": override("豫政9-99")}, "不在政策包中"),
        ({"焦政4-13d": override("豫政9-17b")}, "下级文件不能取代上级文件"),
        ({"豫政9-17b": override("焦政4-13d", "2020-02-12")}, "早于文件的日期 2020-02-13"),
        ({"豫政9-17b": override("焦政4-13d") + ", " + override("焦政4-13d", "2020-04-01")}, "两次"),
        ({"豫政9-17b": override("豫政9-17c"), "豫政9-17c": override("豫政9-17b")}, "成了一个圈"),
        ({"豫政9-17b": override("焦政4-13d", "2020-02-30")}, "没有这一天"),
        ({"豫政9-17b": override("焦政4-13d", effect="ends")}, "不合格式"),
        ({"豫政9-17b": "{ id: 焦政4-13d, from: 2020-03-01 }"}, "不合格式"),
        ({"豫政9-17b": "焦政4-13d"}, "不合格式"),
    ],
)  # fmt: skip
def test_an_override_that_cannot_be_is_refused_with_its_place(
    pack: Any, overrides: dict[str, str], says: str
) -> None:
    folder = pack(overrides)

    faults = check_pack(folder)

    assert len(faults) == 1
    assert says in str(faults[0].problem)
    lines = (folder / faults[0].file).read_text("utf-8").splitlines()
    assert "overrides: [" in lines[faults[0].line - 1]


def test_a_long_circle_is_shown_whole_and_once(pack: Any) -> None:
    ring = ["焦政4-13d", "焦政4-13e", "焦政4-11c", "焦政办4-6"]
    overrides = {item: override(ring[(place + 1) % len(ring)]) for place, item in enumerate(ring)}

    faults = check_pack(pack(overrides))

    assert len(faults) == 1
    shown = str(faults[0].problem).partition("：")[2].split(" → ")
    assert (set(shown), len(shown), shown[0]) == (set(ring), 5, shown[-1])


def test_what_is_overridden_twice_or_in_a_chain_is_no_circle(pack: Any) -> None:
    folder = pack(
        {
            "豫政9-17a": f"{override('焦政4-13d')}, {override('焦政办4-6')}",
            "焦政4-13d": override("焦政办4-6"),
        }
    )

    assert check_pack(folder) == []
    assert topic(folder, "2020-03-10")[2] == ("焦政4-13d", "焦政办4-6")
