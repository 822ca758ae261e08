"""A submitted version stays as it was, whatever the draft does later."""

from __future__ import annotations

import uuid

import pytest

from filings.domain import drafts, moves, review, supplies
from filings.models import Correction, FilingVersion, RosterRow
from tests import factories as make
from tests.factories import NOW, Decimal

pytestmark = pytest.mark.django_db


def people_of(filing, number):
    rows = RosterRow.objects.filter(filing=filing).in_version(number)
    return sorted(rows.values_list("name", flat=True))


def resubmit(filing, people):
    for point in Correction.objects.filter(filing=filing, status="sent"):
        review.mend_correction(point, by=people.owner, at=NOW)
    return moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())


def test_typing_after_the_submission_leaves_the_version_alone():
    filing, people = make.filing_in("submitted")

    drafts.save_field(filing, "scheme", "duties", "改过", None, by=people.owner, at=NOW)

    assert FilingVersion.objects.get().content["scheme"]["duties"] == make.SCHEME["duties"]


def test_people_who_join_and_leave_stand_in_the_right_versions():
    filing, people = make.filing_in("returned")
    make.roster_row(filing, 3)
    RosterRow.objects.filter(filing=filing, name="员工1").update(removed=True)

    drafts.fill_section(
        filing,
        "plan",
        {"returning_total": "2"},
        by=people.owner,
        at=NOW,
    )
    resubmit(filing, people)

    assert people_of(filing, 1) == ["员工1", "员工2"]
    assert people_of(filing, 2) == ["员工2", "员工3"]


def test_ledger_entries_after_the_submission_belong_to_the_next_version():
    filing, people = make.filing_in("returned")
    item = filing.supplies.get()
    supplies.record_entry(
        item,
        direction="out",
        quantity=Decimal(10),
        on=NOW.date(),
        person="孙",
        purpose="车间",
        by=people.owner,
        at=NOW,
    )

    resubmit(filing, people)

    assert filing.ledger.filter(first_version=1).count() == 1
    assert filing.ledger.filter(first_version__lte=2).count() == 2
    first, second = FilingVersion.objects.order_by("number")
    assert first.content["supplies"][0]["balance"] == "1000.000"
    assert second.content["supplies"][0]["balance"] == "990.000"


def test_a_frozen_phone_is_sealed():
    filing, _people = make.filing_in("submitted")

    assert "13800000001" not in str(FilingVersion.objects.get().content)
