"""The admin site: who comes in, what is kept there, and what is only looked at."""

from __future__ import annotations

import json

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import assignment, second_factor
from filings.models import (
    Agency,
    AgencyContact,
    AuditEntry,
    CitySetting,
    Decision,
    Enterprise,
    Filing,
    FilingVersion,
    Posting,
    RosterRow,
    Step,
    User,
)
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import PASSWORD
from tests.factories.codes import code_of, with_device

pytestmark = pytest.mark.django_db

NEW = "Another-horse-8-battery"
LOOKED_AT = [Filing, FilingVersion, Step, Decision, RosterRow, AuditEntry]


@pytest.fixture
def boss(client):
    """An administrator who is signed in."""
    person = make.user("管理员", is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def address(thing, page: str = "change") -> str:
    name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{page}"
    return reverse(name, args=() if page in {"changelist", "add"} else (thing.pk,))


# ---------------------------------------------------------------- coming in
def test_the_admin_site_is_entered_through_our_own_sign_in_page(client):
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("sign_in"))
    assert response.context["next"] == reverse("admin:index")


def test_django_s_own_sign_in_page_is_not_there(client):
    """It would know neither the lock nor the second factor."""
    make.user(username="boss", is_staff=True, is_superuser=True)

    response = client.post(
        reverse("admin:login"), {"username": "boss", "password": PASSWORD, "next": "/admin/"}
    )

    assert response.url.startswith(reverse("sign_in"))
    assert "_auth_user_id" not in client.session


def test_signing_out_of_the_admin_site_needs_a_post(client, boss):
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.get(reverse("admin:index")).status_code == 200

    client.post(reverse("admin:logout"))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("who", ["owner", "officer"])
def test_nobody_else_comes_in(client, who):
    client.force_login(
        make.owner_of(make.firm()) if who == "owner" else make.officer("bureau", role="lead")
    )

    response = client.get(reverse("admin:index"), follow=True)

    assert not response.request["PATH_INFO"].startswith("/admin/")


def test_staff_give_a_code_where_the_settings_ask_for_one(client, boss, settings):
    settings.PORTAL_STAFF_SECOND_FACTOR = True

    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0] == reverse("second_factor_set_up")


def test_staff_come_in_by_password_where_the_settings_do_not(client, boss):
    """The control of the test before."""
    assert client.get(reverse("admin:index")).status_code == 200


def test_staff_who_have_codes_give_one(client):
    person = make.user(is_staff=True, is_superuser=True)
    device, _codes = with_device(person)
    client.force_login(person)

    before = client.get(reverse("admin:index"), follow=True)
    client.post(reverse("second_factor"), {"code": code_of(device)})

    assert before.redirect_chain[-1][0] == reverse("second_factor")
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_secrets_of_second_factors_are_on_no_page():
    registered = {model._meta.app_label for model in admin.site._registry}

    assert not registered & {"otp_totp", "otp_static"}


def test_the_header_shows_the_name_from_the_settings(client, boss):
    make.city()
    CitySetting.objects.update(portal_name="洛阳市复工备案平台", portal_name_en="Luoyang Portal")

    chinese = client.get(reverse("admin:index")).content.decode()
    english = client.get(reverse("admin:index"), headers={"Accept-Language": "en"}).content.decode()

    assert "洛阳市复工备案平台" in chinese
    assert "Luoyang Portal" in english


# ---------------------------------------------------------------- what is only looked at
@pytest.mark.parametrize("model", LOOKED_AT)
def test_the_record_is_shown_and_never_written(client, boss, model):
    make.filing_in("approved")
    thing = model.objects.all()[0]

    assert client.get(address(model, "changelist")).status_code == 200
    assert client.get(address(thing)).status_code == 200
    for page, url in {
        "add": address(model, "add"),
        "change": address(thing),
        "delete": address(thing, "delete"),
    }.items():
        assert client.post(url, {"post": "yes"}).status_code == 403, page
    assert model.objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("model", LOOKED_AT)
def test_the_record_is_not_deleted_from_the_list_either(client, boss, model):
    make.filing_in("approved")
    before = model.objects.count()

    client.post(
        address(model, "changelist"),
        {
            "action": "delete_selected",
            "_selected_action": list(model.objects.values_list("pk", flat=True)),
            "post": "yes",
        },
    )

    assert model.objects.count() == before


def test_every_page_of_the_admin_site_opens(client, boss):
    make.filing_in("started")
    for model in admin.site._registry:
        assert client.get(address(model, "changelist")).status_code == 200, model
        thing = model._default_manager.first()
        if thing is not None:
            assert client.get(address(thing)).status_code == 200, model


