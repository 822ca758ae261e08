"""Corrections, opinions, zone receipts: who writes them and what they block."""

from __future__ import annotations

import uuid

import pytest

from filings.domain import moves, review
from filings.models import Correction, Notice, ZoneReceipt
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_only_who_holds_the_filing_collects_corrections():
    filing, _people = make.filing_in("in_review")
    colleague = make.officer("bureau", district=filing.district.code)

    with pytest.raises(NotAllowed):
        review.collect_correction(filing, section="plan", text="请补", by=colleague, at=NOW)


def test_a_sent_correction_cannot_be_dropped():
    filing, people = make.filing_in("returned")

    with pytest.raises(Refused):
        review.drop_correction(Correction.objects.get(), by=people.reviewer)


def test_a_collected_correction_blocks_the_approval_until_it_is_dropped():
    filing, people = make.filing_in("in_review")
    point = review.collect_correction(
        filing, section="plan", text="请补", by=people.reviewer, at=NOW
    )

    with pytest.raises(Refused):
        moves.approve_filing(filing, by=people.reviewer, at=NOW)
    review.drop_correction(point, by=people.reviewer)
    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert filing.state == "approved"


def test_the_enterprise_ticks_off_and_unticks():
    filing, people = make.filing_in("returned")
    point = Correction.objects.get()

    review.mend_correction(point, by=people.owner, at=NOW, answer="已补充分工")
    ticked = point.status
    review.mend_correction(point, by=people.owner, at=NOW, mended=False)

    assert (ticked, point.status, point.mended_at) == ("mended", "sent", None)


def test_the_health_authority_of_the_district_writes_an_opinion_that_blocks_nothing():
    filing, people = make.filing_in("in_review")
    doctor = make.officer("health", district=filing.district.code)

    opinion = review.give_opinion(filing, text="食堂请分时段", by=doctor, at=NOW)
    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert (opinion.version, filing.state) == (1, "approved")
    assert Notice.objects.filter(kind="opinion", to=people.owner).count() == 1


@pytest.mark.parametrize(("kind", "district"), [("health", "410803"), ("bureau", "410802")])
def test_nobody_else_writes_an_opinion(kind, district):
    filing, _people = make.filing_in("submitted")

    with pytest.raises(NotAllowed):
        review.give_opinion(filing, text="意见", by=make.officer(kind, district=district), at=NOW)


def test_an_opinion_is_handled_once():
    filing, people = make.filing_in("submitted")
    doctor = make.officer("health", district=filing.district.code)
    opinion = review.give_opinion(filing, text="意见", by=doctor, at=NOW)

    review.handle_opinion(opinion, by=people.owner, at=NOW, answer="已照办")
    review.handle_opinion(opinion, by=people.owner, at=NOW, answer="第二次")

    assert opinion.answer == "已照办"


def test_the_zone_records_each_version_once():
    filing, _people = make.filing_in("submitted", district="410803", zone=True)
    keeper = make.officer("zone", district="410803")

    first = review.receive_for_zone(filing, by=keeper, at=NOW)
    second = review.receive_for_zone(filing, by=keeper, at=NOW)

    assert first == second == ZoneReceipt.objects.get()


def test_a_zone_has_nothing_to_do_with_a_firm_outside_it():
    filing, _people = make.filing_in("submitted", district="410803")

    with pytest.raises(NotAllowed):
        review.receive_for_zone(filing, by=make.officer("zone", district="410803"), at=NOW)


def test_a_point_about_a_page_that_is_older_than_the_filing_is_not_noted():
    filing, people = make.filing_in("in_review")
    seen = filing.revision
    moves.hand_over_filing(filing, by=people.reviewer, to=people.lead, at=NOW)

    with pytest.raises(Stale):
        review.collect_correction(
            filing, section="plan", text="请补", by=people.lead, at=NOW, revision=seen
        )
    with pytest.raises(Stale):
        moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="理由", revision=seen)

    assert not Correction.objects.exists()


def test_a_mended_point_is_settled_by_who_holds_the_filing():
    filing, people = make.filing_in("returned")
    point = Correction.objects.get()
    review.mend_correction(point, by=people.owner, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    colleague = make.officer("bureau", district=filing.district.code)

    with pytest.raises(NotAllowed):
        review.settle_correction(point, by=colleague)
    review.settle_correction(point, by=people.reviewer, revision=filing.revision)

    assert point.status == "settled"


def test_zone_and_health_write_about_the_version_that_they_saw():
    filing, people = make.filing_in("approved", district="410882", zone=True)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    doctor = make.officer("health", district="410882")
    zone = make.officer("zone", district="410882")

    with pytest.raises(Stale):
        review.give_opinion(filing, text="请分餐", by=doctor, at=NOW, version=1)
    with pytest.raises(Stale):
        review.receive_for_zone(filing, by=zone, at=NOW, version=1)

    assert review.receive_for_zone(filing, by=zone, at=NOW, version=2).version == 2
