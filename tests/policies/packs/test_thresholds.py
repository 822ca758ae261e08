"""Every figure of a clause, one step below, at and one step above."""

from decimal import Decimal
from typing import Any

import pytest

from policies.eligibility import judge, load_pack

PACK = load_pack()
SCOPE = {
    "enterprise_size": "small",
    "affected_by_epidemic": True,
    "in_temporary_difficulty": True,
}
HARD_HIT = SCOPE | {"recovery_hopeful": True, "unemployment_insured": True}
GUARANTEED = {
    "enterprise_size": "medium",
    "government_guarantee_used": True,
    "guaranteed_loan_is_new_working_capital": True,
}
TECH = SCOPE | {
    "is_tech_sme": True,
    "applying_tech_loan": True,
    "in_incubator_or_makerspace": True,
}
VAT = {"key_epidemic_supplies_producer": True, "vat_credit_dec2019_yuan": 500}
YES, NO = "eligible", "not_eligible"


def verdict(measure: str, facts: dict[str, Any], as_of: str = "2020-03-10") -> str:
    return judge(PACK, facts, as_of, [measure]).results[measure].verdict.value


@pytest.mark.parametrize("measure", ["豫政9-17a", "豫政9-17b"])
@pytest.mark.parametrize(
    ("insured", "layoffs", "total", "expected"),
    [
        (31, 109, 2000, YES),  # 5.45 %
        (31, 110, 2000, YES),  # 5.5 %
        (31, 111, 2000, NO),  # 5.55 %
        (500, 11, 200, YES),
        (500, 12, 200, NO),
        (29, 7, 40, YES),
        (30, 7, 40, YES),
        (31, 7, 40, NO),
        (30, 8, 40, YES),  # 20 %
        (30, 9, 40, NO),
        (30, 1999, 10000, YES),
        (30, 2000, 10000, YES),
        (30, 2001, 10000, NO),
        (0, 1, 5, YES),
        (30, 70, 30, NO),  # more were laid off than are left
    ],
)
def test_provincial_layoff_limits(
    measure: str, insured: int, layoffs: int, total: int, expected: str
) -> None:
    facts = HARD_HIT | {
        "insured_staff_count": insured,
        "layoff_count": layoffs,
        "total_staff_count": total,
    }

    assert verdict(measure, facts) == expected


@pytest.mark.parametrize("measure", ["焦政4-13d", "焦政办4-6"])
@pytest.mark.parametrize(
    ("layoffs", "total", "expected"),
    [(49, 1000, YES), (50, 1000, NO), (51, 1000, NO), (1, 21, YES), (1, 20, NO), (0, 1, YES)],
)
def test_city_layoff_limit_is_below_five_percent(
    measure: str, layoffs: int, total: int, expected: str
) -> None:
    facts = HARD_HIT | {"layoff_count": layoffs, "total_staff_count": total}

    assert verdict(measure, facts) == expected


@pytest.mark.parametrize("size", ["large", "medium", "small", "micro"])
@pytest.mark.parametrize(
    ("few", "layoffs", "large", "smaller"),
    [
        (None, 0, YES, YES),
        (None, 1, "unknown", YES),
        (True, 1, YES, YES),
        (False, 1, NO, YES),
        (True, 900, YES, NO),
        (False, 900, NO, NO),
    ],
)
def test_few_layoffs_of_large_firms(
    size: str, few: bool | None, layoffs: int, large: str, smaller: str
) -> None:
    facts = HARD_HIT | {
        "enterprise_size": size,
        "layoff_count": layoffs,
        "total_staff_count": 1000,
        "insured_staff_count": 900,
    }
    facts |= {} if few is None else {"few_layoffs_recognized": few}

    assert verdict("豫政9-17b", facts) == (large if size == "large" else smaller)


