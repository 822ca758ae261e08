"""What the forms of an enterprise read, and what they say of what they cannot read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from filings.forms.enterprise import EnterpriseForm, ProfileForm
from filings.forms.fields import HeadsField, MoneyField, UsccField, uscc_fault
from filings.models import District, Zone
from tests import factories as make

pytestmark = pytest.mark.django_db

GOOD = make.uscc(900001)


def form_data(**changed):
    make.city()
    return {
        "uscc": GOOD,
        "name": "焦作测试机械有限公司",
        "district": str(District.objects.get(code="410803").pk),
        "zone": "none",
        "address": "工业路 1 号",
        "sme_industry": "industry",
        "main_sector": "manufacturing",
        "employees": "",
        "annual_revenue_wanyuan": "",
        "total_assets_wanyuan": "",
        "legal_representative": "王厂长",
        "contact_name": "李经办",
        "contact_mobile": "13800001234",
    } | changed


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        GOOD.lower(),
        f" {GOOD[:8]} {GOOD[8:]} ",
        GOOD.translate({ord(a): ord(a) + 0xFEE0 for a in GOOD}),
        f"{GOOD[:6]}-{GOOD[6:]}",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert UsccField().clean(typed) == GOOD


def test_a_wrong_length_is_counted():
    assert "17 位" in uscc_fault(GOOD[:17])


@pytest.mark.parametrize("place", [1, 3, 9, 18])
def test_a_character_that_no_code_has_is_named_with_its_place(place):
    wrong = GOOD[: place - 1] + "O" + GOOD[place:]

    fault = uscc_fault(wrong)

    assert f"第 {place} 位“O”" in fault


def test_a_code_whose_last_character_does_not_fit_is_told_so():
    wrong = GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2")

    assert "校验码" in uscc_fault(wrong)
    assert uscc_fault(GOOD) == ""


@pytest.mark.parametrize(("typed", "read"), [("1,500.5", "1500.5"), ("１５００", "1500")])
def test_money_is_read_as_people_type_it(typed, read):
    assert MoneyField().clean(typed) == Decimal(read)


def test_a_blank_indicator_is_not_known_and_never_zero():
    assert MoneyField(required=False).clean("") is None
    assert HeadsField(required=False).clean(" ") is None
    assert HeadsField(required=False).clean("0") == 0


def test_a_zone_of_another_district_is_refused_with_both_names():
    data = form_data()
    zone = Zone.objects.get(district__code="410804")

    form = EnterpriseForm(data | {"zone": str(zone.pk)})

    assert list(form.errors) == ["zone"]
    said = str(form.errors["zone"])
    assert "马村区" in said
    assert "中站区" in said


def test_to_be_in_no_zone_has_to_be_said():
    form = EnterpriseForm(form_data(zone=""))

    assert list(form.errors) == ["zone"]


def test_no_zone_is_read_as_none():
    form = EnterpriseForm(form_data())

    assert form.is_valid(), form.errors
    assert form.cleaned_data["zone"] is None


def test_the_indicators_that_the_industry_asks_for_are_marked():
    form = EnterpriseForm(form_data(sme_industry="construction"))

    hints = {
        name: "划型要看" in str(form.fields[name].help_text)
        for name in ("employees", "annual_revenue_wanyuan", "total_assets_wanyuan")
    }

    assert hints == {
        "employees": False,
        "annual_revenue_wanyuan": True,
        "total_assets_wanyuan": True,
    }


def test_the_masked_number_in_the_form_means_unchanged():
    enterprise = make.firm()
    data = form_data(contact_mobile=enterprise.contact_mobile_masked)

    form = ProfileForm(data, enterprise=enterprise)

    assert form.is_valid(), form.errors
    assert form.profile()["contact_mobile"] is None


def test_a_number_with_stars_that_is_not_the_one_on_file_is_refused():
    enterprise = make.firm()

    form = ProfileForm(form_data(contact_mobile="139****9999"), enterprise=enterprise)

    assert list(form.errors) == ["contact_mobile"]
