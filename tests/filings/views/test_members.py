"""The people of an enterprise, and the links that bring people in."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import people
from filings.models import Agency, AuditEntry, Invitation, Membership, Posting, User
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.refusals import Refused
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make

pytestmark = pytest.mark.django_db

NEW = "Another-horse-8-battery"


def membership(person) -> Membership:
    return Membership.objects.get(user=person)


def change_role(client, member, role):
    url = reverse("member_role", args=(member.enterprise_id, member.pk))
    return client.post(url, {"role": role})


def remove(client, member):
    return client.post(reverse("member_remove", args=(member.enterprise_id, member.pk)))


# ---------------------------------------------------------------- roles
@pytest.mark.parametrize("who", ["owner", "bureau"])
def test_owner_and_district_bureau_change_a_role(client, who):
    firm = make.firm(district="410804")
    clerk = make.member(firm, "clerk")
    client.force_login(
        make.owner_of(firm) if who == "owner" else make.officer("bureau", district="410804")
    )

    change_role(client, membership(clerk), "viewer")

    assert membership(clerk).role == "viewer"
    assert AuditEntry.objects.filter(action="change", field="role=viewer").count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("other_owner", 404), ("other_bureau", 404)]
)
def test_nobody_else_changes_a_role(client, who, status):
    firm = make.firm(district="410804")
    clerk = make.member(firm, "clerk")
    people_ = {
        "clerk": clerk,
        "other_owner": make.owner_of(make.firm(district="410804")),
        "other_bureau": make.officer("bureau", district="410803", role="lead"),
    }
    client.force_login(people_[who])

    response = change_role(client, membership(clerk), "owner")

    assert response.status_code == status
    assert membership(clerk).role == "clerk"


def test_a_member_of_another_enterprise_is_not_found_under_ones_own(client):
    mine, other = make.firm(), make.firm()
    victim = membership(make.member(other, "clerk"))
    client.force_login(make.owner_of(mine))

    response = client.post(reverse("member_remove", args=(mine.pk, victim.pk)))

    assert response.status_code == 404
    assert Membership.objects.filter(pk=victim.pk).exists()


@pytest.mark.parametrize("act", [lambda c, m: change_role(c, m, "clerk"), remove])
def test_the_last_owner_stays(client, act):
    firm = make.firm()
    owner = make.owner_of(firm)
    client.force_login(owner)

    response = act(client, membership(owner))

    assert response.status_code == 422
    assert membership(owner).role == "owner"


def test_an_owner_goes_when_another_stays(client):
    """The control of the test before."""
    firm = make.firm()
    owner = make.owner_of(firm)
    make.member(firm, "owner")
    client.force_login(owner)

    response = remove(client, membership(owner))

    assert response.url == reverse("home")
    assert not Membership.objects.filter(user=owner).exists()


def test_an_owner_who_cannot_sign_in_counts_for_none(client):
    firm = make.firm()
    owner = make.owner_of(firm)
    gone = make.member(firm, "owner")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client.force_login(owner)

    assert remove(client, membership(owner)).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_leave_it_without_one():
    firm = make.firm()
    owners = [make.owner_of(firm), make.member(firm, "owner")]
    outcome: list[str] = []
    together = threading.Barrier(2)

    def leave(owner) -> None:
        mine = membership(owner)
        together.wait()
        try:
            people.remove_member(mine, by=owner)
            outcome.append("left")
        except Refused:
            outcome.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome) == ["left", "refused"]
    assert Membership.objects.filter(enterprise=firm, role="owner").count() == 1


def test_removing_asks_once_and_names_the_person(client):
    firm = make.firm()
    clerk = make.member(firm, "clerk")
    client.force_login(make.owner_of(firm))

    url = reverse("member_remove", args=(firm.pk, membership(clerk).pk))
    page = client.get(url).content.decode()

    assert f"移除{clerk}" in page
    assert Membership.objects.filter(user=clerk).exists()


def test_somebody_who_was_removed_sees_nothing_any_more(client):
    firm = make.firm()
    clerk = make.member(firm, "clerk")
    people.remove_member(membership(clerk), by=make.owner_of(firm))
    client.force_login(make.fresh(clerk))

    assert client.get(reverse("enterprise", args=(firm.pk,))).status_code == 403


def test_thirty_members_take_as_many_queries_as_one(client):
    firm = make.firm()
    client.force_login(make.owner_of(firm))
    url = reverse("members", args=(firm.pk,))

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(url).status_code == 200
        return len(taken)

    queries()
    one = queries()
    for _n in range(29):
        make.member(firm, "clerk")

    assert queries() == one


def test_mobile_numbers_of_members_are_masked(client):
    firm = make.firm()
    clerk = make.user(mobile="13900001111")
    Membership.objects.create(user=clerk, enterprise=firm, role="clerk")
    client.force_login(make.owner_of(firm))

    page = client.get(reverse("members", args=(firm.pk,))).content.decode()

    assert "139****1111" in page
    assert "13900001111" not in page


# ---------------------------------------------------------------- invitations
def sent_link(drain) -> str:
    mail.outbox.clear()
    drain()
    letters = [letter for letter in mail.outbox if "/invitations/" in letter.body]
    assert len(letters) == 1
    found = re.search(r"http://testserver(/invitations/\S+/)", letters[0].body)
    assert found is not None
    return found.group(1)


def invite_officer(role="reviewer") -> Invitation:
    lead = make.officer("bureau", role="lead")
    agency = Agency.objects.get(postings__user=lead)
    return people.invite(email="new@example.org", role=role, by=lead, agency=agency, name="新同事")


def new_account(**changed):
    return {
        "name": "新同事",
        "username": "xintongshi",
        "mobile": "",
        "password": NEW,
        "password_again": NEW,
        "language": "zh-hans",
    } | changed


def test_a_lead_invites_a_colleague_who_follows_the_link(client, drain):
    lead = make.officer("bureau", role="lead")
    agency = Agency.objects.get(postings__user=lead)
    client.force_login(lead)
    client.post(
        reverse("invitation_new"),
        {"agency": agency.pk, "name": "新同事", "email": "new@example.org", "role": "reviewer"},
    )
    client.logout()

    link = sent_link(drain)
    page = client.get(link)
    client.post(link, new_account())

    made = User.objects.get(username="xintongshi")
    assert str(agency) in page.content.decode()
    assert made.email == "new@example.org"
    assert [(post.agency_id, post.role) for post in made.posts] == [(agency.pk, "reviewer")]
    assert client.session["_auth_user_id"] == str(made.pk)


def test_a_link_works_once(client, drain):
    invite_officer()
    link = sent_link(drain)
    client.post(link, new_account())
    client.logout()

    page = client.get(link)
    posted = client.post(link, new_account(username="second"))

    assert page.status_code == posted.status_code == 410
    assert not User.objects.filter(username="second").exists()


def test_a_link_is_over_after_seven_days_of_real_time(client, drain, monkeypatch, clock_at):
    invite_officer()
    link = sent_link(drain)
    real = clock.real_now()
    clock_at("2020-12-31T08:00:00+08:00")

    monkeypatch.setattr(people.clock, "real_now", lambda: real + timedelta(days=6, hours=23))
    in_time = client.get(link)
    monkeypatch.setattr(people.clock, "real_now", lambda: real + timedelta(days=7, minutes=1))
    too_late = client.get(link)

    assert (in_time.status_code, too_late.status_code) == (200, 410)


def test_a_link_of_somebody_who_left_the_agency_opens_nothing(client, drain):
    invitation = invite_officer()
    link = sent_link(drain)
    Posting.objects.filter(user=invitation.invited_by).delete()
    person = make.user()
    client.force_login(person)

    response = client.post(link)

    assert response.status_code == 403
    assert not Posting.objects.filter(user=person).exists()


def test_a_second_invitation_ends_the_first(client, drain):
    first = invite_officer()
    old = sent_link(drain)
    people.invite(
        email="NEW@example.org", role="reviewer", by=first.invited_by, agency=first.agency
    )
    new = sent_link(drain)

    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200


def test_a_withdrawn_link_opens_nothing_and_is_not_sent_any_more(client, drain):
    invitation = invite_officer()
    link = reverse("invitation_accept", args=(people.token_of(invitation),))
    client.force_login(invitation.invited_by)

    client.post(reverse("invitation_withdraw", args=(invitation.pk,)))
    drain()

    assert client.get(link).status_code == 410
    assert not mail.outbox


def test_the_database_keeps_no_token(drain):
    invitation = invite_officer()
    token = people.token_of(invitation)

    row = OutboxRow.objects.get(kind="invitation.send")
    kept = f"{invitation.token_hash} {row.subject} {row.key}"

    assert token not in kept
    assert "new@example.org" not in f"{row.subject} {row.key}"


@pytest.mark.parametrize("token", ["x", "A" * 43, "../../admin"])
def test_a_made_up_token_opens_nothing(client, token):
    invite_officer()

    assert client.get(f"/invitations/{token}/").status_code in {404, 410}


def test_somebody_with_an_account_joins_with_it(client, drain):
    firm = make.firm()
    people.invite(email="x@example.org", role="clerk", by=make.owner_of(firm), enterprise=firm)
    link = sent_link(drain)
    person = make.user()
    client.force_login(person)

    response = client.post(link)

    assert response.url == reverse("home")
    assert make.fresh(person).roles == {firm.pk: "clerk"}


def test_whoever_is_there_already_leaves_the_link_for_another(client, drain):
    firm = make.firm()
    owner = make.owner_of(firm)
    people.invite(email="x@example.org", role="viewer", by=owner, enterprise=firm)
    link = sent_link(drain)
    client.force_login(owner)

    response = client.post(link)

    assert response.status_code == 422
    assert membership(owner).role == "owner"
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("role", ["reviewer"])
def test_a_reviewer_invites_nobody(client, role):
    client.force_login(make.officer("bureau", role=role))

    assert client.get(reverse("invitation_new")).status_code == 403


def test_a_lead_invites_into_the_own_agency_only(client):
    client.force_login(make.officer("bureau", district="410802", role="lead"))
    other = Agency.objects.get(kind="bureau", district__code="410803")

    response = client.post(
        reverse("invitation_new"),
        {"agency": other.pk, "name": "新同事", "email": "new@example.org", "role": "lead"},
    )

    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_an_administrator_invites_into_every_agency(client):
    make.city()
    client.force_login(make.user(is_staff=True, is_superuser=True))
    other = Agency.objects.get(kind="city")

    client.post(
        reverse("invitation_new"),
        {"agency": other.pk, "name": "新同事", "email": "new@example.org", "role": "lead"},
    )

    assert Invitation.objects.get().agency == other


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("viewer", 403), ("owner", 302)])
def test_only_owners_invite_into_an_enterprise(client, role, status):
    firm = make.firm()
    client.force_login(make.member(firm, role))

    response = client.post(
        reverse("member_invite", args=(firm.pk,)),
        {"name": "新同事", "email": "new@example.org", "role": "clerk"},
    )

    assert response.status_code == status
    assert Invitation.objects.exists() == (status == 302)


def test_a_stranger_withdraws_no_invitation(client):
    firm = make.firm()
    invitation = people.invite(
        email="x@example.org", role="clerk", by=make.owner_of(firm), enterprise=firm
    )
    client.force_login(make.owner_of(make.firm()))

    response = client.post(reverse("invitation_withdraw", args=(invitation.pk,)))

    assert response.status_code == 404
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_an_invitation_leads_to_one_place():
    firm = make.firm()
    owner = make.owner_of(firm)

    with pytest.raises(ValueError, match="one agency or one enterprise"):
        people.invite(email="x@example.org", role="clerk", by=owner)


def test_new_staff_of_an_agency_that_requires_codes_are_led_to_the_set_up(client, drain):
    invitation = invite_officer()
    Agency.objects.update(requires_second_factor=True)
    link = sent_link(drain)

    response = client.post(link, new_account())

    assert invitation.agency is not None
    assert client.get(response.url).url == reverse("second_factor")
