"""No page that somebody opens touches a time limit: it is counted from what was stored by moves."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from filings.domain import moves, review
from filings.domain.timing import clock_of
from filings.models import (
    ClockAlert,
    ClockPause,
    Correction,
    DeskCount,
    DeskEntry,
    Filing,
    ReviewClock,
    Step,
    TimeLimit,
    User,
)
from filings.queries import standing
from filings.states import State
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW
from tests.walk import ASKS, routes

pytestmark = pytest.mark.django_db

HERE = "410882"
MUCH_LATER = NOW + timedelta(days=4)
COUNTED = (TimeLimit, ReviewClock, ClockPause, ClockAlert, DeskEntry, DeskCount, Filing, Step)


def filing_in(state: str) -> tuple[Filing, make.Cast]:
    """A filing with a limit of 48 hours that came into its state within the first hour."""
    return make.filing_in(state, district=HERE, zone=True, makes_epidemic_supplies=True)


def readers(people: make.Cast) -> list[User]:
    """Everybody who opens pages of the filing."""
    kinds = ("zone", "health", "city")
    officers = (make.officer(kind, district=HERE) for kind in kinds)
    return [people.owner, people.reviewer, people.lead, *officers]


def pages(filing: Filing) -> Iterator[tuple[str, Any, str]]:
    """The pages of the filing and the lists on which it stands: name, audiences, address."""
    known = {"pk": filing.pk, "number": 1, "section": "scheme", "kind": "csv"}
    for route in routes():
        named = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
        is_here = route.pattern.startswith("filings/<int:pk>/") or "pk" not in named
        if "GET" in route.view.policy.methods and is_here and known.keys() >= set(named):
            url = reverse(route.name, kwargs={name: known[name] for name in named})
            yield route.name, route.view.policy.audiences, url


def look_at_everything(filing: Filing, people: make.Cast) -> set[str]:
    """Let everybody open every page that they may; the names of those that were shown."""
    shown = set()
    for user in readers(people):
        client = Client()
        client.force_login(user)
        for name, audiences, url in pages(filing):
            is_for = "signed_in" in audiences or any(user.stands_as(one) for one in audiences)
            if "public" in audiences or not is_for:
                continue
            answer = client.get(url, ASKS.get(name))
            if answer.streaming:
                b"".join(answer.streaming_content)
            assert answer.status_code < 500, name
            if answer.status_code == 200:
                shown.add(name)
    return shown


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row that a time limit rests on, and what is asked for to remind of it."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in COUNTED}
    alerts = OutboxRow.objects.filter(kind="review.alert")
    return {**rows, "alerts": list(alerts.order_by("pk").values())}


@pytest.mark.parametrize("state", [state.value for state in State])
def test_no_page_that_is_opened_moves_a_clock(state, clock_at):
    clock_at(NOW)
    filing, people = filing_in(state)
    before = stored()
    clock_at(MUCH_LATER)

    shown = look_at_everything(filing, people)

    assert stored() == before
    expected = {"review", "history", "desk", "board", "city_home", "zone_home", "health_home"}
    assert {*expected, "section", "roster", "supplies", "support"} <= shown
    if state not in ("draft", "withdrawn"):
        assert {"version", "version_people", "version_entries"} <= shown


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "returned", "started"])
def test_a_page_that_started_a_clock_would_be_found(state, clock_at, monkeypatch):
    clock_at(NOW)
    filing, people = filing_in(state)
    before = stored()
    clock_at(MUCH_LATER)

    def counted_from_the_view(found, user, at):
        ReviewClock.objects.update_or_create(
            filing=found, defaults={"hours": 48, "kind": "supplies", "started_at": at}
        )
        return standing.standing_of(found, user, at)

    monkeypatch.setattr("filings.views.scope.standing_of", counted_from_the_view)
    look_at_everything(filing, people)

    assert stored() != before


def test_the_limit_is_the_same_whether_or_not_somebody_looked(clock_at):
    clock_at(NOW)
    (seen, people), (unseen, others) = filing_in("returned"), filing_in("returned")
    for hours in (20, 70):
        clock_at(NOW + timedelta(hours=hours))
        look_at_everything(seen, people)

    back = NOW + timedelta(hours=101)
    for filing, cast in ((seen, people), (unseen, others)):
        point = Correction.objects.get(filing=filing)
        review.mend_correction(point, by=cast.owner, at=back)
        moves.submit_filing(
            Filing.objects.get(pk=filing.pk), by=cast.owner, at=back, key=uuid.uuid4()
        )
        clock_at(back + timedelta(hours=5))
        look_at_everything(seen, people)

    found = Filing.objects.in_bulk([seen.pk, unseen.pk])
    # Accepted and returned at 10:00, back a hundred hours later: all of the 48 hours are left.
    due = NOW + timedelta(hours=1) + timedelta(hours=100) + timedelta(hours=48)
    assert [found[one.pk].due_at for one in (seen, unseen)] == [due, due]
    for one in found.values():
        running = clock_of(one)
        assert running is not None
        assert running.run().due == due
        assert [pause.until - pause.since for pause in running.pauses.all()] == [
            timedelta(hours=100)
        ]
