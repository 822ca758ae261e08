"""The where-am-I panel: who has the filing, until when, and whom to call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filings.models import TimeLimit
from filings.queries.standing import Contact, standing_of
from filings.states import State
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_draft_is_with_the_enterprise_and_names_whom_to_call():
    filing = make.filing()

    standing = standing_of(filing, make.owner_of(filing.enterprise), NOW)

    assert standing.holder == filing.enterprise.name
    assert standing.is_mine
    assert standing.until is None
    assert standing.contact == Contact(
        "解放区工业和信息化局 复工复产专班", "0391-0000101", "每天 8:00-20:00"
    )


@pytest.mark.parametrize("state", [state.value for state in State])
def test_every_state_says_what_happens_next_to_both_sides(state):
    filing, people = make.filing_in(state)

    mine = standing_of(filing, people.owner, NOW)
    theirs = standing_of(filing, people.lead, NOW)

    assert mine.next_step
    assert theirs.next_step
    assert mine.next_step != theirs.next_step
    assert not (mine.is_mine and theirs.is_mine)


def test_a_filing_in_review_names_the_reviewer_and_the_hours_that_are_left():
    filing, people = make.filing_in("in_review", makes_epidemic_supplies=True)

    standing = standing_of(filing, people.owner, filing.submitted_at + timedelta(hours=1))

    assert standing.holder == f"解放区工业和信息化局（审核人：{people.reviewer}）"
    assert standing.until == filing.submitted_at + timedelta(hours=48)
    assert not standing.is_late
    assert standing_of(filing, people.owner, standing.until + timedelta(minutes=1)).is_late


def test_a_returned_filing_says_what_is_left_of_the_paused_limit():
    filing, people = make.filing_in("returned", makes_epidemic_supplies=True)

    standing = standing_of(filing, people.owner, NOW + timedelta(days=9))

    assert (standing.until, standing.left) == (None, timedelta(hours=48))


def test_a_limit_that_begins_with_the_claim_is_promised_before_it():
    make.city()
    TimeLimit.objects.update(starts_on="claim")
    filing, people = make.filing_in("submitted", makes_epidemic_supplies=True)
    other, _ = make.filing_in("submitted")

    assert standing_of(filing, people.owner, NOW).from_claim == 48
    assert standing_of(other, people.owner, NOW).from_claim is None


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ("draft", "now todo todo todo todo"),
        ("in_review", "done now todo todo todo"),
        ("approved", "done done now todo todo"),
        ("started", "done done done done done"),
    ],
)
def test_the_way_shows_how_far_the_filing_is(state, way):
    filing, people = make.filing_in(state)

    stages = standing_of(filing, people.owner, NOW).stages

    assert [stage.status for stage in stages] == way.split()
