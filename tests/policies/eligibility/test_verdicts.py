"""The order of the contract, its defaults, its reasons, and that facts only ever settle."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility import Basis, FactError, Result, Verdict, judge, load_pack
from policies.eligibility.facts import FactType

PACK = load_pack()
GOOD_SMALL_FIRM = {
    "enterprise_size": "small",
    "affected_by_epidemic": True,
    "in_temporary_difficulty": True,
    "unemployment_insured": True,
    "layoff_count": 0,
    "unemployment_insurance_paid_last_year_yuan": 1000,
}


def one(measure: str, facts: dict[str, Any], as_of: str = "2020-03-10") -> Result:
    return judge(PACK, facts, as_of, [measure]).results[measure]


def test_a_pure_duty_of_government_never_applies() -> None:
    for day in ("2019-01-01", "2020-03-10", "2030-01-01"):
        result = one("豫政9-7c", {"district": "outside_henan"}, day)

        assert (result.verdict, result.basis) == (Verdict.NOT_APPLICABLE, Basis.KIND)
        assert result.as_json() == {
            "verdict": "not_applicable",
            "amount_yuan": None,
            "missing": [],
            "reasons": [],
        }


@pytest.mark.parametrize(
    ("measure", "district", "inside"),
    [
        ("豫政9-17b", None, True),
        ("豫政9-17b", "温县", True),
        ("豫政9-17b", "城乡一体化示范区", True),
        ("豫政9-17b", "other_henan", True),
        ("豫政9-17b", "outside_henan", False),
        ("焦政4-13d", None, True),
        ("焦政4-13d", "温县", True),
        ("焦政4-13d", "other_henan", False),
        ("焦政4-13d", "outside_henan", False),
        ("焦政办4-6", "城乡一体化示范区", True),
        ("焦政办4-6", "other_henan", False),
    ],
)
def test_each_text_applies_in_its_own_place(
    measure: str, district: str | None, inside: bool
) -> None:
    facts = GOOD_SMALL_FIRM | ({"district": district} if district else {})

    result = one(measure, facts)

    assert (result.verdict == Verdict.ELIGIBLE) is inside
    assert result.basis == (Basis.CONDITIONS if inside else Basis.JURISDICTION)


@pytest.mark.parametrize(
    ("measure", "first", "last"),
    [
        ("豫政9-17a", "2020-02-13", "2020-12-31"),
        ("豫政9-17b", "2020-02-13", "2020-12-31"),
        ("豫政9-17c", "2020-02-13", "2020-06-30"),
        ("豫政9-14c", "2020-02-13", None),
        ("焦政4-11c", "2020-02-06", None),
        ("焦政4-13d", "2020-02-06", "2020-12-31"),
        ("焦政4-13e", "2020-02-06", "2021-04-30"),
        ("焦政办4-6", "2020-02-06", "2020-05-06"),
        ("焦政办4-20", "2020-02-06", "2020-05-06"),
    ],
)
def test_a_text_is_in_force_from_its_first_to_its_last_day(
    measure: str, first: str, last: str | None
) -> None:
    validity = PACK.measures[measure].validity

    assert validity.first == date.fromisoformat(first)
    assert validity.last == (date.fromisoformat(last) if last else None)
    assert not validity.holds_on(date.fromordinal(validity.first.toordinal() - 1))
    assert validity.holds_on(validity.first)
    if validity.last is None:
        assert validity.holds_on(date(2199, 1, 1))
    else:
        assert validity.holds_on(validity.last)
        assert not validity.holds_on(date.fromordinal(validity.last.toordinal() + 1))


def test_every_item_of_the_three_month_text_ends_with_it() -> None:
    ends = {m.validity.last for m in PACK.measures.values() if m.document == "焦政办4"}

    assert ends == {date(2020, 5, 6)}


def test_place_comes_before_validity_and_validity_before_conditions() -> None:
    outside = {"district": "outside_henan", "layoff_count": 5, "total_staff_count": 10}

    assert one("焦政办4-6", outside, "2021-01-01").basis is Basis.JURISDICTION
    assert one("焦政办4-6", {"unemployment_insured": False}, "2021-01-01").basis is Basis.VALIDITY
    assert one("焦政办4-6", {"unemployment_insured": False}).basis is Basis.CONDITIONS


def test_out_of_place_or_force_is_a_no_with_that_reason() -> None:
    place = one("焦政4-13d", {"district": "outside_henan"}).as_json()["reasons"]
    late = one("焦政办4-6", {}, "2020-05-07").as_json()["reasons"]
    early = one("豫政9-14c", {}, "2020-02-12").as_json()["reasons"]

    assert [(r["fact"], r["op"], r["actual"], r["holds"]) for r in place] == [
        ("district", "in", "outside_henan", False)
    ]
    assert late == [
        {
            "fact": "as_of",
            "op": "le",
            "threshold": "2020-05-06",
            "actual": "2020-05-07",
            "holds": False,
            "clause": "焦政办4-6",
        }
    ]
    assert [(r["op"], r["threshold"]) for r in early] == [("ge", "2020-02-13")]


def test_only_the_failing_conditions_explain_a_no() -> None:
    result = one("豫政9-12a", {"enterprise_size": "large", "cannot_operate_normally": False})

    assert [(r.fact, r.threshold, r.actual) for r in result.reasons] == [
        ("is_sme", True, False),
        ("cannot_operate_normally", True, False),
    ]
    assert [r.fact for r in result.trace] == [
        "is_sme",
        "rents_state_owned_premises",
        "cannot_operate_normally",
    ]


def test_only_what_still_matters_explains_an_unknown() -> None:
    result = one("豫政9-12a", {"enterprise_size": "small"})

    assert result.verdict is Verdict.UNKNOWN
    assert [(r.fact, r.actual, r.holds) for r in result.reasons] == [
        ("rents_state_owned_premises", None, None),
        ("cannot_operate_normally", None, None),
    ]


def test_a_yes_shows_every_condition_with_exact_numbers() -> None:
    facts = GOOD_SMALL_FIRM | {
        "layoff_count": 8,
        "total_staff_count": 40,
        "insured_staff_count": 30,
    }
    reasons = one("豫政9-17b", facts).as_json()["reasons"]

    assert {
        "fact": "layoff_rate_pct",
        "op": "le",
        "threshold": "5.5",
        "actual": "20",
        "holds": False,
        "clause": "豫政9-17",
    } in reasons
    assert {
        "fact": "layoff_rate_pct",
        "op": "le",
        "threshold": "20",
        "actual": "20",
        "holds": True,
        "clause": "豫政9-17",
    } in reasons


def test_an_amount_waits_for_its_fact_and_for_a_yes() -> None:
    rent = {"enterprise_size": "small", "rents_state_owned_premises": True}
    waiting = one("豫政9-12a", rent | {"cannot_operate_normally": True})
    unknown = one("豫政9-12a", rent | {"monthly_rent_yuan": 5000})
    refused = one("豫政9-12a", rent | {"monthly_rent_yuan": 5000, "cannot_operate_normally": False})

    assert (waiting.verdict, waiting.amount, waiting.missing, waiting.amount_missing) == (
        Verdict.ELIGIBLE,
        None,
        (),
        ("monthly_rent_yuan",),
    )
    assert (unknown.verdict, unknown.amount) == (Verdict.UNKNOWN, None)
    assert (refused.verdict, refused.amount) == (Verdict.NOT_ELIGIBLE, None)


def test_what_follows_from_the_facts_is_shown() -> None:
    assert judge(PACK, {}, "2020-03-10", []).as_json()["derived"] == {
        "enterprise_size": None,
        "is_sme": None,
        "layoff_rate_pct": None,
    }
    facts = {
        "sme_industry": "industry",
        "employees": 150,
        "annual_revenue_wanyuan": 5000,
        "layoff_count": 3,
        "total_staff_count": 54,
        "vat_credit_current_yuan": 9,
        "vat_credit_dec2019_yuan": 10,
    }
    assert judge(PACK, facts, "2020-03-10", []).as_json()["derived"] == {
        "enterprise_size": "small",
        "is_sme": True,
        "layoff_rate_pct": "50/9",
        "vat_credit_increase_yuan": "-1",
    }


def test_measures_can_be_chosen() -> None:
    chosen = judge(PACK, {}, "2020-03-10", ["豫政9-14b", "焦政4-11c"])

    assert list(chosen.results) == ["豫政9-14b", "焦政4-11c"]
    assert set(chosen.topics) == {"housing_fund", "tax_deferral"}
    with pytest.raises(KeyError):
        judge(PACK, {}, "2020-03-10", ["豫政9-99"])


def test_wrong_facts_and_days_are_refused() -> None:
    with pytest.raises(FactError, match=r"^facts\.layoff_count: "):
        judge(PACK, {"layoff_count": -1}, "2020-03-10")
    with pytest.raises(FactError, match=r"^as_of: "):
        judge(PACK, {}, "2020-02-30")


# --- adding a fact settles, it never turns -------------------------------------------------------

DEFAULTED = {"district", "applicant_type", "epidemic_end_date"}
SIZE_INPUTS = {"sme_industry", "employees", "annual_revenue_wanyuan", "total_assets_wanyuan"}
NUMBERS = [0, 1, 2, 5, 8, 11, 12, 29, 30, 31, 40, 200, 1000, 5_000_000, 10_000_000]


def values_of(name: str) -> st.SearchStrategy[Any]:
    spec = PACK.registry.facts[name]
    match spec.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.ENUM:
            return st.sampled_from(sorted(spec.values))
        case FactType.DATE:
            return st.dates(date(2020, 1, 1), date(2021, 12, 31)).map(date.isoformat)
    highest = int(spec.maximum) if spec.maximum is not None else NUMBERS[-1]
    return st.sampled_from([number for number in NUMBERS if number <= highest])


@st.composite
def growing_facts(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts, and the same facts with more added; what has a default is given from the start."""
    without = draw(st.sampled_from([SIZE_INPUTS, {"enterprise_size"}]))
    names = [name for name in PACK.registry.facts if name not in without]
    chosen = draw(st.lists(st.sampled_from(names), max_size=60, unique=True))
    every = {name: draw(values_of(name)) for name in chosen}
    if every.get("total_staff_count") == 0:
        every["total_staff_count"] = 1
    kept = draw(st.lists(st.sampled_from(chosen), unique=True)) if chosen else []
    return {n: v for n, v in every.items() if n in kept or n in DEFAULTED}, every


