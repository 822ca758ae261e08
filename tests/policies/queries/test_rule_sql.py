"""A rule as SQL gives the answers of the judge: random rules over random facts with gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Case, Q, Value, When
from django.db.models.lookups import Exact
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.eligibility import Verdict, judge, load_pack
from policies.eligibility.conditions import (
    WRITTEN_OPS,
    AllOf,
    AnyOf,
    Condition,
    Leaf,
    fact_type,
    parse_condition,
    plain,
    truth,
)
from policies.eligibility.facts import Facts, FactType
from policies.eligibility.situation import Situation
from policies.models import FactSheet
from policies.queries import rule_sql
from policies.queries.rule_sql import condition_in_sql, sheet_column, verdict_in_sql
from tests import factories as make

pytestmark = pytest.mark.django_db

PACK = load_pack()
REGISTRY = PACK.registry
DAY = date(2020, 3, 10)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

#: Rules times profiles, in all.
RULES, PROFILES, EXAMPLES = 20, 50, 10

NUMBERS = [0, 1, 2, 5, 5.5, 8, 12, 20, 30, 40, 50, 100, 200, 300, 1000, 2000, 40_000]
NUMBERS += [10_000_000, 10**15]
OFFSETS = [Decimal(0), Decimal("0.01"), Decimal("-0.01"), Decimal(1), Decimal("0.000000000001")]
DAYS = st.dates(date(2019, 11, 28), date(2020, 6, 2))
NAMES = [*REGISTRY.facts, *REGISTRY.derived]
#: Facts of every type, and those that are worked out: more of what two facts share is asked.
FAVOURED = [
    "enterprise_size", "is_sme", "layoff_rate_pct", "sme_industry", "employees",
    "annual_revenue_wanyuan", "total_assets_wanyuan", "layoff_count", "total_staff_count",
    "vat_credit_increase_yuan", "vat_credit_current_yuan", "vat_credit_dec2019_yuan",
    "epidemic_end_date", "district", "applicant_type", "affected_by_epidemic",
]  # fmt: skip


def value_of(name: str) -> st.SearchStrategy[Any]:
    """A value that the registry takes, close to the thresholds."""
    spec = REGISTRY.facts[name]
    match spec.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.ENUM:
            return st.sampled_from(sorted(spec.values))
        case FactType.DATE:
            return DAYS.map(date.isoformat)
    low = Decimal(-(10**6)) if spec.minimum is None else Decimal(int(spec.minimum))
    high = Decimal(10**9 if spec.type is FactType.INT else 10**15)
    high = high if spec.maximum is None else min(high, Decimal(int(spec.maximum)))

    def within(number: Any, offset: Decimal) -> Any:
        moved = min(max(Decimal(str(number)) + offset, low), high)
        return int(moved) if spec.type is FactType.INT else moved

    return st.builds(within, st.sampled_from(NUMBERS), st.sampled_from(OFFSETS))


@st.composite
def profiles(draw: st.DrawFn) -> Facts:
    names = draw(st.sets(st.sampled_from(FAVOURED), max_size=12))
    names |= draw(st.sets(st.sampled_from(list(REGISTRY.facts)), max_size=20))
    given_ = {name: draw(value_of(name)) for name in sorted(names & REGISTRY.facts.keys())}
    for spec in REGISTRY.derived.values():
        if spec.kind == "percentage" and given_.get(spec.inputs[1]) == 0:
            given_[spec.inputs[1]] = 1
    return REGISTRY.parse(given_)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(FAVOURED) | st.sampled_from(NAMES))
    kind = fact_type(REGISTRY, name)
    ops = {
        FactType.BOOL: ("eq", "in"),
        FactType.ENUM: ("eq", "in"),
        FactType.DATE: WRITTEN_OPS,
    }.get(kind, ("eq", "in", "lt", "le", "gt", "ge"))
    op = draw(st.sampled_from(ops))
    if op == "not_after":
        return {"fact": name, op: True}
    if op == "within_months_after":
        return {"fact": name, op: draw(st.integers(0, 14))}
    if name in REGISTRY.facts:
        value = value_of(name)
    elif kind is FactType.BOOL:
        value = st.booleans()
    else:
        value = st.sampled_from([-1000, -1, 0, 1, 2, 5, Decimal("5.5"), 20, 100, 200, 10**6])
    written = st.lists(value, min_size=1, max_size=3) if op == "in" else value
    return {"fact": name, op: draw(written)}


UNSTATED = st.just({"unstated": {"zh": "另定", "en": "to be set"}})
TREES = st.recursive(
    leaves() | UNSTATED,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some})
        | st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some})
        | inner.map(lambda one: {"not": one})
    ),
    max_leaves=8,
)
RULE_TREES = TREES.map(lambda tree: parse_condition(tree, REGISTRY, "豫政9-1"))


@pytest.fixture
def filing(db):
    return make.filing()


def stored(filing: Any, every: Iterable[Mapping[str, Any]]) -> list[FactSheet]:
    """The facts as the portal keeps them; all superseded, for a filing has one that stands."""
    FactSheet.objects.filter(filing=filing).delete()
    return FactSheet.objects.bulk_create(
        FactSheet(
            filing=filing,
            content={
                "facts": {name: {"value": plain(value)} for name, value in facts.items()},
                "implied": {},
            },
            at=LONG_AGO,
            superseded_at=LONG_AGO,
        )
        for facts in every
    )


def answers(rows: Any, pair: rule_sql.Pair) -> list[bool | None]:
    """What SQL says of each sheet, by its key: both queries are asked, and never find the same."""
    found = []
    for query in (pair.yes, pair.no):
        narrowed = rows if query is True else rows.none() if query is False else rows.filter(query)
        found.append(set(narrowed.values_list("pk", flat=True)))
    yes, no = found
    assert not yes & no
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return [True if pk in yes else False if pk in no else None for pk in keys]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
@given(data=st.data(), day=st.sampled_from([DAY, date(2020, 2, 29), date(2020, 12, 31)]))
def test_ten_thousand_rules_and_profiles_agree(filing, data, day: date) -> None:
    every = data.draw(st.lists(profiles(), min_size=PROFILES, max_size=PROFILES))
    rules = data.draw(st.lists(RULE_TREES, min_size=RULES, max_size=RULES))
    rows = FactSheet.objects.filter(pk__in=[sheet.pk for sheet in stored(filing, every)])

    for rule in rules:
        pair = condition_in_sql(rule, REGISTRY, PACK.size_standard, day, sheet_column())
        told = answers(rows, pair)
        judged = [
            truth(rule, Situation(facts, day, REGISTRY, PACK.size_standard)) for facts in every
        ]

        assert told == judged, [
            (rule, dict(facts), by_sql, by_judge)
            for facts, by_sql, by_judge in zip(every, told, judged, strict=True)
            if by_sql != by_judge
        ][:1]


def test_every_case_of_every_item_agrees(filing) -> None:
    """All that the pack's own authors thought of, with place and last day."""
    seen = 0
    cases = [(measure, case) for measure, case in PACK.cases()]
    sheets = stored(filing, (REGISTRY.parse(case.facts) for _measure, case in cases))
    for measure in PACK.measures.values():
        days = {case.as_of for one, case in cases if one.clause == measure.clause}
        for day in days:
            wanted = {
                sheet.pk: case
                for sheet, (one, case) in zip(sheets, cases, strict=True)
                if one.clause == measure.clause and case.as_of == day
            }
            verdict = verdict_in_sql(measure, PACK, day, sheet_column())
            rows = FactSheet.objects.filter(pk__in=wanted).annotate(verdict=verdict)
            told = dict(rows.values_list("pk", "verdict"))
            judged = {
                pk: judge(PACK, case.facts, day, [measure.id]).results[measure.id].verdict.value
                for pk, case in wanted.items()
            }
            assert told == judged, measure.id
            seen += len(told)
    assert seen > 1000


