"""How a receipt stands, after everything that can happen to its filing."""

from __future__ import annotations

import uuid

import pytest

from filings.domain import moves, receipts
from filings.models import Receipt
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def standing(filing) -> str:
    receipt = Receipt.objects.select_related("filing").filter(filing=filing).first()
    return receipts.standing_of(receipt)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("approved", "valid"),
        ("ready", "valid"),
        ("started", "valid"),
        ("suspended", "suspended"),
        ("revoked", "revoked"),
    ],
)
def test_a_receipt_stands_as_its_filing_does(state, expected):
    filing, _people = make.filing_in(state)

    assert standing(filing) == expected


def test_a_change_that_is_submitted_and_returned_leaves_the_receipt_standing():
    filing, people = make.filing_in("approved")

    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    assert standing(filing) == "valid"


def test_a_receipt_of_a_withdrawn_filing_no_longer_stands_even_when_it_is_filled_in_anew():
    filing, people = make.filing_in("approved")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="不复工了")
    withdrawn = standing(filing)
    moves.reopen_filing(filing, by=people.owner, at=NOW)

    assert (withdrawn, standing(filing)) == ("withdrawn", "withdrawn")


def test_a_revoked_receipt_stays_revoked_while_the_filing_is_filled_in_anew():
    filing, people = make.filing_in("revoked")

    moves.reopen_filing(filing, by=people.owner, at=NOW)

    assert standing(filing) == "revoked"


def test_a_later_approval_supersedes():
    filing, people = make.filing_in("approved")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)

    moves.approve_filing(filing, by=people.reviewer, at=NOW)

    assert standing(filing) == "superseded"