@settings(max_examples=60, deadline=None)
@given(drawn=growing_facts(), day=st.dates(date(2020, 2, 1), date(2021, 6, 1)))
def test_a_new_fact_never_turns_a_verdict(
    drawn: tuple[dict[str, Any], dict[str, Any]], day: date
) -> None:
    fewer, more = drawn
    before, after = judge(PACK, fewer, day), judge(PACK, more, day)

    for measure, result in before.results.items():
        later = after.results[measure]
        if result.verdict is not Verdict.UNKNOWN:
            assert (measure, later.verdict) == (measure, result.verdict)
            assert result.amount is None or later.amount == result.amount
        elif later.verdict is not Verdict.UNKNOWN:
            assert set(result.missing) & (set(more) | {"enterprise_size"})
        else:
            assert set(later.missing) <= set(result.missing)


@settings(max_examples=60, deadline=None)
@given(drawn=growing_facts())
def test_what_is_missing_is_never_already_given(
    drawn: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    facts, _more = drawn
    judgement = judge(PACK, facts, "2020-03-10")

    for result in judgement.results.values():
        assert not set(result.missing) & set(facts)
        assert (result.verdict is Verdict.UNKNOWN) or result.missing == ()
    every = {name for result in judgement.results.values() for name in result.missing}
    assert set(judgement.ask_next) == every


@pytest.mark.parametrize(
    ("measure", "facts", "last"),
    [
        ("焦政办4-6", {}, date(2020, 5, 6)),
        ("豫政9-14c", {}, None),
        ("豫政9-13b", {}, None),
        ("豫政9-13b", {"epidemic_end_date": "2020-11-30"}, date(2021, 2, 28)),
        ("豫政9-13a", {"epidemic_end_date": "2020-06-15"}, date(2020, 6, 15)),
    ],
)
def test_the_last_day_is_known_as_far_as_it_is_declared(
    measure: str, facts: dict[str, Any], last: date | None
) -> None:
    assert one(measure, facts).last_day == last


def test_a_department_is_known_under_its_printed_and_its_full_name() -> None:
    short, full = PACK.department("财政厅", "豫政9"), PACK.department("省财政厅", "豫政9")

    assert short is not None
    assert short is full
    assert PACK.department("财政厅", "焦政4") is None