def test_taking_all_that_does_not_hold_for_a_no_shows_unknowns_as_eligible(
    filing, monkeypatch
) -> None:
    """The control: with two answers a rule with `not` finds whoever said nothing."""
    facts = [REGISTRY.parse(one) for one in ({}, {"affected_by_epidemic": False})]
    rows = FactSheet.objects.filter(pk__in=[sheet.pk for sheet in stored(filing, facts)])
    affected = {"fact": "affected_by_epidemic", "eq": True}
    tree = {"not": {"all": [affected, {"fact": "unemployment_insured", "eq": True}]}}
    rule = parse_condition(tree, REGISTRY, "豫政9-1")

    def in_sql() -> rule_sql.Pair:
        return condition_in_sql(rule, REGISTRY, PACK.size_standard, DAY, sheet_column())

    right = answers(rows, in_sql())
    three_valued = rule_sql._text_in

    def two_valued(column: Any, words: Any) -> rule_sql.Pair:
        yes = three_valued(column, words).yes
        other = Case(When(yes, then=Value(value=False)), default=Value(value=True))
        return rule_sql.Pair(yes, Q(Exact(other, Value(value=True))))

    monkeypatch.setattr(rule_sql, "_text_in", two_valued)

    assert right == [None, True]
    assert answers(rows, in_sql()) == [True, True]


@pytest.mark.parametrize(
    ("value", "says"), [("0.3", True), ("0.300000000001", False), ("0.29", False)]
)
def test_numbers_are_compared_exactly(filing, value: str, says: bool) -> None:
    """0.1 + 0.2 is 0.3: a difference of decimals at its limit, on both databases."""
    spec = next(one for one in REGISTRY.derived.values() if one.kind == "difference")
    first, second = spec.inputs
    facts = REGISTRY.parse({first: Decimal(value) + Decimal("0.7"), second: Decimal("0.7")})
    rows = FactSheet.objects.filter(pk__in=[sheet.pk for sheet in stored(filing, [facts])])
    rule = parse_condition({"fact": spec.name, "eq": Decimal("0.3")}, REGISTRY, "豫政9-1")

    pair = condition_in_sql(rule, REGISTRY, PACK.size_standard, DAY, sheet_column())

    assert answers(rows, pair) == [says]


def test_what_no_fact_can_change_needs_no_column() -> None:
    """A rule without conditions, one that is not printed, and a duty."""

    def in_sql(rule: Condition) -> rule_sql.Pair:
        return condition_in_sql(rule, REGISTRY, None, DAY, sheet_column())

    unstated = parse_condition({"unstated": {"zh": "另定", "en": "x"}}, REGISTRY, "豫政9-1")
    leaf = Leaf("affected_by_epidemic", "eq", True, "豫政9-1")
    assert in_sql(AllOf(())) == rule_sql.ALWAYS
    assert in_sql(unstated) == rule_sql.UNKNOWN
    assert in_sql(AnyOf((AllOf(()), leaf))) == rule_sql.ALWAYS
    duty = next(one for one in PACK.measures.values() if one.kind == "duty of government only")
    said = verdict_in_sql(duty, PACK, DAY, sheet_column())
    assert said.value == Verdict.NOT_APPLICABLE.value  # type: ignore[attr-defined]
