"""Signing in, accounts and passwords, through the front door."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import people
from filings.models import AuditEntry, User
from jiaozuo_portal.lib import clock, sessions
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "Another-horse-8-battery"


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()


def sign_in(client, name, password=PASSWORD, **extra):
    return client.post(reverse("sign_in"), {"username": name, "password": password, **extra})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def message_of(response) -> str:
    return " ".join(str(error) for error in response.context["form"].non_field_errors())


# ---------------------------------------------------------------- signing in
def test_the_user_name_opens_the_door_in_any_case(client):
    make.user(username="LiJingban")

    response = sign_in(client, "lijingban")

    assert response.status_code == 302
    assert response.url == reverse("home")


@pytest.mark.parametrize("typed", ["13900001111", "139 0000 1111", "+86 139-0000-1111"])
def test_the_mobile_number_opens_the_door_however_it_is_typed(client, typed):
    person = make.user(mobile="13900001111")

    sign_in(client, typed)

    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_number_indexed_under_an_older_key_still_opens_the_door(client, settings):
    person = make.user(mobile="13900001111")
    settings.PORTAL_INDEX_KEYS = {"k2": b"n" * 32, **settings.PORTAL_INDEX_KEYS}

    sign_in(client, "13900001111")

    assert client.session["_auth_user_id"] == str(person.pk)


def test_known_and_unknown_names_get_the_same_answer(client):
    make.user(username="known", mobile="13900001111")

    answers = [
        sign_in(client, name, "wrong-password")
        for name in ("known", "unknown", "13900001111", "13900002222")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({message_of(answer) for answer in answers}) == 1


def test_an_unknown_name_costs_a_password_hash_too(client, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))

    sign_in(client, "13900002222", "wrong-password")

    assert hashed == ["wrong-password"]


def test_known_and_unknown_numbers_take_the_same_number_of_queries(client):
    make.user(mobile="13900001111")
    counts = []
    for typed in ("13900001111", "13900002222"):
        with CaptureQueriesContext(connection) as queries:
            sign_in(client, typed, "wrong-password")
        counts.append(len([q for q in queries if "filings_user" in q["sql"]]))

    assert counts[0] == counts[1]


def test_somebody_who_may_not_sign_in_gets_the_same_answer(client):
    make.user(username="gone", is_active=False)

    right, wrong = sign_in(client, "gone"), sign_in(client, "gone", "wrong-password")

    assert message_of(right) == message_of(wrong)
    assert not is_signed_in(client)


def test_five_failures_lock_the_name_and_a_sixth_right_password_does_not_help(client):
    make.user(username="known")
    for _n in range(4):
        assert sign_in(client, "known", "wrong-password").status_code == 422

    fifth = sign_in(client, "known", "wrong-password")
    sixth = sign_in(client, "known")

    assert fifth.status_code == sixth.status_code == 429
    assert "errors/locked.html" in [template.name for template in sixth.templates]
    assert not is_signed_in(client)


def test_without_the_lock_the_sixth_right_password_opens(client, settings):
    """The control of the test before."""
    settings.AXES_ENABLED = False
    make.user(username="known")
    for _n in range(5):
        sign_in(client, "known", "wrong-password")

    sign_in(client, "known")

    assert is_signed_in(client)


def test_failures_by_name_and_by_mobile_number_count_as_one(client):
    make.user(username="known", mobile="13900001111")
    for _n in range(3):
        sign_in(client, "known", "wrong-password")
    for _n in range(2):
        last = sign_in(client, "13900001111", "wrong-password")

    assert last.status_code == 429


def test_an_unknown_name_is_locked_like_a_known_one(client):
    for _n in range(5):
        last = sign_in(client, "nobody", "wrong-password")

    assert last.status_code == 429


def test_the_door_leads_to_the_page_that_was_asked_for(client):
    make.user(username="known")

    asked = client.get(reverse("account"))
    page = client.get(asked.url)
    response = sign_in(client, "known", next=page.context["next"])

    assert response.url == reverse("account")


@pytest.mark.parametrize(
    "bait",
    [
        "https://evil.example/",
        "//evil.example/",
        "http:///evil.example",
        r"\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_the_door_leads_to_no_other_host(client, bait):
    make.user(username="known")

    page = client.get(reverse("sign_in"), {"next": bait})
    response = sign_in(client, "known", next=bait)

    assert page.context["next"] == ""
    assert response.url == reverse("home")


def test_signing_in_gives_the_session_another_key(client):
    make.user(username="known")
    client.get(reverse("password_reset_link", args=("x", "y")))
    before = client.session.session_key

    sign_in(client, "known")

    assert client.session.session_key != before


def test_signing_out_needs_a_post(client):
    client.force_login(make.user())

    assert client.get(reverse("sign_out")).status_code == 405
    assert is_signed_in(client)

    client.post(reverse("sign_out"))
    assert not is_signed_in(client)


def test_a_first_visit_shows_the_language_of_the_account(client):
    make.user(username="known", language="en")

    response = sign_in(client, "known")

    assert response.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_a_language_that_was_chosen_stays(client):
    make.user(username="known", language="en")
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "zh-hans"

    response = sign_in(client, "known")

    assert django_settings.LANGUAGE_COOKIE_NAME not in response.cookies


# ---------------------------------------------------------------- sessions end
@pytest.fixture
def real_time_at(monkeypatch):
    """Move the real clock that sessions look at."""
    start = clock.real_now()

    def move(later: timedelta) -> None:
        monkeypatch.setattr(sessions.clock, "real_now", lambda: start + later)

    return move


def test_a_session_ends_after_an_idle_hour(client, real_time_at):
    client.force_login(make.user())
    assert client.get(reverse("account")).status_code == 200

    real_time_at(timedelta(minutes=61))
    response = client.get(reverse("account"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("sign_in"))
    assert not is_signed_in(client)


def test_a_session_in_use_goes_on_but_not_for_ever(client, real_time_at):
    client.force_login(make.user())
    client.get(reverse("account"))
    for minutes in range(30, 600, 30):
        real_time_at(timedelta(minutes=minutes))
        assert client.get(reverse("account")).status_code == 200

    real_time_at(timedelta(hours=10, minutes=1))

    assert client.get(reverse("account")).status_code == 302


def test_a_session_does_not_follow_the_portals_clock(client, clock_at):
    client.force_login(make.user())
    clock_at("2020-03-02T08:00:00+08:00")
    client.get(reverse("account"))

    clock_at("2020-03-20T08:00:00+08:00")

    assert client.get(reverse("account")).status_code == 200


def test_a_page_script_is_told_that_the_session_ended(client, real_time_at):
    client.force_login(make.user())
    client.get(reverse("account"))

    real_time_at(timedelta(minutes=61))
    response = client.get(reverse("account"), headers={"Accept": "application/json"})

    assert response.status_code == 401


# ---------------------------------------------------------------- registering
def account_form(**changed):
    return {
        "name": "李经办",
        "username": "lijingban",
        "email": "li@example.org",
        "mobile": "138 0000 1234",
        "password": NEW,
        "password_again": NEW,
        "language": "zh-hans",
    } | changed


def test_somebody_registers_and_is_led_to_the_enterprise(client):
    response = client.post(reverse("register"), account_form())

    made = User.objects.get(username="lijingban")
    assert (made.name, made.email, made.mobile_plain(), made.language) == (
        "李经办",
        "li@example.org",
        "13800001234",
        "zh-hans",
    )
    assert response.url == reverse("home")
    assert client.get(response.url).url == reverse("enterprise_new")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "LIJINGBAN0"}, "username"),
        ({"username": "12345678"}, "username"),
        ({"mobile": "12345"}, "mobile"),
        ({"email": ""}, "email"),
        ({"name": ""}, "name"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "lijingban1234", "password_again": "lijingban1234"}, "password"),
        ({"password_again": "Something-else-9"}, "password_again"),
    ],
)
def test_a_fault_is_named_beside_its_field_and_nothing_is_made(client, changed, field):
    make.user(username="lijingban0")

    response = client.post(reverse("register"), account_form(**changed))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.filter(username="lijingban").exists()


def test_every_fault_is_told_in_chinese(client):
    response = client.post(
        reverse("register"), {"username": "a", "password": "12345", "language": "xx"}
    )

    told = [text for errors in response.context["form"].errors.values() for text in errors]
    assert len(told) >= 6
    assert not [text for text in told if re.search(r"[A-Za-z]{4,}", text)]


def test_a_mobile_number_of_somebody_else_is_refused(client):
    make.user(mobile="13800001234")

    response = client.post(reverse("register"), account_form())

    assert response.status_code == 422
    assert not User.objects.filter(username="lijingban").exists()


def test_one_address_registers_thirty_accounts_an_hour(client):
    for number in range(30):
        response = client.post(
            reverse("register"), account_form(username=f"lijingban{number}", mobile="")
        )
        assert response.status_code == 302
        client.logout()

    response = client.post(reverse("register"), account_form())

    assert response.status_code == 429


# ---------------------------------------------------------------- the own account
def changes(person, **changed):
    return {
        "name": person.name,
        "email": person.email,
        "mobile": person.mobile_masked,
        "language": person.language,
    } | changed


def test_name_and_language_change_without_the_password(client):
    person = make.user(mobile="13900001111")
    client.force_login(person)

    client.post(reverse("account"), changes(person, name="新名字", language="en"))

    person = make.fresh(person)
    assert (person.name, person.language, person.mobile_plain()) == (
        "新名字",
        "en",
        "13900001111",
    )


@pytest.mark.parametrize(
    "changed", [{"email": "other@example.org"}, {"mobile": "13900002222"}, {"mobile": ""}]
)
def test_email_and_mobile_change_with_the_password_only(client, changed):
    person = make.user(mobile="13900001111")
    client.force_login(person)

    refused = client.post(reverse("account"), changes(person, **changed))
    before = make.fresh(person)
    client.post(reverse("account"), changes(person, **changed, password=PASSWORD))

    assert refused.status_code == 422
    assert (before.email, before.mobile_plain()) == (person.email, "13900001111")
    after = make.fresh(person)
    assert {"email": after.email, "mobile": after.mobile_plain()}.items() >= changed.items()


def test_the_own_mobile_number_is_shown_masked_only(client):
    person = make.user(mobile="13900001111")
    client.force_login(person)

    page = client.get(reverse("account")).content.decode()

    assert "139****1111" in page
    assert "13900001111" not in page


def test_another_accounts_mobile_number_is_refused(client):
    make.user(mobile="13900002222")
    person = make.user(mobile="13900001111")
    client.force_login(person)

    response = client.post(
        reverse("account"), changes(person, mobile="13900002222", password=PASSWORD)
    )

    assert response.status_code == 422
    assert make.fresh(person).mobile_plain() == "13900001111"


def test_changes_are_recorded_without_values():
    person = make.user(mobile="13900001111")

    people.change_account(person, name="新名字", email="x@example.org", language="en", mobile="")

    entries = AuditEntry.objects.filter(action="change", object_id=str(person.pk))
    assert set(entries.values_list("field", flat=True)) == {"name", "email", "language", "mobile"}
    assert not entries.exclude(reason="").exists()


# ---------------------------------------------------------------- passwords
def test_another_password_keeps_this_session_and_ends_the_others(client):
    person = make.user(username="known")
    elsewhere = Client()
    elsewhere.force_login(person)
    client.force_login(person)

    response = client.post(
        reverse("password_change"),
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    )

    assert response.status_code == 302
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_wrong_old_password_changes_nothing(client):
    person = make.user()
    client.force_login(person)

    response = client.post(
        reverse("password_change"),
        {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW},
    )

    assert response.status_code == 422
    assert make.fresh(person).check_password(PASSWORD)


def test_a_password_that_somebody_gave_must_be_changed_first(client):
    person, admin = make.user(), make.user()
    people.set_password(person, NEW, by=admin)
    client.force_login(person)

    assert client.get(reverse("account")).url == reverse("password_change")
    assert client.get(reverse("home")).url == reverse("password_change")

    own = "Third-horse-9-battery"
    client.post(
        reverse("password_change"),
        {"old_password": NEW, "new_password1": own, "new_password2": own},
    )

    assert client.get(reverse("account")).status_code == 200


def ask_for_link(client, drain, email) -> str:
    """Ask for a link and give the one that was sent; "" for none."""
    mail.outbox.clear()
    response = client.post(reverse("password_reset"), {"email": email})
    assert response.url == reverse("password_reset_sent")
    drain()
    if not mail.outbox:
        return ""
    assert len(mail.outbox) == 1
    found = re.search(r"http://testserver(/password/reset/\S+)", mail.outbox[0].body)
    assert found is not None
    return found.group(1)


def set_new(client, link, password=NEW):
    page = client.get(link, follow=True)
    if page.status_code != 200:
        return page
    return client.post(
        reverse("password_reset_new"), {"new_password1": password, "new_password2": password}
    )


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, drain):
    person = make.user(username="known", email="li@example.org")
    link = ask_for_link(client, drain, "LI@example.org")

    first, second = set_new(client, link), set_new(client, link, "Third-horse-9-battery")

    assert first.url == reverse("sign_in")
    assert second.status_code == 410
    assert make.fresh(person).check_password(NEW)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, drain):
    assert ask_for_link(client, drain, "nobody@example.org") == ""


def test_a_link_is_over_after_three_hours_of_real_time(client, drain, settings, clock_at):
    make.user(email="li@example.org")
    link = ask_for_link(client, drain, "li@example.org")
    clock_at("2030-01-01T00:00:00+08:00")
    assert client.get(link, follow=True).status_code == 200

    settings.PASSWORD_RESET_TIMEOUT = -1

    assert client.get(link, follow=True).status_code == 410


def test_the_token_of_a_link_leaves_the_address(client, drain):
    make.user(email="li@example.org")
    link = ask_for_link(client, drain, "li@example.org")

    response = client.get(link)

    assert response.url == reverse("password_reset_new")


def test_a_new_password_lifts_the_lock(client, drain):
    make.user(username="known", email="li@example.org")
    for _n in range(5):
        sign_in(client, "known", "wrong-password")
    assert sign_in(client, "known").status_code == 429

    set_new(client, ask_for_link(client, drain, "li@example.org"))

    assert sign_in(client, "known", NEW).status_code == 302


def test_the_row_that_waits_for_the_mail_holds_an_id_only(client):
    person = make.user(email="li@example.org")

    client.post(reverse("password_reset"), {"email": "li@example.org"})

    row = OutboxRow.objects.get(kind="password.reset")
    assert row.subject == str(person.pk)
    assert "li@example.org" not in f"{row.key} {row.subject}"


def test_pressing_twice_in_a_minute_sends_one_mail(client, drain, monkeypatch):
    make.user(email="li@example.org")
    stopped = clock.real_now().replace(second=0)
    monkeypatch.setattr(people.clock, "real_now", lambda: stopped)

    for _n in range(2):
        client.post(reverse("password_reset"), {"email": "li@example.org"})
    monkeypatch.undo()
    drain()

    assert len(mail.outbox) == 1


def test_one_address_asks_ten_times_an_hour(client):
    answers = [
        client.post(reverse("password_reset"), {"email": f"a{n}@example.org"}).status_code
        for n in range(11)
    ]

    assert answers == [302] * 10 + [429]


def test_a_password_is_never_in_the_page_again(client):
    response = sign_in(client, "known", "my-typed-password")

    assert "my-typed-password" not in response.content.decode()
