"""The counts of the desk follow every change of its entries, in the same transaction."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from django.db import transaction

from filings.domain import desk, desk_counts, enterprise, moves, review
from filings.models import DeskCount, DeskEntry, Filing
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def counted_rows() -> Counter:
    """What the entries themselves say."""
    return Counter(
        (entry.district_id, entry.state, entry.returns > 0) for entry in DeskEntry.objects.all()
    )


def kept_counts() -> Counter:
    """What is kept: the sums of the rows, without those that came to nothing."""
    kept: Counter = Counter()
    for row in DeskCount.objects.all():
        kept[row.district_id, row.state, row.was_returned] += row.entries
    return Counter({bucket: count for bucket, count in kept.items() if count})


def test_the_counts_follow_a_filing_through_its_whole_life():
    filing = make.fill(make.filing())
    people = make.cast(filing)
    seen = []

    def look() -> None:
        assert kept_counts() == counted_rows()
        seen.append(filing.state)

    look()
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    look()
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    look()
    point = review.collect_correction(filing, section="plan", text="补", by=people.reviewer, at=NOW)
    moves.return_filing(filing, by=people.reviewer, at=NOW, remark="请补正")
    look()
    point.refresh_from_db()
    review.mend_correction(point, by=people.owner, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    look()
    assert seen == ["draft", "submitted", "in_review", "returned", "submitted"]
    assert kept_counts() == {(filing.district_id, "submitted", True): 1}


def test_a_move_that_is_undone_counts_nothing():
    filing, people = make.filing_in("submitted")
    before = kept_counts()

    with transaction.atomic():
        moves.claim_filing(filing, by=people.reviewer, at=NOW)
        transaction.set_rollback(True)

    assert kept_counts() == before == counted_rows()


def test_a_change_that_moves_nothing_writes_no_count():
    filing, people = make.filing_in("submitted")
    before = list(DeskCount.objects.order_by("pk").values())

    enterprise.change_profile(filing.enterprise, by=people.owner, at=NOW, name="云台酒业")

    assert list(DeskCount.objects.order_by("pk").values()) == before


def test_what_was_written_past_the_counts_is_counted_anew():
    for state in ("submitted", "in_review", "returned", "approved"):
        make.filing_in(state)
    DeskEntry.objects.filter(state="approved").update(state="started")
    DeskCount.objects.create(
        district=Filing.objects.first().district, state="ready", was_returned=False, entries=7
    )
    assert kept_counts() != counted_rows()

    desk_counts.recount()

    assert kept_counts() == counted_rows()
    assert DeskCount.objects.count() == 4


def test_a_rebuild_leaves_true_counts():
    make.filing_in("returned")
    DeskCount.objects.all().delete()

    desk.rebuild_entries()

    assert kept_counts() == counted_rows()
