"""Every route x role x method against another enterprise's and district's objects.

Nothing of the other side may be read, nothing may be written, and a route that nobody declared a
policy for fails. The controls at the end show that the same walk finds a leak when there is one,
and that each route does answer the people it is for.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.models import Agency, User
from filings.models import enterprise as enterprise_models
from filings.models import filing as filing_models
from jiaozuo_portal.lib.doors import PUBLIC
from policies.domain import packs
from tests import factories as make
from tests.factories import NOW
from tests.walk import ASKS, PUBLIC_ROUTES, Route, Side, arguments, payload, routes, side

pytestmark = pytest.mark.django_db

HERE, THERE = "410803", "410804"
SECRET = "乙方不公开"

#: Tables that any visit may write, and that hold nothing of a filing.
OWN_TRACES = ("django_session", "axes_", "portal_cache", "django_admin_log", "otp_")


def _writes(queries: CaptureQueriesContext) -> list[str]:
    return [
        query["sql"][:160]
        for query in queries.captured_queries
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "COPY"))
        and not any(trace in query["sql"] for trace in OWN_TRACES)
    ]


def _answer(
    client: Client, method: str, url: str, body: dict[str, Any], asks: dict[str, str] | None = None
) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        answer = (
            client.generic(method, url)
            if method not in {"GET", "POST"}
            else (client.get(url, asks) if method == "GET" else client.post(url, body))
        )
    return answer, _writes(queries)


def _content(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8", "replace")
    return answer.content.decode("utf-8", "replace")


def leaks(client: Client, role: str, there: Side) -> list[str]:
    """What this person could read or write of the other side, route by route."""
    found = []
    for route in routes():
        if route.name in PUBLIC_ROUTES:
            continue
        url = reverse(route.name, kwargs=arguments(route, there))
        names_something = "<" in route.pattern
        for method in ("GET", "POST"):
            answer, written = _answer(
                client, method, url, payload(route, there), ASKS.get(route.name)
            )
            place = f"{role} {method} {route.name} {answer.status_code}"
            # Packs, official lists and texts are the whole city's; their officers work on them.
            of_the_city = ("policy_", "official_", "announced")
            if role in {"policy", "city"} and route.name.startswith(of_the_city):
                continue
            may_read_all = role == "city"
            if SECRET in _content(answer) and not may_read_all:
                found.append(f"{place}: read")
            if names_something and written:
                found.append(f"{place}: wrote {written[0]}")
            if names_something and answer.status_code == 200 and not may_read_all:
                found.append(f"{place}: answered")
            if answer.status_code >= 500:
                found.append(f"{place}: broke")
    return found


ROLES = (
    "owner",
    "clerk",
    "viewer",
    "bureau",
    "lead",
    "zone",
    "health",
    "city",
    "policy",
    "administrator",
    "nobody_yet",
)


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)


def test_every_route_declares_its_policy():
    undeclared = [route.name for route in routes() if not hasattr(route.view, "policy")]

    assert undeclared == []


def test_every_public_route_is_listed_with_its_reason():
    public = {route.name for route in routes() if PUBLIC in route.view.policy.audiences}

    assert public == set(PUBLIC_ROUTES)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_route_takes_another_method(client, method):
    for route in routes():
        assert method not in route.view.policy.methods


def test_a_stranger_is_asked_to_sign_in_everywhere_else(client):
    there = side(THERE, SECRET)
    for route in routes():
        if route.name in PUBLIC_ROUTES:
            continue
        url = reverse(route.name, kwargs=arguments(route, there))
        for method in ("GET", "POST"):
            answer, written = _answer(
                client, method, url, payload(route, there), ASKS.get(route.name)
            )

            assert answer.status_code in {302, 405}, (route.name, method)
            assert SECRET not in _content(answer)
            assert written == []


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_or_writes_the_otherside(client, role):
    here, there = side(HERE, "甲方"), side(THERE, SECRET)
    client.force_login(here.roles[role])

    assert leaks(client, role, there) == []


def test_the_walk_finds_a_leak_when_the_scope_is_off(client, monkeypatch):
    here, there = side(HERE, "甲方"), side(THERE, SECRET)
    client.force_login(here.roles["owner"])
    for model in (
        filing_models.FilingQuerySet,
        filing_models.OfFilingQuerySet,
        enterprise_models.EnterpriseQuerySet,
    ):
        monkeypatch.setattr(model, "visible_to", lambda rows, user: rows.all())

    assert leaks(client, "owner", there) != []


def _likely(side: Side, route: Route) -> list[User]:
    """The people of a side whom the route's policy lets in."""
    audiences = route.view.policy.audiences
    return [
        user
        for user in (
            side.roles[role] for role in ("owner", "lead", "zone", "health", "city", "policy")
        )
        if "signed_in" in audiences or any(user.stands_as(name) for name in audiences)
    ]


def _status_here(
    client: Client,
    user: User,
    method: str,
    url: str,
    body: dict[str, Any],
    asks: dict[str, str] | None,
) -> int:
    """How a visit is answered; whatever it wrote is taken back."""
    client.force_login(user)
    with transaction.atomic():
        status = _answer(client, method, url, body, asks)[0].status_code
        transaction.set_rollback(True)
    return int(status)


def test_each_route_answers_the_people_it_is_for(client):
    here = side(HERE, "甲方")
    unanswered = []
    for route in routes():
        if route.name in PUBLIC_ROUTES:
            continue
        url = reverse(route.name, kwargs=arguments(route, here))
        method = "GET" if "GET" in route.view.policy.methods else "POST"
        statuses = [
            _status_here(client, user, method, url, payload(route, here), ASKS.get(route.name))
            for user in _likely(here, route)
        ]
        if not set(statuses) & {200, 302, 409, 422}:
            unanswered.append((route.name, statuses))

    assert {name for name, __ in unanswered} == set()


def test_the_admin_site_is_for_administrators_alone(client):
    here = side(HERE, "甲方")
    for role, user in here.roles.items():
        client.force_login(user)
        answer = client.get(reverse("admin:index"))

        assert (answer.status_code == 200) == (role == "administrator"), role


def test_agencies_are_there_to_walk_with():
    make.city()

    assert set(Agency.objects.values_list("kind", flat=True)) >= {"bureau", "zone", "health"}
