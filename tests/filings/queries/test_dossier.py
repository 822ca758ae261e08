"""A version of a filing comes with the one before it and all beside it in one query, as stored."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from filings.domain import attachments, moves
from filings.models import Attachment, Filing, FilingVersion, LedgerEntry
from filings.models.filing import is_in_scope
from filings.queries.acts import acts_on
from filings.queries.dossier import MOST_ENTRIES, dossier_of
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ODD = "“引号” \"double\" 'single' \\ 反斜线\n换行 \u2028 🏭"


def entries(filing: Filing, people, many: int, *, purpose: str, days_ago: int) -> None:
    item = filing.supplies.get()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            filing=filing, item=item, direction="in", quantity=Decimal("0.125"), person="孙仓管",
            on=NOW.date() - timedelta(days=days_ago), purpose=f"{purpose}{n}", by=people.owner,
            recorded_at=NOW,
        )
        for n in range(many)
    )  # fmt: skip


def submit(filing: Filing, people) -> None:
    filing.refresh_from_db()
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())


@pytest.fixture
def came_back():
    """A returned filing that came back, with one file of each version and one of both."""
    filing, people = make.filing_in("returned")
    first = FilingVersion.objects.get(filing=filing)
    first.content |= {"scheme": {**first.content["scheme"], "duties": ODD}}
    first.save()
    filing.refresh_from_db()
    for name in ("两版.csv", "旧.csv", "新.csv"):
        upload = SimpleUploadedFile(name, "姓名,电话\n甲,1\n".encode())
        kept = attachments.attach_file(filing, "plan", upload, by=people.owner, at=NOW)
        Attachment.objects.filter(pk=kept.pk).update(
            first_version=2 if name == "新.csv" else 1, last_version=1 if name == "旧.csv" else None
        )
    filing.corrections.update(status="mended")
    submit(filing, people)
    return filing, people


def test_versions_and_files_come_as_they_are_stored_in_one_query(came_back):
    filing, _people = came_back

    with CaptureQueriesContext(connection) as seen:
        dossier = dossier_of(filing, 2)
        name = str(dossier.version.submitted_by)

    stored = {version.number: version for version in FilingVersion.objects.filter(filing=filing)}
    assert len(seen) == 1
    assert name == str(stored[2].submitted_by)
    for found, version in ((dossier.before, stored[1]), (dossier.version, stored[2])):
        assert found == version
        assert found.content == version.content
        assert (found.filing_id, found.submitted_at) == (filing.pk, version.submitted_at)
    assert dossier.before.content["scheme"]["duties"] == ODD
    assert [(one.name, one.is_in(1), one.is_in(2)) for one in dossier.files] == [
        ("两版.csv", True, True), ("旧.csv", True, False), ("新.csv", False, True),
    ]  # fmt: skip
    assert dossier.acts == acts_on(filing)


def test_the_first_version_has_none_before_it_and_one_that_is_not_there_is_none(came_back):
    filing, _people = came_back

    first, third = dossier_of(filing, 1), dossier_of(filing, 3)

    assert (first.version.number, first.before) == (1, None)
    assert [one.name for one in first.files] == ["两版.csv", "旧.csv"]
    assert (first.ledger.fresh, first.ledger.fresh_total) == ([], 0)
    assert third.version is None
    assert third.ledger.items == []


def test_nothing_of_another_filing_comes_along(came_back):
    _filing, _people = came_back
    other, _ = make.filing_in("submitted", district="410803")

    dossier = dossier_of(other, 1)

    assert dossier.version.filing_id == other.pk
    assert {entry.filing_id for entry in dossier.ledger.entries} == {other.pk}
    assert dossier.files == []


def test_a_version_that_says_nothing_of_its_roster_has_a_page(came_back, client):
    filing, people = came_back
    for version in filing.versions.all():
        del version.content["roster"]
        version.save()
    client.force_login(people.lead)

    assert client.get(f"/filings/{filing.pk}/review/").status_code == 200


def test_what_came_since_is_not_left_out_for_what_is_newer_by_date():
    filing, people = make.filing_in("draft")
    entries(filing, people, MOST_ENTRIES + 20, purpose="先前", days_ago=0)
    submit(filing, people)
    entries(filing, people, 2, purpose="补记", days_ago=9)
    moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="补台账")
    filing.refresh_from_db()
    moves.reopen_filing(filing, by=people.owner, at=NOW)
    submit(filing, people)

    ledger = dossier_of(filing, 2).ledger

    assert [entry.purpose for entry in ledger.fresh] == ["补记0", "补记1"]
    assert (ledger.total, ledger.fresh_total) == (filing.ledger.count(), 2)
    assert len(ledger.entries) == MOST_ENTRIES
    assert [entry.on for entry in ledger.entries] == sorted(
        (entry.on for entry in ledger.entries), reverse=True
    )
    assert ledger.entries[0].quantity == Decimal("0.125")
    assert str(ledger.entries[0].item) == str(filing.supplies.get())


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_who_may_know_of_a_filing_is_the_same_in_the_database_and_out_of_it(state):
    filing, people = make.filing_in(state, district="410803", zone=True)
    stranger, _ = make.filing_in(state, district="410802")
    readers = [
        people.owner, people.lead, make.officer("city"), make.officer("policy"),
        *(
            make.officer(kind, district=place)
            for kind in ("bureau", "zone", "health")
            for place in ("410803", "410802")
            if (kind, place) != ("zone", "410802")
        ),
    ]  # fmt: skip
    known = []
    for reader in readers:
        visible = set(Filing.objects.visible_to(reader).values_list("pk", flat=True))
        for one in (filing, stranger):
            assert is_in_scope(reader, one) == (one.pk in visible)
        known.append(filing.pk in visible)
    assert 0 < sum(known) < len(known)
