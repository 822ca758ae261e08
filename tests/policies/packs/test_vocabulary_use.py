"""Each item reads exactly the facts that the vocabulary says it uses, no more and no fewer."""

import json
from pathlib import Path

import pytest
import yaml

from policies.eligibility import load_pack
from policies.eligibility.conditions import Leaf, leaves
from policies.eligibility.packs import Kind, Measure

PACK = load_pack()
SIZE = PACK.registry.size_inputs
HERE = Path(__file__).parent
VOCABULARY = HERE.parents[3] / "shared" / "policy" / "vocabulary.json"
USE: dict[str, str | list[str]] = yaml.safe_load((HERE / "fact_use.yaml").read_text("utf-8"))

# Named beside an item, but no verdict and no yuan figure of the contract rests on them: the
# vocabulary gives these items no amount, and an answer to match_facts has no place for a day or a
# rate. A condition on them would make an item undecided that its text decides.
NOT_READ = {
    ("tax_due_date", "豫政9-11a"): "the new due day (D07) follows the verdict, it decides nothing",
    ("tax_due_date", "焦政4-11c"): "as 豫政9-11a; one right, three months in all (C7)",
    ("tax_due_date", "焦政办4-12b"): "as 豫政9-11a; one right, three months in all (C7)",
    ("startup_loan_due_date", "豫政9-20b"): "the extension runs from it (D11, C18), in principle",
    ("lpr_1y_pct", "豫政9-6d"): "the cap is a rate and no sum; the list alone decides (C15)",
    ("existing_loan_rate_pct", "焦政办4-1d"): "the cut is encouraged and relative (C12), no sum",
}
# Work of authorities is not_applicable before any fact is looked at.
DUTY_WITH_FACTS = "豫政9-7c"


def facts_read(measure: Measure) -> set[str]:
    """Everything its place, its whole condition and its amount can ask for."""
    if measure.kind is Kind.DUTY:
        return set()
    read = {
        base
        for leaf in leaves(measure.when)
        if isinstance(leaf, Leaf)
        for base in PACK.registry.base_facts(leaf.fact)
    }
    if measure.amount:
        read |= set(measure.amount.needed_facts(PACK.registry))
    if SIZE and SIZE.size in read:
        read |= {SIZE.industry, *SIZE.indicators}
    return read | {measure.jurisdiction.fact}


def facts_named(measure: Measure) -> set[str]:
    """What the vocabulary names for it, without the exceptions stated above."""
    if measure.id == DUTY_WITH_FACTS:
        return set()
    return {
        fact
        for fact, used_by in USE.items()
        if (measure.kind is not Kind.DUTY if used_by == "every" else measure.id in used_by)
        and (fact, measure.id) not in NOT_READ
    }


@pytest.mark.parametrize("measure", PACK.measures.values(), ids=lambda measure: measure.id)
def test_an_item_reads_the_facts_that_are_named_for_it(measure: Measure) -> None:
    assert facts_read(measure) == facts_named(measure)


def test_the_copy_names_every_fact_and_only_items_of_the_pack() -> None:
    assert list(USE) == list(PACK.registry.facts)
    assert {m for ids in USE.values() if ids != "every" for m in ids} <= set(PACK.measures)


@pytest.mark.parametrize(("fact", "measure_id"), NOT_READ)
def test_an_exception_is_named_there_and_not_read_here(fact: str, measure_id: str) -> None:
    assert measure_id in USE[fact]
    assert fact not in facts_read(PACK.measures[measure_id])
    assert PACK.measures[measure_id].amount is None


def test_the_duty_with_facts_is_a_duty() -> None:
    assert PACK.measures[DUTY_WITH_FACTS].kind is Kind.DUTY
    assert any(DUTY_WITH_FACTS in ids for ids in USE.values())


def test_the_copy_is_the_shared_vocabulary() -> None:
    if not VOCABULARY.exists():
        return  # nothing to compare with; the copy stands by itself
    shared = json.loads(VOCABULARY.read_text("utf-8"))["facts"]

    assert {
        entry["name"]: "every" if entry["name"] == "district" else entry["used_by"]
        for entry in shared
    } == USE
