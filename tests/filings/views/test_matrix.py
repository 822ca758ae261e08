"""Every route x role x method against another enterprise's and district's objects.

Nothing of the other side may be read, nothing may be written, and a route that nobody declared a
policy for fails. The controls at the end show that the same walk finds a leak when there is one,
and that each route does answer the people it is for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from filings.domain import attachments, enterprise, people, review, roster
from filings.models import (
    Agency,
    Correction,
    Enterprise,
    Filing,
    LedgerEntry,
    Membership,
    Notice,
    RosterRow,
    User,
)
from filings.models import enterprise as enterprise_models
from filings.models import filing as filing_models
from filings.sheets.samples import planted_workbook
from jiaozuo_portal.lib.doors import PUBLIC
from policies.domain import declarations, packs
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE, THERE = "410803", "410804"
SECRET = "乙方不公开"

#: Tables that any visit may write, and that hold nothing of a filing.
OWN_TRACES = ("django_session", "axes_", "portal_cache", "django_admin_log", "otp_")

#: Public on purpose; each tells nothing but what everybody may know.
PUBLIC_ROUTES = {
    "healthz": "a plain yes",
    "readyz": "a plain yes",
    "metrics": "figures, kept to an allowed address or token",
    "set_language": "the reader's own choice",
    "home": "for a stranger the landing page",
    "contacts": "R2.6: published contacts",
    "help": "how it works",
    "sign_in": "the door itself",
    "sign_out": "the reader's own session",
    "register": "the door itself",
    "password_reset": "the door itself",
    "password_reset_sent": "the door itself",
    "password_reset_link": "a secret link",
    "password_reset_new": "a secret link",
    "invitation_accept": "a secret link",
    "public_receipt": "the receipt's public page: enterprise, district, number, dates, standing",
}

#: The state in which a route's move would be possible, were it not somebody else's filing.
STATE_FOR = {
    "submit": "draft",
    "check_answers": "draft",
    "claim": "submitted",
    "withdraw": "submitted",
    "corrections": "returned",
    "correction_mend": "returned",
    "correction_unmend": "returned",
    "start": "approved",
    "report_prestart": "approved",
    "start_work": "ready",
    "suspend": "approved",
    "revoke": "approved",
    "receipt_pdf": "approved",
    "public_receipt": "approved",
    "resume": "suspended",
    "reopen": "withdrawn",
}
STATES = (
    "draft",
    "submitted",
    "in_review",
    "returned",
    "approved",
    "ready",
    "suspended",
    "withdrawn",
)


@dataclass
class Side:
    """One enterprise with filings in every state, and the officers of its district."""

    enterprise: Enterprise
    filings: dict[str, Filing]
    parts: dict[str, Any]
    roles: dict[str, User]


def _side(district: str, name: str) -> Side:
    filings, roles = {}, {}
    for state in STATES:
        filings[state], __ = make.filing_in(
            state, district=district, zone=True, name=f"{name}{state}厂"
        )
    firm = filings["in_review"].enterprise
    owner = make.owner_of(firm)
    for filing in filings.values():
        Membership.objects.get_or_create(
            user=owner, enterprise=filing.enterprise, defaults={"role": "owner"}
        )
    roles["owner"] = make.fresh(owner)
    roles["clerk"], roles["viewer"] = make.member(firm, "clerk"), make.member(firm, "viewer")
    for kind in ("bureau", "health", "zone", "city", "policy"):
        roles[kind] = make.officer(kind, district=district)
    roles["lead"] = make.officer("bureau", district=district, role="lead")
    roles["administrator"] = make.user(is_staff=True, is_superuser=True)
    roles["nobody_yet"] = make.user()
    return Side(firm, filings, _parts(filings, firm, roles, name), roles)


def _parts(
    filings: dict[str, Filing], firm: Enterprise, roles: dict[str, User], name: str
) -> dict[str, Any]:
    filing = filings["in_review"]
    owner = roles["owner"]
    RosterRow.objects.filter(filing=filing).update(name=f"{name}员工")
    point = review.collect_correction(
        filing, section="plan", text=f"{name}补正", by=roles["lead"], at=NOW
    )
    opinion = review.give_opinion(filing, text=f"{name}意见", by=roles["health"], at=NOW)
    file = attachments.attach_file(
        filing, "plan", SimpleUploadedFile(f"{name}.pdf", _PDF), by=owner, at=NOW
    )
    job = roster.start_import(
        filing, SimpleUploadedFile(f"{name}.xlsx", planted_workbook()[0]), by=owner, at=NOW
    )
    asked = enterprise.ask_to_join(firm, by=make.user(), at=NOW)
    invitation = people.invite(
        email="someone@example.org", role="clerk", by=owner, enterprise=firm, name=name
    )
    return {
        "correction": point,
        "returned": Correction.objects.get(filing=filings["returned"]),
        "opinion": opinion,
        "attachment": file,
        "job": job,
        "join": asked,
        "invitation": invitation,
        "notice": Notice.objects.filter(to=owner).first(),
        "declared": declarations.declare(filing, "affected_by_epidemic", True, by=owner, at=NOW),
    }


_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Any


def routes(resolver: Any = None, prefix: str = "") -> Iterator[Route]:
    """Every route of the portal; the admin site has a test of its own."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and not prefix.startswith(("static/", "media/")):
            yield Route(str(entry.name), prefix + str(entry.pattern), entry.callback)


