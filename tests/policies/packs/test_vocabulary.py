"""The pack uses the shared names, all of them."""

import json
from pathlib import Path
from typing import Any

from policies.eligibility import load_pack

PACK = load_pack()
POLICY = Path(__file__).resolve().parents[4] / "shared" / "policy"


def shared(name: str) -> Any:
    """A shared file; where it does not lie beside the project, nothing to compare with."""
    path = POLICY / name
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def test_the_pack_holds_the_three_documents_whole() -> None:
    numbers: dict[str, list[int]] = {}
    for clause in PACK.clauses.values():
        numbers.setdefault(clause.document, []).append(clause.number)

    assert numbers == {
        "豫政9": list(range(1, 21)),
        "焦政4": list(range(1, 27)),
        "焦政办4": list(range(1, 22)),
    }
    assert len(PACK.measures) == 152


def test_measures_carry_the_shared_names_and_kinds() -> None:
    vocabulary = shared("vocabulary.json")
    for entry in vocabulary["measures"] if vocabulary else []:
        measure = PACK.measures[entry["id"]]

        assert {
            "id": measure.id,
            "document": PACK.documents[measure.document].number,
            "number": measure.number,
            "label_zh": measure.label.zh,
            "kind": measure.kind.value,
            "benefit_types": list(measure.benefit_types),
            "strength": measure.strength,
            "topic": measure.topic,
            "amount": measure.amount.name.zh if measure.amount else None,
        } == {key: value for key, value in entry.items() if key != "parent"}


def test_facts_carry_the_shared_names_types_and_values() -> None:
    vocabulary = shared("vocabulary.json")
    entries = vocabulary["facts"] if vocabulary else []
    for entry in entries:
        spec = PACK.registry.facts[entry["name"]]

        assert (spec.type.value, spec.label.zh) == (entry["type"], entry["label_zh"])
        assert (spec.unit.zh if spec.unit else None) == entry["unit"]
        if "values" in entry:
            assert list(spec.values) == entry["values"]
    assert not entries or list(PACK.registry.facts) == [entry["name"] for entry in entries]


def test_topics_have_the_shared_members_and_modes() -> None:
    vocabulary = shared("vocabulary.json")
    for entry in vocabulary["topics"] if vocabulary else []:
        topic = PACK.topics[entry["topic"]]

        assert list(topic.members) == entry["members"]
        assert entry["combine"] in (topic.combine.value, "see processes.md")


def test_the_size_standard_is_the_shared_one() -> None:
    standard = shared("sme_standard.json")
    for entry in standard["industries"] if standard else []:
        bounds = PACK.size_standard.industries[entry["key"]]

        assert {name: (b.small, b.medium, b.large) for name, b in bounds.items()} == {
            name: (b["small_min"], b["medium_min"], b["large_min"])
            for name, b in entry["indicators"].items()
        }
