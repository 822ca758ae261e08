"""Many people press at once: one decision, one version, and a clear no for everybody else.

Runs on whatever database the tests run on. Each test has its control: the same race with the lock
taken away must go wrong, or the test proves nothing.
"""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from filings.domain import moves
from filings.models import Decision, Filing, FilingVersion, Receipt, Step
from tests import factories as make
from tests.factories import NOW
from tests.threads import all_at_once, kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = 50
PRESSES = 20


def approve_at_once(filing: Filing, people: make.Cast) -> list[object]:
    def approve(number: int) -> object:
        by = make.fresh(people.reviewer if number % 2 else people.lead)
        mine = Filing.objects.get(pk=filing.pk)
        return moves.approve_filing(mine, by=by, at=NOW, revision=filing.revision)

    return all_at_once(PEOPLE, approve)


def submit_at_once(filing: Filing, people: make.Cast) -> list[object]:
    key = uuid.uuid4()

    def submit(_number: int) -> object:
        mine = Filing.objects.get(pk=filing.pk)
        by = make.fresh(people.owner)
        return moves.submit_filing(mine, by=by, at=NOW, key=key).pk

    return all_at_once(PRESSES, submit)


def ready_to_submit() -> tuple[Filing, make.Cast]:
    filing = make.fill(make.filing())
    return filing, make.cast(filing)


@pytest.fixture
def without_lock(monkeypatch):
    """Take the lock away: a plain read, and on SQLite transactions that begin without writing."""

    def read(pk: int) -> Filing:
        found = Filing.objects.select_related("enterprise", "site", "district", "zone")
        return found.get(pk=pk)

    monkeypatch.setattr(moves, "lock_filing", read)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(
            "django.db.backends.sqlite3.base.DatabaseWrapper._start_transaction_under_autocommit",
            lambda self: self.cursor().execute("BEGIN DEFERRED"),
        )


def test_fifty_approvals_at_once_make_one_decision_and_49_clear_refusals():
    filing, people = make.filing_in("in_review")

    got = approve_at_once(filing, people)

    assert kinds(got) == {"done": 1, "refused": 49}
    assert Decision.objects.count() == Receipt.objects.count() == 1
    assert Step.objects.filter(filing=filing, move="approve").count() == 1
    filing.refresh_from_db()
    assert (filing.state, filing.approved_version) == ("approved", 1)


def test_the_same_submission_key_20_times_at_once_makes_one_version():
    filing, people = ready_to_submit()

    got = submit_at_once(filing, people)

    assert len(set(got)) == FilingVersion.objects.count() == 1
    assert kinds(got) == {"done": PRESSES}
    assert Step.objects.filter(filing=filing, move="submit").count() == 1


def test_without_the_lock_approvals_no_longer_end_in_clear_refusals(without_lock):
    """The control of the first test: it would fail."""
    filing, people = make.filing_in("in_review")

    assert kinds(approve_at_once(filing, people)) != {"done": 1, "refused": 49}


def test_without_the_lock_one_key_no_longer_gives_everybody_the_same_version(without_lock):
    """The control of the second test: it would fail."""
    filing, people = ready_to_submit()

    assert kinds(submit_at_once(filing, people)) != {"done": PRESSES}