def test_no_page_shows_a_number_in_full_or_a_sealed_one(client, boss):
    filing, people = make.filing_in("approved")
    people.owner.set_mobile("13900001111")
    people.owner.save()
    row = RosterRow.objects.filter(filing=filing)[0]
    secrets = {
        row.id_plain(),
        row.mobile_plain(),
        row.id_sealed,
        row.id_index,
        "13900001111",
        people.owner.mobile_sealed,
        people.owner.mobile_index,
        filing.enterprise.contact_mobile_plain(),
        filing.enterprise.contact_mobile_sealed,
    }

    for model in admin.site._registry:
        pages = [client.get(address(model, "changelist"))]
        pages += [client.get(address(thing)) for thing in model._default_manager.all()[:3]]
        text = "".join(page.content.decode() for page in pages)
        assert not [secret for secret in secrets if secret and secret in text], model


def test_health_facts_stand_on_no_page(client, boss):
    filing, _people = make.filing_in("approved")
    RosterRow.objects.filter(filing=filing).update(travel="去过武汉走亲戚")

    page = client.get(address(RosterRow.objects.filter(filing=filing)[0])).content.decode()

    assert "去过武汉走亲戚" not in page


@pytest.mark.parametrize("model", [Filing, RosterRow, Step, User, Enterprise, AuditEntry])
def test_thirty_rows_take_as_many_queries_as_three(client, boss, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(address(model, "changelist")).status_code == 200
        return len(taken)

    for _n in range(3):
        make.fill(make.filing(district="410804", zone=True), people=1)
    queries()
    few = queries()
    for _n in range(27):
        make.fill(make.filing(district="410804", zone=True), people=1)

    assert queries() == few


# ---------------------------------------------------------------- people
def person_form(person, **changed):
    """What the browser sends of a person's page."""
    empty = {
        f"{prefix}-{name}": value
        for prefix in ("postings", "memberships")
        for name, value in {
            "TOTAL_FORMS": "0",
            "INITIAL_FORMS": "0",
            "MIN_NUM_FORMS": "0",
            "MAX_NUM_FORMS": "1000",
        }.items()
    }
    return {
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "mobile": person.mobile_masked,
        "language": person.language,
        "is_active": "on",
        **empty,
    } | changed


def test_a_new_person_chooses_an_own_password_first(client, boss):
    response = client.post(
        address(User, "add"),
        person_form(
            User(username="xinren", name="新人", email="x@example.org", language="zh-hans"),
            mobile="138 0000 1234",
            usable_password="true",
            password1=NEW,
            password2=NEW,
        ),
    )

    assert response.status_code == 302, response.context["adminform"].form.errors
    made = User.objects.get(username="xinren")
    assert made.must_change_password
    assert made.check_password(NEW)
    assert made.mobile_plain() == "13800001234"


def test_the_masked_number_left_alone_stays(client, boss):
    person = make.user(mobile="13900001111")

    client.post(address(person), person_form(person, name="新名字"))

    person = make.fresh(person)
    assert (person.name, person.mobile_plain()) == ("新名字", "13900001111")


@pytest.mark.parametrize(("typed", "kept"), [("13900002222", "13900002222"), ("", "")])
def test_a_number_typed_over_changes(client, boss, typed, kept):
    person = make.user(mobile="13900001111")

    client.post(address(person), person_form(person, mobile=typed))

    assert make.fresh(person).mobile_plain() == kept


def test_somebody_elses_number_is_refused(client, boss):
    make.user(mobile="13900002222")
    person = make.user(mobile="13900001111")

    response = client.post(address(person), person_form(person, mobile="13900002222"))

    assert response.status_code == 200
    assert "mobile" in response.context["adminform"].form.errors
    assert make.fresh(person).mobile_plain() == "13900001111"


def test_a_password_from_the_administrator_has_to_be_changed(client, boss):
    person = make.user()

    client.post(
        reverse("admin:auth_user_password_change", args=(person.pk,)),
        {"usable_password": "true", "password1": NEW, "password2": NEW},
    )

    person = make.fresh(person)
    assert person.check_password(NEW)
    assert person.must_change_password


def test_a_posting_is_given_on_the_persons_page(client, boss):
    make.city()
    person, agency = make.user(), Agency.objects.get(kind="city")

    client.post(
        address(person),
        person_form(
            person,
            **{
                "postings-TOTAL_FORMS": "1",
                "postings-0-agency": agency.pk,
                "postings-0-role": "lead",
            },
        ),
    )

    assert Posting.objects.get(user=person).agency == agency


@pytest.fixture
def helper(client):
    """Staff who may change people, and no more."""
    person = make.user(is_staff=True)
    person.user_permissions.add(
        *Permission.objects.filter(codename__in=("change_user", "view_user"))
    )
    client.force_login(make.fresh(person))
    return person


def test_staff_give_themselves_no_rights(client, helper):
    client.post(address(helper), person_form(helper, is_superuser="on", is_staff="on"))

    assert not make.fresh(helper).is_superuser


def test_staff_do_not_touch_an_administrator(client, helper):
    boss = make.user(is_staff=True, is_superuser=True)

    changed = client.post(address(boss), person_form(boss, email="mine@example.org"))
    password = client.post(
        reverse("admin:auth_user_password_change", args=(boss.pk,)),
        {"usable_password": "true", "password1": NEW, "password2": NEW},
    )

    assert changed.status_code == password.status_code == 403
    assert make.fresh(boss).check_password(PASSWORD)


def test_a_lost_phone_is_helped_and_recorded(client, boss):
    person = make.user()
    with_device(person)

    client.post(
        address(User, "changelist"),
        {"action": "take_second_factor", "_selected_action": [person.pk]},
    )

    assert not make.fresh(person).has_second_factor
    assert AuditEntry.objects.filter(action="second_factor_off", by=boss).count() == 1
    assert second_factor.recovery_codes_left(person) == 0


def test_a_lock_is_lifted(client, boss):
    person = make.user(username="known")
    visitor = client.__class__()
    for _n in range(5):
        visitor.post(reverse("sign_in"), {"username": "known", "password": "wrong"})
    right = {"username": "known", "password": PASSWORD}
    locked = visitor.post(reverse("sign_in"), right)

    client.post(
        address(User, "changelist"), {"action": "lift_lock", "_selected_action": [person.pk]}
    )

    assert locked.status_code == 429
    assert visitor.post(reverse("sign_in"), right).status_code == 302


# ---------------------------------------------------------------- places and enterprises
def test_a_bureau_s_contacts_are_kept_and_the_change_is_recorded(client, boss):
    make.city()
    agency = Agency.objects.get(kind="bureau", district__code="410802")
    contact = agency.contacts.get()

    response = client.post(
        address(agency),
        {
            "name": agency.name,
            "name_en": agency.name_en,
            "kind": agency.kind,
            "district": agency.district_id,
            "zone": "",
            "is_active": "on",
            "requires_second_factor": "on",
            "requires_four_eyes": "on",
            "contacts-TOTAL_FORMS": "1",
            "contacts-INITIAL_FORMS": "1",
            "contacts-MIN_NUM_FORMS": "0",
            "contacts-MAX_NUM_FORMS": "1000",
            "contacts-0-id": contact.pk,
            "contacts-0-agency": agency.pk,
            "contacts-0-name": contact.name,
            "contacts-0-phone": "0391-7654321",
            "contacts-0-hours": contact.hours,
            "contacts-0-confirmed_on": "2020-03-01",
        },
    )

    assert response.status_code == 302
    assert AgencyContact.objects.get(pk=contact.pk).phone == "0391-7654321"
    assert Agency.objects.get(pk=agency.pk).requires_four_eyes
    assert LogEntry.objects.filter(object_id=str(agency.pk)).count() == 1
    entry = AuditEntry.objects.get(action="admin_change")
    assert (entry.by, entry.object_type, entry.object_id) == (
        boss,
        "filings.agency",
        str(agency.pk),
    )
    assert "0391-7654321" not in f"{entry.field}{entry.reason}"


def test_a_mended_enterprise_keeps_its_code_and_is_judged_again(client, boss):
    firm = make.firm(district="410803")
    OutboxRow.objects.all().delete()
    fields = ("name", "address", "sme_industry", "main_sector", "legal_representative")

    response = client.post(
        address(firm),
        {
            **{name: getattr(firm, name) for name in fields},
            "uscc": make.uscc(999),
            "contact_name": firm.contact_name,
            "contact_mobile": firm.contact_mobile_masked,
            "district": firm.district_id,
            "zone": "",
            "employees": "999",
            "annual_revenue_wanyuan": "",
            "total_assets_wanyuan": "",
            "sites-TOTAL_FORMS": "0",
            "sites-INITIAL_FORMS": "0",
        },
    )

    mended = Enterprise.objects.get(pk=firm.pk)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert (mended.uscc, mended.employees, mended.annual_revenue_wanyuan) == (firm.uscc, 999, None)
    assert mended.contact_mobile_plain() == "13800000000"
    assert OutboxRow.objects.filter(kind="support.match").count() == 1


def test_the_settings_are_one_row(client, boss):
    make.city()

    assert client.get(address(CitySetting, "add")).status_code == 403
    assert client.get(address(CitySetting.current(), "delete")).status_code == 403


def test_the_log_of_django_holds_no_number(client, boss):
    person = make.user(mobile="13900001111")

    client.post(address(person), person_form(person, mobile="13900002222"))

    text = json.dumps(list(LogEntry.objects.values()), default=str)
    text += json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "1390000" not in text


def test_the_audit_says_from_what_to_what(client, boss):
    lead = make.officer("bureau", role="lead", name="负责人")
    agency = Agency.objects.get(pk=lead.posts[0].agency_id)
    rule = assignment.add_rule(agency, by=lead, people=[lead], most=3)
    assignment.change_rule(rule, by=lead, people=[lead], most=5)
    entry = AuditEntry.objects.get(action="change_rule")

    shown = client.get(address(entry, "changelist")).content.decode()
    page = client.get(address(entry)).content.decode()

    assert "每人最多同时审核：3 → 5" in shown
    assert f"分派给：— → 负责人 #{lead.pk}" in shown
    assert "每人最多同时审核：3 → 5" in page
