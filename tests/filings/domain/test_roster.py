"""The roster row by row and from a sheet: all or none, and what a version holds stays."""

from __future__ import annotations

import io
import uuid
from dataclasses import asdict

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from filings.domain import moves, review, roster
from filings.models import Correction, Notice, RosterImport, RosterRow
from filings.sheets import roster as sheets
from filings.sheets.samples import planted_workbook, roster_workbook, sample_people
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing):
    return make.owner_of(filing.enterprise)


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW.isoformat())


def person(number=1, **given):
    row, wrong = sheets.check_roster_row(
        {
            "name": f"员工{number}",
            "id_number": make.resident_id(number),
            "mobile": "13800000000",
            "workshop": "一车间",
            "team": "甲班",
            "health": "健康",
            "travel": "无",
            "gatherings": "无",
        }
        | given,
        today=TODAY,
    )
    assert not wrong
    return row


def upload(content, name="花名册.xlsx"):
    return SimpleUploadedFile(name, content)


def imported(filing, owner, content, drain, *, confirm=True):
    job = roster.start_import(filing, upload(content), by=owner, at=NOW)
    drain()
    job.refresh_from_db()
    if confirm and job.status == RosterImport.Status.PREVIEW:
        roster.confirm_import(job, by=owner)
        drain()
        job.refresh_from_db()
    return job


def names(filing):
    return sorted(RosterRow.objects.filter(filing=filing).in_draft().values_list("name", flat=True))


def test_the_same_person_twice_is_refused_by_name(filing, owner):
    roster.add_person(filing, person(1), by=owner, at=NOW)

    with pytest.raises(Refused) as refusal:
        roster.add_person(filing, person(1, name="别名"), by=owner, at=NOW)

    assert "员工1" in refusal.value.message


def test_a_new_row_is_changed_in_place(filing, owner):
    row = roster.add_person(filing, person(1), by=owner, at=NOW)

    changed = roster.change_person(row, person(1, team="乙班"), by=owner, at=NOW)

    assert (changed.key, RosterRow.objects.count()) == (row.key, 1)


