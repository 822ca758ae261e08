"""Every page within its number of queries, and as many for a hundred rows as for one."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.management.scale import seed_scale
from filings.models import Correction, DeskEntry, Notice, RosterRow, Step, User
from policies.domain import packs
from tests.factories import NOW
from tests.walk import ASKS, Side, arguments, routes, side

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LIST, PAGE, MANY = 10, 12, 100
LISTS = {
    "desk", "city_home", "zone_home", "health_home", "notices", "applications",
    "applications_desk", "reopened", "roster", "members", "official_lists", "official_texts",
    "batches", "policy_packs", "text_blocks", "library", "contacts", "version_people",
    "version_entries",
}  # fmt: skip
WHO = ("owner", "lead", "zone", "health", "city", "policy")


def queries_of_pages(here: Side) -> dict[tuple[str, str], int]:
    """The queries of each page that a role is shown, when it is opened for the second time."""
    found = {}
    for role in WHO:
        client = Client()
        client.force_login(here.roles[role])
        for route in routes():
            url = reverse(route.name, kwargs=arguments(route, here))
            if "GET" not in route.view.policy.methods or not _shows(client, url, route.name):
                continue
            with CaptureQueriesContext(connection) as seen:
                _shows(client, url, route.name)
            found[route.name, role] = len(seen)
    return found


def _shows(client: Client, url: str, name: str) -> bool:
    answer = client.get(url, ASKS.get(name))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code == 200


def allowed(name: str) -> int:
    return LIST if name in LISTS else PAGE


def multiply(here: Side) -> None:
    """A hundred rows where there was one."""
    call_command("load_city", verbosity=0)
    seed_scale(MANY, seed=1, until=NOW, people=2, workers=1)
    filing = here.filings["in_review"]
    for row in (
        Notice.objects.filter(to=here.roles["owner"])[0],
        Correction.objects.filter(filing=filing)[0],
        Step.objects.filter(filing=filing)[0],
    ):
        _clone(row)
    _clone(RosterRow.objects.filter(filing=filing)[0], order=_last_order(filing))


def _last_order(filing: Any) -> int:
    return RosterRow.objects.filter(filing=filing).aggregate(last=Max("order"))["last"] or 0


def _clone(row: Any, order: int | None = None) -> None:
    model = type(row)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    made = []
    for n in range(MANY):
        values = {field.attname: getattr(row, field.attname) for field in fields}
        for field in fields:
            if field.unique:
                values[field.attname] = uuid.uuid4()
        if order is not None:
            values |= {"order": order + n + 1, "id_index": f"{n:032x}"}
        made.append(model(**{name: value for name, value in values.items() if name != "id"}))
    model.objects.bulk_create(made)


def test_every_page_keeps_within_its_queries_for_one_row_and_for_a_hundred(clock_at):
    clock_at(NOW)
    packs.load_folder(None, at=NOW)
    here = side("410803", "甲")

    few = queries_of_pages(here)
    multiply(here)
    many = queries_of_pages(here)

    over = {page: n for page, n in (few | many).items() if n > allowed(page[0])}
    assert over == {}
    assert {page: (few[page], n) for page, n in many.items() if n > few.get(page, n)} == {}
    assert len({name for name, __ in many}) > 100


def test_a_row_of_the_desk_takes_at_most_fifteen_hundred_bytes(client, clock_at):
    clock_at(NOW)
    call_command("load_city", verbosity=0)
    seed_scale(MANY * 4, seed=1, until=NOW, people=2, workers=1)
    entry = DeskEntry.objects.exclude(state="draft").order_by("district", "pk")[0]
    client.force_login(User.objects.get(username=f"scale-{entry.district.code}-0"))

    full = client.get("/desk/", {"view": "all"})
    empty = client.get("/desk/", {"view": "all", "q": "zzzzzzz"})

    rows = len(full.context["queue"].rows)
    assert rows == 25
    assert (len(full.content) - len(empty.content)) / rows <= 1500