def arguments(route: Route, side: Side) -> dict[str, Any]:
    """The objects of `side` that the address of a route takes."""
    filing = side.filings[STATE_FOR.get(route.name, "in_review")]
    parts = side.parts
    entry = LedgerEntry.objects.filter(filing=filing).first()
    values: dict[str, Any] = {
        "pk": filing.pk,
        "number": 1,
        "section": "scheme",
        "rows": "unit_leads",
        "row": RosterRow.objects.filter(filing=filing).first(),
        "item": getattr(entry, "item_id", 0),
        "entry": getattr(entry, "pk", 0),
        "key": parts["job"].key,
        "member": Membership.objects.filter(enterprise=side.enterprise, role="clerk").first(),
        "gate": "roster",
        "token": uuid.uuid4().hex,
        "uid": "MQ",
        "field": "id",
        "measure": "豫政9-17b",
        "answer": parts["declared"].pk,
    }
    values["row"] = "x" if route.name == "row_remove" else values["row"].pk
    values["member"] = values["member"].pk
    if route.name.startswith(("enterprise", "site_", "member")):
        values["pk"] = side.enterprise.pk
    special = {
        "correction_mend": ("pk", parts["returned"].pk),
        "correction_unmend": ("pk", parts["returned"].pk),
        "correction_drop": ("pk", parts["correction"].pk),
        "correction_settle": ("pk", parts["correction"].pk),
        "opinion_handle": ("pk", parts["opinion"].pk),
        "join_decide": ("pk", parts["join"].pk),
        "invitation_withdraw": ("pk", parts["invitation"].pk),
        "attachment": ("key", parts["attachment"].key),
        "attachment_remove": ("key", parts["attachment"].key),
        "notice_open": ("key", parts["notice"].key),
    }
    if route.name in special:
        name, value = special[route.name]
        values[name] = value
    wanted = get_resolver().reverse_dict.getlist(route.name)[0][0][0][1]
    return {name: values[name] for name in wanted}


def payload(route: Route, side: Side) -> dict[str, Any]:
    """A body that the route would take, so that only its policy stands in the way."""
    filing = side.filings[STATE_FOR.get(route.name, "in_review")]
    return {
        "revision": filing.revision,
        "submission_key": str(uuid.uuid4()),
        "remark": "理由理由",
        "reason": "理由理由",
        "text": "意见意见",
        "answer": "说明",
        "section": "plan",
        "path": "logistics",
        "field": "duties",
        "value": "改过",
        "base": "",
        "decision": "accept",
        "accept": "1",
        "role": "owner",
        "email": "x@example.org",
        "name": "新名字",
        "district": filing.district_id,
        "zone": "none",
        "address": "别处",
        "fact": "affected_by_epidemic",
        "to": getattr(side.roles["lead"], "pk", ""),
    }


#: What an address asks for behind its question mark, where it can't do without.
ASKS = {
    "reveal_phone": {"section": "scheme", "path": "principal_phone"},
    "review_reveal": {"section": "scheme", "path": "principal_phone"},
    "correction_add": {"section": "scheme", "path": "duties"},
}


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


#: Routes whose address names nothing of a filing: a template, a fact, a place.
NAMES_NOTHING = {"ledger_template"}

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
    there = _side(THERE, SECRET)
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
def test_nobody_reads_or_writes_the_other_side(client, role):
    here, there = _side(HERE, "甲方"), _side(THERE, SECRET)
    client.force_login(here.roles[role])

    assert leaks(client, role, there) == []


def test_the_walk_finds_a_leak_when_the_scope_is_off(client, monkeypatch):
    here, there = _side(HERE, "甲方"), _side(THERE, SECRET)
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
        for user in (side.roles[role] for role in ("owner", "lead", "zone", "health", "city"))
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
    here = _side(HERE, "甲方")
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
    here = _side(HERE, "甲方")
    for role, user in here.roles.items():
        client.force_login(user)
        answer = client.get(reverse("admin:index"))

        assert (answer.status_code == 200) == (role == "administrator"), role


def test_agencies_are_there_to_walk_with():
    make.city()

    assert set(Agency.objects.values_list("kind", flat=True)) >= {"bureau", "zone", "health"}