def test_changing_a_frozen_person_leaves_the_version_alone():
    filing, people = make.filing_in("returned")
    row = RosterRow.objects.get(filing=filing, name="员工1")

    changed = roster.change_person(row, person(1, team="丙班"), by=people.owner, at=NOW)
    review.mend_correction(Correction.objects.get(), by=people.owner, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    first = RosterRow.objects.filter(filing=filing).in_version(1).get(key=row.key)
    second = RosterRow.objects.filter(filing=filing).in_version(2).get(key=row.key)
    assert (first.team, second.team, second) == ("一班", "丙班", changed)


def test_somebody_dropped_and_taken_back_is_the_same_person():
    filing, people = make.filing_in("returned")
    row = RosterRow.objects.get(filing=filing, name="员工1")

    roster.remove_person(row, by=people.owner, at=NOW)
    back = roster.add_person(filing, person(1), by=people.owner, at=NOW)

    assert back.key == row.key


def test_a_stranger_changes_nothing(filing, owner):
    row = roster.add_person(filing, person(1), by=owner, at=NOW)
    stranger = make.owner_of(make.firm())

    for act in (
        lambda: roster.add_person(filing, person(2), by=stranger, at=NOW),
        lambda: roster.change_person(row, person(1), by=stranger, at=NOW),
        lambda: roster.remove_person(row, by=stranger, at=NOW),
        lambda: roster.start_import(filing, upload(b"x"), by=stranger, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_500_people_from_a_workbook(filing, owner, drain):
    job = imported(filing, owner, roster_workbook(sample_people(500)), drain)

    assert job.status == RosterImport.Status.APPLIED
    assert job.report["counts"] == {"added": 500, "changed": 0, "removed": 0, "same": 0}
    assert RosterRow.objects.filter(filing=filing).in_draft().count() == 500
    assert Notice.objects.get(kind="import_done").to == owner


def test_a_second_import_shows_what_it_adds_changes_and_removes(filing, owner, drain):
    people = sample_people(10)
    imported(filing, owner, roster_workbook(people), drain)
    people[0]["team"] = "别的班"
    again = people[:8] + sample_people(12)[10:]

    job = imported(filing, owner, roster_workbook(again), drain, confirm=False)

    assert job.report["counts"] == {"added": 2, "changed": 1, "removed": 2, "same": 7}
    assert job.report["changed"][0]["changes"] == [
        {"field": "team", "old": sample_people(10)[0]["team"], "new": "别的班"}
    ]
    assert len(names(filing)) == 10


def test_errors_refuse_the_whole_file_and_nothing_personal_is_kept_open(filing, owner, drain):
    content, planted = planted_workbook()

    job = imported(filing, owner, content, drain)

    assert job.status == RosterImport.Status.REFUSED
    assert job.report["error_count"] == len(planted) == 30
    assert names(filing) == []
    with job.file.open("rb") as file:
        assert b"PK" not in file.read()[:10]


def test_the_workbook_comes_back_with_its_bad_cells_marked(filing, owner, drain):
    content, planted = planted_workbook()
    job = imported(filing, owner, content, drain)

    book = openpyxl.load_workbook(io.BytesIO(roster.marked_workbook(job, today=TODAY)))

    sheet = book.worksheets[0]
    place = planted[0]
    assert sheet[f"{place.column}{place.row}"].comment is not None


def test_a_file_that_is_no_sheet_is_refused_with_the_reason(filing, owner, drain):
    job = imported(filing, owner, b"MZ\x90\x00 not a sheet", drain)

    assert job.status == RosterImport.Status.REFUSED
    assert job.report["refused"]


def test_a_draft_that_changed_after_the_preview_is_previewed_again(filing, owner, drain):
    job = imported(filing, owner, roster_workbook(sample_people(3)), drain, confirm=False)
    roster.add_person(filing, person(7), by=owner, at=NOW)

    roster.confirm_import(job, by=owner)
    drain()
    job.refresh_from_db()

    assert job.status == RosterImport.Status.PREVIEW
    assert job.report["refreshed"]
    assert job.report["counts"]["removed"] == 1
    assert names(filing) == ["员工7"]


def test_an_import_dropped_while_it_is_read_stays_dropped(filing, owner, drain, monkeypatch):
    job = roster.start_import(filing, upload(roster_workbook(sample_people(3))), by=owner, at=NOW)
    preview = roster._preview

    def drop_meanwhile(*given):
        roster.drop_import(RosterImport.objects.get(pk=job.pk), by=owner)
        return preview(*given)

    monkeypatch.setattr(roster, "_preview", drop_meanwhile)
    drain()

    job.refresh_from_db()
    assert (job.status, bool(job.file)) == (RosterImport.Status.DROPPED, False)


def test_an_import_is_confirmed_once(filing, owner, drain):
    job = imported(filing, owner, roster_workbook(sample_people(3)), drain)

    with pytest.raises(Refused):
        roster.confirm_import(job, by=owner)


def test_a_failure_while_writing_writes_nothing_and_is_told(filing, owner, drain, monkeypatch):
    job = imported(filing, owner, roster_workbook(sample_people(3)), drain, confirm=False)
    roster.confirm_import(job, by=owner)
    write = roster.insert_rows

    def half(model, names, rows):
        write(model, names, rows[:1])
        raise IntegrityError

    monkeypatch.setattr(roster, "insert_rows", half)
    with pytest.raises(IntegrityError):
        drain()

    job.refresh_from_db()
    assert job.status == RosterImport.Status.FAILED
    assert names(filing) == []
    assert Notice.objects.filter(kind="import_failed", to=owner).exists()


@pytest.mark.parametrize("confirmed", [False, True])
def test_an_import_that_kills_its_worker_again_and_again_is_told(filing, owner, drain, confirmed):
    if confirmed:
        job = imported(filing, owner, roster_workbook(sample_people(3)), drain, confirm=False)
        roster.confirm_import(job, by=owner)
    else:
        job = roster.start_import(
            filing, upload(roster_workbook(sample_people(3))), by=owner, at=NOW
        )
    row = OutboxRow.objects.still_open().get(kind__startswith="roster.")
    OutboxRow.objects.filter(pk=row.pk).update(tries=queue.MAX_TRIES)

    queue.perform(row.pk)

    job.refresh_from_db()
    assert job.status == RosterImport.Status.FAILED
    assert Notice.objects.filter(kind="import_failed", to=owner).count() == 1


def test_an_import_keeps_every_field_of_a_person(filing, owner, drain):
    people = sample_people(3)
    people[1] |= {"team": '反\\斜,杠"引"号', "return_batch": "", "certificate_on": ""}

    job = imported(filing, owner, roster_workbook(people), drain)

    __, sheet = sheets.read_roster(roster_workbook(people), "x.xlsx", today=TODAY)
    rows = RosterRow.objects.filter(filing=filing).in_draft()
    assert job.status == RosterImport.Status.APPLIED
    assert [
        {name: getattr(row, name) for name in roster.PLAIN_FIELDS}
        | {"id_number": row.id_plain(), "mobile": row.mobile_plain(), "number": row.order}
        for row in rows
    ] == [asdict(person) for person in sheet.rows]
    assert {(row.first_version, row.last_version, row.removed) for row in rows} == {
        (None, None, False)
    }


def test_after_applying_no_name_stays_in_the_report(filing, owner, drain):
    job = imported(filing, owner, roster_workbook(sample_people(3)), drain)

    assert set(job.report) == {"counts", "rows", "warnings", "ignored"}
    assert not job.file


def test_old_imports_are_purged_with_their_files(
    filing, owner, drain, django_capture_on_commit_callbacks
):
    content, _planted = planted_workbook()
    job = imported(filing, owner, content, drain)
    name, storage = job.file.name, job.file.storage
    was_there = storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        purged = roster.purge_imports(before=NOW.replace(year=2021))

    job.refresh_from_db()
    assert (was_there, purged, storage.exists(name)) == (True, 1, False)
    assert (job.report, bool(job.file)) == ({}, False)
