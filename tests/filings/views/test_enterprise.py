"""Registering an enterprise, its home page, profile and sites, and asking to join."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import enterprise as domain
from filings.models import (
    AuditEntry,
    District,
    Enterprise,
    Filing,
    JoinRequest,
    Membership,
    Notice,
    Site,
    User,
    Zone,
)
from jiaozuo_portal.lib import clock
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def profile_data(**changed):
    make.city()
    return {
        "name": "焦作测试机械有限公司",
        "district": str(District.objects.get(code="410803").pk),
        "zone": str(Zone.objects.get(district__code="410803").pk),
        "address": "工业路 1 号",
        "sme_industry": "industry",
        "main_sector": "manufacturing",
        "employees": "40",
        "annual_revenue_wanyuan": "1,500",
        "total_assets_wanyuan": "",
        "legal_representative": "王厂长",
        "contact_name": "李经办",
        "contact_mobile": "138 0000 1234",
    } | changed


# ---------------------------------------------------------------- registering
def test_whoever_registers_an_enterprise_owns_it_and_finds_its_first_filing(client):
    person = make.user()
    client.force_login(person)
    code = make.uscc(777)

    response = client.post(
        reverse("enterprise_new"), profile_data(uscc=code.lower(), name="焦作测试有限公司")
    )

    made = Enterprise.objects.get(uscc=code)
    assert response.url == reverse("enterprise", args=(made.pk,))
    assert Membership.objects.get(enterprise=made).user == person
    assert Membership.objects.get(enterprise=made).role == "owner"
    assert Filing.objects.get(enterprise=made).state == "draft"
    assert (made.employees, made.annual_revenue_wanyuan, made.total_assets_wanyuan) == (
        40,
        Decimal("1500.00"),
        None,
    )
    assert made.contact_mobile_plain() == "13800001234"


def test_somebody_who_has_an_enterprise_registers_another(client):
    firm = make.firm()
    owner = make.owner_of(firm)
    client.force_login(owner)

    client.post(reverse("enterprise_new"), profile_data(uscc=make.uscc(778)))

    assert len(make.fresh(owner).roles) == 2


def test_a_code_that_exists_leads_to_asking_to_join(client):
    firm = make.firm()
    client.force_login(make.user())

    response = client.post(reverse("enterprise_new"), profile_data(uscc=firm.uscc))

    page = response.content.decode()
    assert response.status_code == 422
    assert f"{reverse('join_ask')}?uscc={firm.uscc}" in page
    assert firm.name not in page
    assert Enterprise.objects.count() == 1


def test_what_was_typed_stays_in_a_refused_form(client):
    client.force_login(make.user())

    response = client.post(
        reverse("enterprise_new"), profile_data(uscc="123", name="很长的企业名称")
    )

    assert "很长的企业名称" in response.content.decode()


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"employees": "40", "annual_revenue_wanyuan": "1500"}, "小型企业"),
        ({"employees": "5", "annual_revenue_wanyuan": ""}, "微型企业"),
        ({"employees": "400", "annual_revenue_wanyuan": ""}, "规模还不能确定"),
        ({"employees": "", "annual_revenue_wanyuan": ""}, "规模还不能确定"),
    ],
)
def test_the_size_class_shows_before_saving(client, figures, said):
    client.force_login(make.user())

    page = client.get(reverse("enterprise_size"), {"sme_industry": "industry", **figures})

    assert said in page.content.decode()


# ---------------------------------------------------------------- the home page
def test_the_home_page_says_state_next_step_and_whom_to_call(client):
    filing, people = make.filing_in("returned")
    client.force_login(people.owner)

    page = client.get(reverse("enterprise", args=(filing.enterprise_id,))).content.decode()

    assert "退回补正" in page
    assert "补正意见" in page
    assert "tel:0391-" in page
    assert filing.enterprise.contact_mobile_plain() not in page


@pytest.mark.parametrize("stranger", ["owner", "bureau", "health", "zone"])
def test_another_places_enterprise_is_not_found(client, stranger):
    firm = make.firm(district="410804", zone=True)
    people = {
        "owner": lambda: make.owner_of(make.firm(district="410803")),
        "bureau": lambda: make.officer("bureau", district="410803", role="lead"),
        "health": lambda: make.officer("health", district="410803"),
        "zone": lambda: make.officer("zone", district="410803"),
    }
    client.force_login(people[stranger]())

    assert client.get(reverse("enterprise", args=(firm.pk,))).status_code == 404


@pytest.mark.parametrize("kind", ["bureau", "health", "zone", "city"])
def test_the_authorities_of_its_place_find_it(client, kind):
    """The control of the test before."""
    firm = make.firm(district="410804", zone=True)
    client.force_login(make.officer(kind, district="410804"))

    assert client.get(reverse("enterprise", args=(firm.pk,))).status_code == 200


def test_an_authority_sees_only_what_was_submitted(client):
    submitted, _people = make.filing_in("submitted", district="410804")
    client.force_login(make.officer("health", district="410804"))
    draft = make.filing(district="410804")

    seen = client.get(reverse("enterprise", args=(submitted.enterprise_id,)))
    unseen = client.get(reverse("enterprise", args=(draft.enterprise_id,)))

    assert [filing.pk for filing, _standing in seen.context["sites"]] == [submitted.pk]
    assert unseen.context["sites"] == []


def test_thirty_sites_take_as_many_queries_as_one(client):
    firm = make.firm()
    owner = make.owner_of(firm)
    client.force_login(owner)
    url = reverse("enterprise", args=(firm.pk,))

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(url).status_code == 200
        return len(taken)

    queries()
    one = queries()
    districts = list(District.objects.all())
    for n in range(29):
        domain.add_site(
            firm,
            name=f"厂区 {n}",
            district=districts[n % len(districts)],
            zone=None,
            address="工业路",
            by=owner,
            at=NOW,
        )

    assert queries() == one


# ---------------------------------------------------------------- profile and sites
def test_the_profile_changes_and_the_measures_are_judged_again(client):
    firm = make.firm(district="410803")
    client.force_login(make.owner_of(firm))
    url = reverse("enterprise_profile", args=(firm.pk,))

    response = client.post(
        url, profile_data(employees="1200", contact_mobile=firm.contact_mobile_masked)
    )

    firm.refresh_from_db()
    assert response.url == url
    assert (firm.employees, firm.contact_mobile_plain()) == (1200, "13800000000")
    changed = set(AuditEntry.objects.filter(action="change").values_list("field", flat=True))
    assert "employees" in changed
    assert "contact_mobile" not in changed


@pytest.mark.parametrize("role", ["viewer"])
def test_a_viewer_reads_the_profile_and_changes_nothing(client, role):
    firm = make.firm(district="410803")
    client.force_login(make.member(firm, role))
    url = reverse("enterprise_profile", args=(firm.pk,))

    page, posted = client.get(url), client.post(url, profile_data(name="改了名字"))

    assert page.status_code == 200
    assert '<form method="post" novalidate>' not in page.content.decode()
    assert posted.status_code == 403
    assert Enterprise.objects.get(pk=firm.pk).name == firm.name


def test_the_contact_number_is_masked_on_every_page(client):
    firm = make.firm()
    client.force_login(make.owner_of(firm))

    for name in ("enterprise", "enterprise_profile", "members"):
        page = client.get(reverse(name, args=(firm.pk,))).content.decode()
        assert "13800000000" not in page


def test_a_new_site_opens_its_own_filing(client):
    firm = make.firm(district="410803")
    client.force_login(make.owner_of(firm))

    response = client.post(
        reverse("site_new", args=(firm.pk,)),
        {
            "name": "东厂区",
            "district": str(District.objects.get(code="410804").pk),
            "zone": "none",
            "address": "东路 2 号",
        },
    )

    filing = Site.objects.get(name="东厂区").filing
    assert response.url == reverse("filing", args=(filing.pk,))
    assert filing.district.code == "410804"


def test_a_site_of_the_same_name_is_refused_with_the_text_kept(client):
    firm = make.firm(district="410803")
    client.force_login(make.owner_of(firm))

    response = client.post(
        reverse("site_new", args=(firm.pk,)),
        {
            "name": Site.objects.get(enterprise=firm).name,
            "district": str(District.objects.get(code="410804").pk),
            "zone": "none",
            "address": "东路 2 号",
        },
    )

    assert response.status_code == 422
    assert "东路 2 号" in response.content.decode()


def test_a_stranger_adds_no_site(client):
    firm = make.firm()
    client.force_login(make.owner_of(make.firm()))

    assert client.post(reverse("site_new", args=(firm.pk,)), {}).status_code == 404


# ---------------------------------------------------------------- asking to join
def ask(client, firm, **more):
    return client.post(reverse("join_ask"), {"uscc": firm.uscc, **more})


def test_asking_to_join_tells_the_owner_once(client):
    firm = make.firm()
    person = make.user("张同事")
    client.force_login(person)

    ask(client, firm, remark="我管花名册")
    ask(client, firm)

    assert JoinRequest.objects.get().remark == "我管花名册"
    assert Notice.objects.get().to == make.owner_of(firm)


def test_the_bureau_hears_of_it_where_no_owner_can_sign_in(client):
    firm = make.firm(district="410804")
    User.objects.update(is_active=False)
    officer = make.officer("bureau", district="410804")
    make.officer("bureau", district="410803")
    client.force_login(make.user())

    ask(client, firm)

    assert Notice.objects.get().to == officer


def test_asking_for_an_unknown_code_leads_to_registering(client):
    client.force_login(make.user())

    response = client.post(reverse("join_ask"), {"uscc": make.uscc(31)})

    assert response.status_code == 422
    assert not JoinRequest.objects.exists()


def decide(client, request, answer="accept", role="clerk"):
    return client.post(reverse("join_decide", args=(request.pk,)), {"answer": answer, "role": role})


@pytest.fixture
def asked():
    """Somebody asks to join an enterprise of Macun."""
    firm = make.firm(district="410804")
    return domain.ask_to_join(firm, by=make.user("张同事"), at=NOW)


@pytest.mark.parametrize("who", ["owner", "bureau"])
def test_owner_and_district_bureau_decide(client, asked, who):
    decider = (
        make.owner_of(asked.enterprise)
        if who == "owner"
        else make.officer("bureau", district="410804")
    )
    client.force_login(decider)

    decide(client, asked, role="viewer")

    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("accepted", decider)
    assert asked.user.memberships.get().role == "viewer"


def test_another_districts_bureau_finds_no_request(client, asked):
    client.force_login(make.officer("bureau", district="410803", role="lead"))

    listed = client.get(reverse("join_requests"))
    response = decide(client, asked)

    asked.refresh_from_db()
    assert asked not in listed.context["joins"]
    assert response.status_code == 404
    assert asked.status == "open"


@pytest.mark.parametrize("role", ["clerk", "viewer"])
def test_clerks_do_not_decide(client, asked, role):
    client.force_login(make.member(asked.enterprise, role))

    assert decide(client, asked).status_code == 403
    asked.refresh_from_db()
    assert asked.status == "open"


@pytest.mark.parametrize("kind", ["health", "city"])
def test_other_authorities_do_not_decide(client, asked, kind):
    client.force_login(make.officer(kind, district="410804"))

    assert decide(client, asked).status_code == 403
    asked.refresh_from_db()
    assert asked.status == "open"


def test_a_role_that_does_not_exist_is_refused(client, asked):
    client.force_login(make.owner_of(asked.enterprise))

    response = decide(client, asked, role="emperor")

    assert response.status_code == 422
    assert not Membership.objects.filter(user=asked.user).exists()


def test_a_refused_person_is_told_and_joins_nothing(client, asked):
    client.force_login(make.owner_of(asked.enterprise))

    decide(client, asked, answer="refuse")

    assert not Membership.objects.filter(user=asked.user).exists()
    assert Notice.objects.get(to=asked.user).kind == "join_refused"


def test_a_request_is_decided_once(client, asked):
    client.force_login(make.owner_of(asked.enterprise))
    decide(client, asked, answer="refuse")

    response = decide(client, asked)

    assert response.status_code == 422
    assert not Membership.objects.filter(user=asked.user).exists()


def test_thirty_requests_take_as_many_queries_as_one(client):
    firm = make.firm(district="410804")
    client.force_login(make.officer("bureau", district="410804"))

    def queries() -> int:
        domain.ask_to_join(firm, by=make.user(), at=clock.now())
        with CaptureQueriesContext(connection) as taken:
            assert client.get(reverse("join_requests")).status_code == 200
        return len(taken)

    queries()
    one = queries()
    for _n in range(28):
        domain.ask_to_join(firm, by=make.user(), at=NOW)

    assert queries() == one
