"""The demonstration: every state, every size, eleven districts, and twice is once."""

from __future__ import annotations

import pytest
from stdnum.cn import ric, uscc

from filings.management.demo import OFFICERS, OWNERS, seed_demo
from filings.models import District, Enterprise, Filing, RosterRow, User
from filings.states import State
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    make.city()
    assert seed_demo(until=make.NOW)


def test_it_shows_every_state_and_every_district(demo):
    assert set(Filing.objects.values_list("state", flat=True)) == set(State.values)
    assert Enterprise.objects.count() == 44
    assert District.objects.filter(filings__isnull=False).distinct().count() == 11


def test_its_codes_are_valid_by_checksum(demo):
    people = RosterRow.objects.all()[:50]

    assert all(uscc.is_valid(firm.uscc) for firm in Enterprise.objects.all())
    assert all(ric.is_valid(row.id_plain()) for row in people)


def test_the_named_accounts_are_there(demo):
    named = {row[0] for row in (*OWNERS, *OFFICERS)} | {"guanli"}

    assert named <= set(User.objects.values_list("username", flat=True))


def test_nothing_happens_after_the_portals_present(demo):
    assert not Filing.objects.filter(state_since__gt=make.NOW).exists()


def test_the_second_time_changes_nothing(demo):
    assert not seed_demo(until=make.NOW)
    assert Enterprise.objects.count() == 44
