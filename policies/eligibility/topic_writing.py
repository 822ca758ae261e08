"""The file of topics kept in step with the items: who joins a topic, and who leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .clause_writing import write_file
from .yaml_files import parse_yaml

#: Topics by the id of the item that names them.
Named = Mapping[str, str]


def topics_of(content: Mapping[str, Any]) -> dict[str, str]:
    """The topic that each item of a clause file names, by the item's id."""
    return {item["id"]: item["topic"] for item in content.get("items", ())}


def moved(raw: bytes, before: Named, after: Named) -> bytes:
    """The file of topics after the items of a clause changed from `before` to `after`.

    An item is a member of the topic that it names, where the file holds that topic; a topic whose
    last member leaves goes with it. What stays the same keeps every byte.
    """
    for item in before.keys() | after.keys():
        old, new = before.get(item), after.get(item)
        if old != new:
            raw = _joined(_left(raw, old, item), new, item)
    return raw


def with_topic(raw: bytes, topic: Mapping[str, Any]) -> bytes:
    """The file of topics with one more at its end, as the schema has it."""
    entries = _topics(raw)
    return write_file(raw, {"topics": [*entries, topic]})


def _left(raw: bytes, topic: str | None, item: str) -> bytes:
    entries = _topics(raw)
    for number, entry in enumerate(entries):
        if entry["topic"] == topic and item in entry["members"]:
            entries[number : number + 1] = _without(entry, item)
            return write_file(raw, {"topics": entries})
    return raw


def _without(entry: Mapping[str, Any], item: str) -> list[dict[str, Any]]:
    members = [one for one in entry["members"] if one != item]
    if not members:
        return []
    kept = {**entry, "members": members}
    if "prefer" in entry:
        kept["prefer"] = [one for one in entry["prefer"] if one != item]
        if not kept["prefer"]:
            del kept["prefer"]
    return [kept]


def _joined(raw: bytes, topic: str | None, item: str) -> bytes:
    entries = _topics(raw)
    for number, entry in enumerate(entries):
        if entry["topic"] == topic and item not in entry["members"]:
            entries[number] = {**entry, "members": [*entry["members"], item]}
            return write_file(raw, {"topics": entries})
    return raw


def _topics(raw: bytes) -> list[Mapping[str, Any]]:
    return list(parse_yaml(raw, "topics.yaml")["topics"])
