"""Two policy officers accept at the same moment: one official wording comes out of it."""

from __future__ import annotations

from collections import Counter

import pytest

from policies.domain import texts
from policies.models import OfficialText
from tests.factories import NOW, officer
from tests.factories.texts import official_text, text_file
from tests.threads import all_at_once, kinds, meet, take_locks_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ACCEPTED = OfficialText.Status.ACCEPTED


def accept_at_once(monkeypatch, drafts: list[OfficialText]) -> Counter:
    """An officer for each draft; both have seen that nothing stands in the way."""
    people = [officer("policy") for _draft in drafts]
    meet(monkeypatch, texts, "why_not_accept", len(drafts))

    def press(number: int) -> object:
        draft = drafts[number]
        return texts.accept(draft, revision=draft.revision, by=people[number], at=NOW)

    return kinds(all_at_once(len(drafts), press))


def two_copies() -> list[OfficialText]:
    """Two drafts of one document number."""
    first = official_text()
    return [first, official_text(text_file(三元五角="四元"), number=first.number)]


def test_of_two_copies_of_a_number_one_is_accepted_and_the_other_told_so(monkeypatch):
    drafts = two_copies()

    got = accept_at_once(monkeypatch, drafts)

    assert got == {"done": 1, "refused": 1}
    assert OfficialText.objects.filter(status=ACCEPTED).count() == 1


def test_one_draft_is_accepted_by_one_of_two(monkeypatch):
    draft = official_text()

    got = accept_at_once(monkeypatch, [draft, draft])

    assert got == {"done": 1, "refused": 1}


def test_without_locks_nobody_is_told_that_somebody_else_accepted_it(monkeypatch):
    take_locks_away(monkeypatch)
    draft = official_text()

    # Both come through, or the second breaks at the database with nothing that a person can read.
    assert accept_at_once(monkeypatch, [draft, draft])["refused"] == 0
