"""The where-am-I panel: who has the filing, until when, and whom to call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filings.models import CitySetting
from filings.queries.standing import standing_of, until_words
from filings.states import State
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_draft_is_with_the_enterprise_and_names_whom_to_call():
    filing = make.filing()

    standing = standing_of(filing, make.owner_of(filing.enterprise), NOW)

    assert standing.holder == filing.enterprise.name
    assert standing.is_mine
    assert standing.until_words == "文件没有规定时限"
    assert [contact.phone for contact in standing.contacts] == ["0391-0000101"]


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
    filing, people = make.filing_in("in_review")
    setting = CitySetting.current()
    setting.review_hours = 32
    setting.save()

    standing = standing_of(filing, people.owner, filing.submitted_at + timedelta(hours=1))

    assert standing.holder == f"解放区工业和信息化局（审核人：{people.reviewer}）"
    assert standing.until == filing.submitted_at + timedelta(hours=32)
    assert standing.until_words == "还剩 31 小时（3月3日 18:00 前）"
    assert not standing.is_late


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=40), "还剩 40 分钟（3月2日 09:40 前）"),
        (timedelta(days=3, hours=2), "还剩 3 天（3月5日 11:00 前）"),
        (-timedelta(hours=5), "已超过 5 小时（应在3月2日 04:00 前）"),
    ],
)
def test_time_is_told_as_people_say_it(span, words):
    assert until_words(NOW + span, NOW) == words
