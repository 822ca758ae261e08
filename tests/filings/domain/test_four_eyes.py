"""Where a bureau demands four eyes, who reviewed a version does not approve it."""

from __future__ import annotations

import uuid

import pytest

from filings.domain import moves, review
from filings.models import Agency, Correction, Receipt
from jiaozuo_portal.lib.refusals import NotAllowed
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def demand(filing, *, kind: str = "bureau") -> None:
    """Let the agencies of this kind in the filing's district demand four eyes."""
    Agency.objects.filter(kind=kind, district=filing.district).update(requires_four_eyes=True)


def held():
    """A claimed filing in a district that demands four eyes, its people, and a colleague."""
    filing, people = make.filing_in("in_review")
    demand(filing)
    return filing, people, make.officer("bureau", district=filing.district.code)


def test_who_claimed_the_version_is_refused_with_the_way_out_and_nothing_is_written():
    filing, people, _colleague = held()

    with pytest.raises(NotAllowed) as refusal:
        moves.approve_filing(filing, by=people.reviewer, at=NOW)

    filing.refresh_from_db()
    assert "请移交给同事或请负责人准予备案" in str(refusal.value)
    assert (filing.state, Receipt.objects.count()) == ("in_review", 0)


def test_a_bureau_that_does_not_demand_it_lets_the_reviewer_approve():
    filing, people = make.filing_in("in_review")

    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert filing.state == "approved"


def test_only_a_bureau_can_demand_it():
    filing, people = make.filing_in("in_review")
    demand(filing, kind="health")

    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert filing.state == "approved"


def test_the_bureau_of_another_district_does_not_demand_it_here():
    filing, people = make.filing_in("in_review")
    Agency.objects.exclude(district=filing.district).update(requires_four_eyes=True)

    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert filing.state == "approved"


def test_the_lead_approves_what_another_reviewed():
    filing, people, _colleague = held()

    moves.approve_filing(filing, by=people.lead, at=NOW)

    assert filing.state == "approved"


def test_a_colleague_approves_after_the_hand_over():
    filing, people, colleague = held()

    moves.hand_over_filing(filing, by=people.reviewer, to=colleague, at=NOW)
    moves.approve_filing(filing, by=colleague, at=NOW)

    assert filing.state == "approved"


def test_handing_it_to_and_fro_makes_nobody_a_second_pair_of_eyes():
    filing, people, colleague = held()
    moves.hand_over_filing(filing, by=people.reviewer, to=colleague, at=NOW)
    moves.hand_over_filing(filing, by=colleague, to=people.reviewer, at=NOW)
    with pytest.raises(NotAllowed):
        moves.approve_filing(filing, by=people.reviewer, at=NOW)

    moves.hand_over_filing(filing, by=people.reviewer, to=colleague, at=NOW)

    with pytest.raises(NotAllowed):
        moves.approve_filing(filing, by=colleague, at=NOW)


def test_the_lead_who_claimed_it_is_no_exception():
    filing, people = make.filing_in("submitted")
    demand(filing)
    moves.claim_filing(filing, by=people.lead, at=NOW)

    with pytest.raises(NotAllowed):
        moves.approve_filing(filing, by=people.lead, at=NOW)


def test_the_lead_who_only_assigned_it_may_approve():
    filing, people, colleague = held()

    moves.hand_over_filing(filing, by=people.lead, to=colleague, at=NOW)
    moves.approve_filing(filing, by=people.lead, at=NOW)

    assert filing.state == "approved"


def test_each_version_has_its_own_reviewer():
    filing, people, colleague = held()
    review.collect_correction(filing, section="plan", text="请补", by=people.reviewer, at=NOW)
    moves.return_filing(filing, by=people.reviewer, at=NOW)
    review.mend_correction(Correction.objects.get(), by=people.owner, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    moves.claim_filing(filing, by=colleague, at=NOW)
    moves.hand_over_filing(filing, by=colleague, to=people.reviewer, at=NOW)
    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert filing.state == "approved"
