"""Clause files: the same bytes where nothing changed, and only what changed where something did."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.eligibility.clause_writing import dumped, write_file
from policies.eligibility.loading import default_pack_path, folder_content
from policies.eligibility.yaml_files import parse_yaml

FILES = {name: raw for name, raw in folder_content(default_pack_path()).items() if "/" in name}
REBATE = "yuzheng-2020-9/17.yaml"


def read(raw: bytes) -> Any:
    return copy.deepcopy(parse_yaml(raw, "x.yaml"))


def changed_lines(before: bytes, after: bytes) -> list[tuple[str, str]]:
    pairs = zip(before.decode().splitlines(), after.decode().splitlines(), strict=True)
    return [(old.strip(), new.strip()) for old, new in pairs if old != new]


def test_every_file_that_is_saved_unchanged_keeps_its_bytes() -> None:
    assert [name for name, raw in FILES.items() if write_file(raw, read(raw)) != raw] == []


def test_every_file_written_anew_says_the_same_and_is_stable() -> None:
    for raw in FILES.values():
        fresh = dumped(read(raw))

        assert read(fresh) == read(raw)
        assert dumped(read(fresh)) == fresh


def test_one_changed_figure_changes_one_line() -> None:
    raw = FILES[REBATE]
    content = read(raw)
    content["items"][0]["when"]["all"][0]["eq"] = False

    assert changed_lines(raw, write_file(raw, content)) == [
        ("- { fact: is_sme, eq: true }", "- { fact: is_sme, eq: false }")
    ]


def test_a_comment_in_another_condition_stays() -> None:
    raw = FILES[REBATE]
    content = read(raw)
    content["items"][0]["label"]["zh"] = "新的名称"
    after = write_file(raw, content)

    assert "# An SME within the limits" in after.decode()
    assert read(after) == content


@pytest.mark.parametrize("change", ["drop", "add", "new item", "drop item"])
def test_entries_and_items_come_and_go(change: str) -> None:
    raw = FILES[REBATE]
    content = read(raw)
    items = content["items"]
    if change == "drop":
        del items[0]["valid"]
    elif change == "add":
        items[2]["notes"] = [{"zh": "一", "en": "one"}]
        content["valid"] = {"term": "open", "basis": {"zh": "无", "en": "none"}}
    elif change == "new item":
        items.append(copy.deepcopy(items[0]) | {"id": "豫政9-17z"})
    else:
        items.pop()

    assert read(write_file(raw, content)) == content


def test_an_item_in_the_middle_goes_and_one_comes_and_all_other_bytes_stay() -> None:
    raw = FILES[REBATE]
    content = read(raw)
    fresh = {**copy.deepcopy(content["items"][2]), "id": "豫政9-17z"}
    gone = content["items"].pop(1)
    shorter = write_file(raw, content)
    content["items"].append(fresh)
    longer = write_file(shorter, content)

    assert read(longer) == content
    assert longer.startswith(shorter)
    assert longer[len(shorter) :].startswith("  - id: 豫政9-17z\n".encode())
    taken = set(raw.decode().splitlines()) - set(shorter.decode().splitlines())
    assert f"  - id: {gone['id']}" in taken
    assert not any(gone["id"] in line for line in shorter.decode().splitlines())
    assert shorter.decode().splitlines()[:59] == raw.decode().splitlines()[:59]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
    max_size=30,
)
VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=3).map(lambda one: one + Decimal("0.000")),
)


@given(st.dictionaries(st.sampled_from(["a", "zh", "fact", "in"]), VALUES, max_size=4), TEXTS)
def test_any_text_and_number_comes_back_as_it_was(values: dict[str, Any], text: str) -> None:
    content = {"summary": {"zh": text, "en": "null"}, "items": [{"id": "1", "facts": values}]}

    assert read(dumped(content)) == content
