"""The demonstration of the policies: something on every page of them, and twice is once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from filings.management.demo import seed_demo
from policies.domain import packs
from policies.models import Announced, Application, Declaration, ListEntry
from policies.states import ApplicationState
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(clock_at):
    clock_at(make.NOW)
    make.city()
    packs.load_folder(None, at=make.NOW)
    seed_demo(until=make.NOW)
    call_command("seed_support_demo", stdout=StringIO())


def test_applications_stand_in_every_state_but_withdrawn(demo):
    states = set(Application.objects.values_list("state", flat=True))

    assert states == {
        ApplicationState.DRAFT, ApplicationState.SENT, ApplicationState.RECEIVED,
        ApplicationState.ASKED_BACK, ApplicationState.REFUSED, ApplicationState.PAID,
    }  # fmt: skip
    assert all(one.granted_yuan for one in Application.objects.filter(state="paid"))


def test_lists_values_and_answers_are_there_and_none_after_the_present(demo):
    for model in (ListEntry, Announced, Declaration):
        rows = model.objects.all()
        assert rows.exists()
        assert not rows.filter(at__gt=make.NOW).exists()
    assert Declaration.objects.values("enterprise").distinct().count() > 10


def test_the_second_time_changes_nothing(demo):
    before = Declaration.objects.count()
    out = StringIO()

    call_command("seed_support_demo", stdout=out)

    assert Declaration.objects.count() == before
    assert "already there" in out.getvalue()