@pytest.mark.parametrize(
    ("measure", "facts", "name", "steps"),
    [
        ("豫政9-14b", {"housing_fund_difficulty": True}, "housing_fund_rate_pct",
         [(Decimal("4.99"), NO), (5, NO), (Decimal("5.01"), YES), (12, YES)]),
        ("豫政9-10d", VAT, "vat_credit_current_yuan",
         [(0, NO), (Decimal("499.99"), NO), (500, NO), (Decimal("500.01"), YES)]),
        ("豫政9-7d", GUARANTEED, "guaranteed_loan_yuan",
         [(9999999, YES), (10000000, YES), (10000001, NO)]),
        ("焦政办4-5b", TECH, "tech_loan_amount_yuan",
         [(4999999, YES), (5000000, YES), (5000001, NO)]),
        ("豫政9-11b", {"main_sector": "tourism"}, "loss_2020_yuan",
         [(0, NO), (Decimal("0.01"), YES), (1, YES)]),
    ],
)  # fmt: skip
def test_limits_of_money_and_rates(
    measure: str, facts: dict[str, Any], name: str, steps: list[tuple[Any, str]]
) -> None:
    assert [verdict(measure, facts | {name: value}) for value, _expected in steps] == [
        expected for _value, expected in steps
    ]


@pytest.mark.parametrize(
    ("measure", "facts", "amount"),
    [
        ("豫政9-17b", HARD_HIT | {"layoff_count": 0,
         "unemployment_insurance_paid_last_year_yuan": Decimal("0.01")}, "0.01"),
        ("豫政9-17b", HARD_HIT | {"layoff_count": 0,
         "unemployment_insurance_paid_last_year_yuan": Decimal("33333.33")}, "16666.67"),
        ("豫政9-12a", {"enterprise_size": "micro", "rents_state_owned_premises": True,
         "cannot_operate_normally": True, "monthly_rent_yuan": Decimal("8333.335")}, "16666.67"),
        ("豫政9-14b", {"housing_fund_difficulty": True, "housing_fund_rate_pct": Decimal("8.25"),
         "housing_fund_base_monthly_yuan": Decimal("123456.78")}, "48148.14"),
        ("豫政9-14a", SCOPE | {"social_insurance_payment_difficulty": True,
         "monthly_three_insurances_yuan": 100}, "600.00"),
        ("豫政9-6f", {"on_national_key_support_list": True, "special_relending_loan_2020": True,
         "special_relending_principal_yuan": 1000000, "special_relending_months": 6,
         "special_relending_rate_pct": Decimal("3.15")}, "3937.50"),
        ("豫政9-6f", {"on_national_key_support_list": True, "special_relending_loan_2020": True,
         "special_relending_principal_yuan": 1000000, "special_relending_months": 13,
         "special_relending_rate_pct": Decimal("3.15")}, "7875.00"),
        ("豫政9-7a", {"in_epidemic_related_industry": True, "government_guarantee_used": True,
         "guaranteed_loan_yuan": Decimal("100.50")}, "1.01"),
        ("豫政9-13a", {"power_capacity_suspension": True, "power_suspension_days": 0,
         "daily_basic_power_fee_yuan": 9}, "0.00"),
        ("焦政办4-5a", SCOPE | {"first_high_tech_recognition": True}, "200000.00"),
        ("焦政办4-4c", {"lost_income_source": True, "has_outstanding_loan": True,
         "overdue_interest_yuan": Decimal("0.005")}, "0.01"),
    ],
)  # fmt: skip
def test_amounts_to_the_cent(measure: str, facts: dict[str, Any], amount: str) -> None:
    result = judge(PACK, facts, "2020-03-10", [measure]).results[measure]

    assert (result.verdict.value, str(result.amount)) == (YES, amount)


@pytest.mark.parametrize("measure", ["豫政9-13b", "豫政9-15"])
@pytest.mark.parametrize(
    ("end", "day", "expected"),
    [
        (None, "2021-06-01", YES),
        ("2020-11-30", "2021-02-28", YES),
        ("2020-11-30", "2021-03-01", NO),
        ("2020-06-15", "2020-09-14", YES),
        ("2020-06-15", "2020-09-15", YES),
        ("2020-06-15", "2020-09-16", NO),
        ("2020-06-15", "2020-03-10", YES),
    ],
)
def test_three_months_after_the_epidemic(
    measure: str, end: str | None, day: str, expected: str
) -> None:
    facts = {
        "enterprise_size": "small",
        "utility_payment_difficulty": True,
        "missed_social_insurance_business": True,
    }
    facts |= {"epidemic_end_date": end} if end else {}

    assert verdict(measure, facts, day) == expected
