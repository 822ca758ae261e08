"""Numbers are sealed, masked, and shown one at a time for a reason."""

from __future__ import annotations

import pytest
from django.db import connection

from filings.domain import privacy
from filings.models import AuditEntry, RosterRow
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    filing, people = make.filing_in("submitted")
    return filing, people, RosterRow.objects.filter(filing=filing).first()


def test_no_number_lies_open_in_the_database(scene):
    _filing, _people, row = scene
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM filings_rosterrow")
        everything = str(cursor.fetchall())

    assert make.resident_id(1) not in everything
    assert "13800000000" not in everything
    assert row.id_masked.startswith("410***")


def test_a_sealed_number_moved_to_another_person_cannot_be_read(scene):
    filing, _people, row = scene
    other = RosterRow.objects.filter(filing=filing).last()
    other.id_sealed = row.id_sealed

    with pytest.raises(crypto.Unreadable):
        other.id_plain()


@pytest.mark.parametrize("who", ["owner", "reviewer"])
def test_the_number_is_shown_for_a_reason_and_recorded_without_its_value(scene, who):
    _filing, people, row = scene

    number = privacy.reveal_person(row, "id", by=getattr(people, who), reason="核对返岗名单")

    entry = AuditEntry.objects.get(action="reveal")
    assert number == make.resident_id(1)
    assert (entry.by, entry.field, entry.reason) == (getattr(people, who), "id", "核对返岗名单")
    assert number not in str(entry.__dict__)


def test_without_a_reason_nothing_is_shown_or_recorded(scene):
    _filing, people, row = scene

    with pytest.raises(Refused):
        privacy.reveal_person(row, "id", by=people.owner, reason=" 看 ")

    assert not AuditEntry.objects.filter(action="reveal").exists()


@pytest.mark.parametrize("kind", ["zone", "city", "policy"])
def test_others_are_refused(scene, kind):
    _filing, _people, row = scene
    officer = make.officer(kind, district="410803")

    with pytest.raises(NotAllowed):
        privacy.reveal_person(row, "mobile", by=officer, reason="想看一下")


def test_a_phone_of_the_scheme_is_revealed_from_the_frozen_version(scene):
    filing, people, _row = scene

    number = privacy.reveal_phone(
        filing,
        "scheme",
        "principal_phone",
        version=1,
        by=people.reviewer,
        reason="联系负责人",
    )

    assert number == "13800000000"


def test_the_draft_stays_with_the_enterprise(scene):
    filing, people, _row = scene

    with pytest.raises(Refused):
        privacy.reveal_phone(
            filing,
            "scheme",
            "principal_phone",
            version=None,
            by=people.reviewer,
            reason="联系负责人",
        )
