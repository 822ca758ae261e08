"""What another version, another day or another fact can turn; everything else is left alone."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility import Pack, load_pack
from policies.eligibility.conditions import AllOf, Leaf, leaves
from policies.eligibility.differing import changed_rules, turned_by_day, turned_by_facts
from policies.eligibility.facts import Text
from policies.eligibility.packs import Kind
from policies.eligibility.size import SizeStandard

from .test_recall import DAY, OFFERED, judged, profile, value_of

PACK = load_pack()


def with_measure(key: str, **changes: object) -> Pack:
    measures = dict(PACK.measures) | {key: replace(PACK.measures[key], **changes)}
    return replace(PACK, measures=measures)


def test_the_same_rules_differ_in_nothing() -> None:
    assert changed_rules(PACK, PACK) == frozenset()
    assert changed_rules(PACK, replace(PACK)) == frozenset()


def test_words_and_lines_are_no_other_rule() -> None:
    key = OFFERED[0]
    one = PACK.measures[key]
    moved = AllOf(tuple(replace(leaf, line=leaf.line + 9) for leaf in leaves(one.when)))
    before = with_measure(key, when=AllOf(tuple(leaves(one.when))))
    after = with_measure(key, when=moved, label=Text("新", "new"), line=one.line + 9)

    assert changed_rules(before, after) == frozenset()


def test_another_condition_amount_or_last_day_is_another_rule() -> None:
    key = next(k for k in OFFERED if PACK.measures[k].amount is not None)
    one = PACK.measures[key]
    first = next(leaf for leaf in leaves(one.when) if isinstance(leaf, Leaf))
    changes = [
        {"when": AllOf((replace(first, op="ne"),))},
        {"amount": None},
        {"validity": replace(one.validity, last=date(2021, 1, 1))},
    ]

    assert [changed_rules(PACK, with_measure(key, **one)) for one in changes] == [{key}] * 3


def test_what_comes_or_goes_is_another_rule() -> None:
    key = OFFERED[0]
    without = replace(PACK, measures={k: m for k, m in PACK.measures.items() if k != key})

    assert changed_rules(PACK, without) == {key} == changed_rules(without, PACK)


def test_where_facts_are_read_otherwise_anything_may_turn() -> None:
    standard = PACK.size_standard
    assert standard is not None
    other = SizeStandard(
        dict(list(standard.industries.items())[1:]), standard.industry_fact, standard.citation
    )

    assert changed_rules(PACK, replace(PACK, size_standard=other)) is None


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), days=st.integers(-400, 400))
def test_what_a_day_does_not_turn_stays_as_it_was(seed: int, days: int) -> None:
    facts, later = profile(Random(seed)), DAY + timedelta(days=days)
    turned = turned_by_day(PACK, DAY, later)
    before, after = judged(PACK, facts, DAY), judged(PACK, facts, later)

    assert {key for key in OFFERED if before[key] != after[key]} <= turned


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_a_fact_does_not_turn_stays_as_it_was(seed: int) -> None:
    chance = Random(seed)
    facts = profile(chance)
    name = chance.choice(sorted(PACK.registry.facts))
    other = {**facts, name: value_of(name, chance)}
    if other.get("total_staff_count") == 0:
        del other["total_staff_count"]
    differing = {one for one in PACK.registry.facts if facts.get(one) != other.get(one)}
    differing |= {more for one in differing for more in PACK.registry.resting_on(one)}
    before, after = judged(PACK, facts, DAY), judged(PACK, other, DAY)

    turned = {key for key in OFFERED if before[key] != after[key]}

    assert turned <= turned_by_facts(PACK, differing)
    assert not turned_by_facts(PACK, ())


def test_a_fact_turns_few_measures_and_a_day_none_without_a_date() -> None:
    duties = {key for key, one in PACK.measures.items() if one.kind is Kind.DUTY}

    assert 0 < len(turned_by_facts(PACK, {"layoff_count"}) - duties) < 30
    assert len(turned_by_day(PACK, DAY, DAY + timedelta(days=1)) - duties) < 30
