"""`visible_to`: who may know of a filing at all. Every case has a row that could leak."""

from __future__ import annotations

import pytest

from filings.models import Enterprise, Filing, LedgerEntry, RosterRow
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def filings():
    """A submitted filing and a draft in one district and zone, and the same in another."""
    return {
        "here": make.filing_in("submitted", district="410803", zone=True)[0],
        "here_draft": make.fill(make.filing(district="410803", zone=True)),
        "here_outside_the_zone": make.filing_in("submitted", district="410803")[0],
        "there": make.filing_in("submitted", district="410804", zone=True)[0],
        "there_draft": make.fill(make.filing(district="410804")),
    }


def seen_by(person, filings):
    visible = set(Filing.objects.visible_to(person))
    return {name for name, filing in filings.items() if filing in visible}


@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        ("bureau", {"here", "here_draft", "here_outside_the_zone"}),
        ("health", {"here", "here_outside_the_zone"}),
        ("zone", {"here"}),
        ("policy", set()),
        (
            "city",
            {"here", "here_draft", "here_outside_the_zone", "there", "there_draft"},
        ),
    ],
)
def test_an_authority_sees_its_place(filings, kind, sees):
    assert seen_by(make.officer(kind, district="410803"), filings) == sees


def test_an_enterprise_sees_its_own(filings):
    owner = make.owner_of(filings["here"].enterprise)

    assert seen_by(owner, filings) == {"here"}


def test_a_person_without_standing_sees_nothing(filings):
    assert seen_by(make.user(), filings) == set()


def test_an_administrator_without_a_posting_sees_nothing_in_the_portal(filings):
    assert seen_by(make.user(is_staff=True, is_superuser=True), filings) == set()


def test_a_closed_agency_sees_nothing(filings):
    officer = make.officer("bureau", district="410803")
    officer.postings.get().agency.__class__.objects.update(is_active=False)

    assert seen_by(make.fresh(officer), filings) == set()


@pytest.mark.parametrize("model", [RosterRow, LedgerEntry])
def test_rows_of_a_filing_follow_the_filing(filings, model):
    owner = make.owner_of(filings["here"].enterprise)

    rows = model.objects.visible_to(owner)

    assert rows.exists()
    assert {row.filing_id for row in rows} == {filings["here"].pk}


def test_enterprises_follow_their_district(filings):
    officer = make.officer("health", district="410804")

    seen = set(Enterprise.objects.visible_to(officer))

    assert seen == {filings["there"].enterprise, filings["there_draft"].enterprise}
