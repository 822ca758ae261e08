"""The file of topics follows the items: members come and go, and the rest keeps its bytes."""

from policies.eligibility.loading import default_pack_path
from policies.eligibility.topic_writing import moved, with_topic
from policies.eligibility.yaml_files import parse_yaml

RAW = (default_pack_path() / "topics.yaml").read_bytes()


def members(raw: bytes) -> dict[str, list[str]]:
    return {one["topic"]: one["members"] for one in parse_yaml(raw, "x")["topics"]}


def changed(before: bytes, after: bytes) -> set[str]:
    return set(before.decode().splitlines()) ^ set(after.decode().splitlines())


def test_an_item_joins_the_topic_that_it_names_and_one_line_changes() -> None:
    after = moved(RAW, {}, {"丙政3-1": "rent"})

    assert members(after)["rent"] == ["豫政9-12a", "焦政办4-9", "丙政3-1"]
    assert changed(RAW, after) == {
        "    members: [豫政9-12a, 焦政办4-9]",
        "    members: [豫政9-12a, 焦政办4-9, 丙政3-1]",
    }


def test_an_item_changes_its_topic() -> None:
    after = moved(RAW, {"焦政4-8": "supply_chain_matching"}, {"焦政4-8": "projects"})

    assert "焦政4-8" not in members(after)["supply_chain_matching"]
    assert members(after)["projects"][-1] == "焦政4-8"


def test_a_topic_goes_with_its_last_member_and_nobody_is_preferred_who_left() -> None:
    after = moved(RAW, {"豫政9-12a": "rent"}, {})
    entry = next(one for one in parse_yaml(after, "x")["topics"] if one["topic"] == "rent")
    last = moved(after, {"焦政办4-9": "rent"}, {})

    assert (entry["members"], "prefer" in entry) == (["焦政办4-9"], False)
    assert members(last).keys() == members(RAW).keys() - {"rent"}


def test_what_stands_alone_or_stays_changes_nothing() -> None:
    alone = moved(RAW, {}, {"丙政3-1": "topic-丙政3-1"})

    assert alone == RAW
    assert moved(RAW, {"豫政9-12a": "rent"}, {"豫政9-12a": "rent"}) == RAW


def test_a_new_topic_follows_the_others_and_their_bytes_stay() -> None:
    text = {"zh": "灯会", "en": "Lanterns"}
    topic = {
        "topic": "lanterns", "label": text, "combine": "any_one", "members": ["丙政3-1"],
        "rule": text,
    }  # fmt: skip

    after = with_topic(RAW, topic)

    assert after.startswith(RAW)
    assert parse_yaml(after, "x")["topics"][-1] == topic
    assert moved(after, {"丙政3-1": "lanterns"}, {}) == RAW


def test_the_first_topic_of_an_empty_file_is_written() -> None:
    topic = {"topic": "a", "label": {"zh": "甲", "en": "A"}, "combine": "any_one",
             "members": ["甲1-1"], "rule": {"zh": "甲", "en": "A"}}  # fmt: skip

    first = with_topic(b"topics: []\n", topic)

    assert members(first) == {"a": ["甲1-1"]}
    assert members(moved(first, {"甲1-1": "a"}, {})) == {}
