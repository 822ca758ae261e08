"""The demonstration: every state, every size, eleven districts, and twice is once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from stdnum.cn import uscc

from filings.management.demo import OFFICERS, OWNERS, seed_demo
from filings.management.made_up import NOWHERE
from filings.models import District, Enterprise, Filing, RosterRow, User
from filings.sheets import identity
from filings.sheets import roster as sheets
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


def test_its_codes_are_valid_by_checksum_and_nobodys(demo):
    codes = [firm.uscc for firm in Enterprise.objects.all()]
    people = [row.id_plain() for row in RosterRow.objects.all()[:50]]

    assert all(uscc.is_valid(code) and code[2:8] in NOWHERE for code in codes)
    for number in people:
        assert identity.resident_id(number, make.NOW.date()) == number
        assert number[:6] in NOWHERE


def test_the_named_accounts_are_there(demo):
    named = {row[0] for row in (*OWNERS, *OFFICERS)} | {"guanli"}

    assert named <= set(User.objects.values_list("username", flat=True))


def test_nothing_happens_after_the_portals_present(demo):
    assert not Filing.objects.filter(state_since__gt=make.NOW).exists()


def test_the_second_time_changes_nothing(demo):
    assert not seed_demo(until=make.NOW)
    assert Enterprise.objects.count() == 44


def test_the_sample_rosters_are_written_for_the_import(tmp_path):
    make.city()

    call_command("seed_demo", samples=str(tmp_path), stdout=StringIO())

    __, good = sheets.read_roster(
        (tmp_path / "roster-500.xlsx").read_bytes(), "a.xlsx", today=make.NOW.date()
    )
    __, bad = sheets.read_roster(
        (tmp_path / "roster-30-errors.xlsx").read_bytes(), "b.xlsx", today=make.NOW.date()
    )
    assert (len(good.rows), good.error_count, bad.error_count) == (500, 0, 30)
