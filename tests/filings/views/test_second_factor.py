"""One-time codes: who needs them, what opens, and what does not."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from filings.domain import people, second_factor
from filings.models import Agency, AuditEntry
from jiaozuo_portal.lib.refusals import Refused
from tests import factories as make
from tests.factories import PASSWORD
from tests.factories.codes import code_of, with_device

pytestmark = pytest.mark.django_db


def require_codes(person) -> None:
    Agency.objects.filter(postings__user=person).update(requires_second_factor=True)


def give(client, code):
    return client.post(reverse("second_factor"), {"code": code})


# ---------------------------------------------------------------- who needs one
def test_an_agency_that_requires_codes_leads_its_people_to_the_set_up(client):
    officer = make.officer("bureau")
    require_codes(officer)
    client.force_login(make.fresh(officer))

    asked = client.get(reverse("account"))

    assert asked.url == reverse("second_factor")
    assert client.get(asked.url).url == reverse("second_factor_set_up")
    assert client.get(reverse("home")).url == reverse("second_factor")


def test_an_agency_that_does_not_require_codes_lets_its_people_in(client):
    """The control of the test before."""
    client.force_login(make.officer("bureau"))

    assert client.get(reverse("account")).status_code == 200


def test_whoever_has_set_codes_up_gives_one_at_every_sign_in(client):
    person = make.user(username="known")
    device, _codes = with_device(person)
    client.post(reverse("sign_in"), {"username": "known", "password": PASSWORD})

    before = client.get(reverse("account"))
    give(client, code_of(device))

    assert before.url == reverse("second_factor")
    assert client.get(reverse("account")).status_code == 200


# ---------------------------------------------------------------- setting up
def test_the_set_up_shows_a_picture_and_turns_on_with_the_first_code(client):
    officer = make.officer("bureau")
    require_codes(officer)
    client.force_login(make.fresh(officer))

    page = client.get(reverse("second_factor_set_up"))
    device = TOTPDevice.objects.get(user=officer, confirmed=False)
    response = client.post(reverse("second_factor_set_up"), {"code": code_of(device)})
    codes_page = client.get(response.url)

    assert 'src="data:image/svg+xml' in page.content.decode()
    assert response.url == reverse("recovery_codes")
    codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", codes_page.content.decode())
    assert len(set(codes)) == second_factor.HOW_MANY_RECOVERY_CODES
    assert client.get(reverse("account")).status_code == 200


def test_the_recovery_codes_are_shown_once(client):
    person = make.user()
    client.force_login(person)
    client.get(reverse("second_factor_set_up"))
    device = TOTPDevice.objects.get(user=person)
    client.post(reverse("second_factor_set_up"), {"code": code_of(device)})

    assert client.get(reverse("recovery_codes")).status_code == 200
    assert client.get(reverse("recovery_codes")).url == reverse("account")


def test_a_wrong_first_code_turns_nothing_on(client):
    person = make.user()
    client.force_login(person)
    client.get(reverse("second_factor_set_up"))

    response = client.post(reverse("second_factor_set_up"), {"code": "000000"})

    assert response.status_code == 422
    assert not make.fresh(person).has_second_factor


def test_the_password_alone_replaces_no_device_in_use(client):
    person = make.user(username="known")
    device, _codes = with_device(person)
    client.force_login(person)

    page = client.get(reverse("second_factor_set_up"))
    posted = client.post(reverse("second_factor_set_up"), {"code": code_of(device)})

    assert page.url == posted.url == reverse("second_factor")
    assert list(TOTPDevice.objects.filter(user=person)) == [device]


def test_the_password_alone_changes_no_password_of_whoever_has_codes(client):
    person = make.user()
    with_device(person)
    client.force_login(person)

    assert client.get(reverse("password_change")).url == reverse("second_factor")


@pytest.mark.parametrize("route", ["second_factor_off", "recovery_codes_renew"])
def test_the_password_alone_turns_nothing_off(client, route):
    person = make.user()
    with_device(person)
    client.force_login(person)

    response = client.post(reverse(route))

    assert response.url == reverse("second_factor")
    assert make.fresh(person).has_second_factor


# ---------------------------------------------------------------- giving a code
def test_a_code_works_once(client):
    person = make.user()
    device, _codes = with_device(person)
    client.force_login(person)
    code = code_of(device)
    first = give(client, code)
    client.logout()
    client.force_login(person)
    again = give(client, code)

    assert (first.status_code, again.status_code) == (302, 422)


def test_a_recovery_code_works_once_and_however_it_is_typed(client):
    person = make.user()
    _device, codes = with_device(person)
    client.force_login(person)

    first = give(client, f" {codes[0].upper()} ")
    client.logout()
    client.force_login(person)
    again = give(client, codes[0])

    assert first.status_code == 302
    assert again.status_code == 422
    assert second_factor.recovery_codes_left(person) == len(codes) - 1


def test_recovery_codes_are_not_kept_as_they_are():
    _device, codes = with_device(make.user())

    kept = set(StaticToken.objects.values_list("token", flat=True))

    assert len(kept) == len(codes)
    assert not kept & {code.replace("-", "") for code in codes}


def test_guessing_is_slowed_down(client):
    person = make.user()
    device, _codes = with_device(person)
    client.force_login(person)

    give(client, "000000")
    right = give(client, code_of(device))

    assert right.status_code == 422
    assert "秒" in str(right.context["form"].errors["code"])


def test_after_the_wait_the_right_code_opens(client):
    """The control of the test before."""
    person = make.user()
    device, _codes = with_device(person)
    client.force_login(person)
    give(client, "000000")

    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)

    assert give(client, code_of(device)).status_code == 302


def test_somebody_elses_code_opens_nothing(client):
    person = make.user()
    with_device(person)
    other, _codes = with_device(make.user())
    client.force_login(person)

    assert give(client, code_of(other)).status_code == 422


def test_giving_the_code_changes_the_key_of_the_session(client):
    person = make.user()
    device, _codes = with_device(person)
    client.force_login(person)
    before = client.session.session_key

    give(client, code_of(device))

    assert client.session.session_key != before


def test_the_code_leads_on_to_the_page_that_was_asked_for_and_to_no_other_host(client):
    person = make.user()
    device, _codes = with_device(person)
    client.force_login(person)

    response = client.post(
        reverse("second_factor"), {"code": code_of(device), "next": "https://evil.example/"}
    )

    assert response.url == reverse("home")


# ---------------------------------------------------------------- turning off
def test_the_person_turns_it_off_where_nobody_requires_it():
    person = make.user()
    with_device(person)

    second_factor.turn_off(person, by=person)

    assert not make.fresh(person).needs_second_factor


def test_a_person_whose_agency_requires_it_cannot_turn_it_off():
    officer = make.officer("bureau")
    require_codes(officer)
    with_device(officer)
    officer = make.fresh(officer)

    with pytest.raises(Refused):
        second_factor.turn_off(officer, by=officer)

    assert make.fresh(officer).has_second_factor


def test_an_administrator_takes_it_away_after_a_loss_and_it_is_recorded():
    officer, admin = make.officer("bureau"), make.user(is_superuser=True)
    require_codes(officer)
    with_device(officer)

    second_factor.turn_off(make.fresh(officer), by=admin)

    assert not make.fresh(officer).has_second_factor
    assert AuditEntry.objects.filter(action="second_factor_off", by=admin).count() == 1


def test_new_recovery_codes_end_the_old_ones():
    person = make.user()
    _device, old = with_device(person)

    new = second_factor.renew_recovery_codes(person)

    assert second_factor.check_code(person, old[0]).device is None
    StaticToken.objects.get(token=second_factor._stored(new[0].replace("-", "")))


def test_a_given_password_comes_before_the_second_factor(client):
    person = make.user()
    require = make.officer("bureau")
    require_codes(require)
    people.set_password(require, "Given-horse-9-battery", by=person)
    client.force_login(make.fresh(require))

    assert client.get(reverse("second_factor_set_up")).url == reverse("password_change")
