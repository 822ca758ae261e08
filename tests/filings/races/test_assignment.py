"""Filings that are submitted at once are shared out, and not all given to the same person.

Runs on whatever database the tests run on, with its control: without the lock it goes wrong.
"""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from filings.domain import assignment, moves
from filings.models import Agency, Filing, Step
from filings.queries import assignment as reads
from tests import factories as make
from tests.factories import NOW
from tests.threads import all_at_once, kinds, meet, take_locks_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = 4


def ready() -> list[Filing]:
    """Filings to be submitted in a bureau whose one rule shares among as many people."""
    filings = [make.fill(make.filing()) for _n in range(PEOPLE)]
    agency = Agency.objects.get(kind="bureau", district=filings[0].district)
    lead = make.officer("bureau", role="lead")
    people = [make.officer("bureau") for _n in range(PEOPLE)]
    assignment.add_rule(agency, by=lead, people=people, most=1)
    return filings


def submit_at_once(filings: list[Filing]) -> list[object]:
    def submit(number: int) -> object:
        mine = Filing.objects.get(pk=filings[number].pk)
        owner = make.owner_of(mine.enterprise)
        return moves.submit_filing(mine, by=owner, at=NOW, key=uuid.uuid4())

    return all_at_once(PEOPLE, submit)


def shares() -> list[int]:
    return sorted(Counter(Filing.objects.values_list("holder", flat=True)).values())


def test_four_filings_at_once_go_to_four_people():
    filings = ready()

    got = submit_at_once(filings)

    assert kinds(got) == {"done": PEOPLE}
    assert shares() == [1] * PEOPLE
    assert Step.objects.filter(move="assign").count() == PEOPLE


def test_without_the_lock_somebody_gets_more_than_one(monkeypatch):
    """The control: all count before anybody writes."""
    filings = ready()
    take_locks_away(monkeypatch)
    meet(monkeypatch, assignment, "choose", PEOPLE)

    submit_at_once(filings)

    assert shares() != [1] * PEOPLE


def test_the_loads_are_counted_behind_the_lock(monkeypatch):
    """Each has read the loads before it waits: what counts is what is read behind the lock."""
    filings = ready()
    meet(monkeypatch, reads, "absent_on", PEOPLE)

    got = submit_at_once(filings)

    assert kinds(got) == {"done": PEOPLE}
    assert shares() == [1] * PEOPLE
