"""The staff roster: one person at a time in the page, or a whole list from a sheet.

A row that no frozen version holds is changed and deleted in place; one that a version holds is
retired (`removed`) and, when it changed, followed by a new row with the same `key`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from filings import access
from filings.models import Filing, RosterImport, RosterRow, User
from filings.sheets import differences, marked
from filings.sheets import roster as sheets
from filings.sheets.limits import SheetRefused
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.bulk import insert_rows
from jiaozuo_portal.lib.refusals import Refused
from jiaozuo_portal.outbox.queue import enqueue

from . import audit, notices
from .moves import lock_filing

#: What a person's row holds besides the two numbers, which are sealed.
PLAIN_FIELDS = tuple(name for name in sheets.ROSTER_FIELDS if name not in {"id_number", "mobile"})
COMPARED = (*PLAIN_FIELDS, "mobile")

#: The columns in which an import writes its rows (`_values_of`).
WRITTEN = (
    "filing_id", "key", "order", "first_version", "last_version", "removed",
    "id_index", "id_sealed", "id_masked", "mobile_sealed", "mobile_masked", *PLAIN_FIELDS,
)  # fmt: skip
_plain_values = attrgetter(*PLAIN_FIELDS)

#: The fields of a checked person in the order in which an import keeps them.
KEPT = tuple(field.name for field in fields(sheets.RosterRow))
_kept_values = attrgetter(*KEPT)
_KEPT_DAYS = (KEPT.index("arrived_on"), KEPT.index("certificate_on"))

#: A preview lists so many rows of each kind; the counts are always whole.
MOST_LISTED = 200
CHUNK = 5000


def _row_of(filing: Filing, person: sheets.RosterRow, *, key: uuid.UUID, order: int) -> RosterRow:
    """An unsaved row of the draft."""
    row = RosterRow(filing=filing, key=key, order=order)
    for name in PLAIN_FIELDS:
        setattr(row, name, getattr(person, name))
    row.seal_id(person.id_number)
    row.seal_mobile(person.mobile)
    return row


def _values_of(
    filing: Filing, person: sheets.RosterRow, *, index: str, key: uuid.UUID
) -> tuple[Any, ...]:
    """A new row as the plain values of `WRITTEN`: 10,000 model objects take longer than COPY."""
    sealed_id = RosterRow.sealed_id(person.id_number, key)
    sealed_mobile = RosterRow.sealed_mobile(person.mobile, key)
    draft = (filing.pk, key, person.number, None, None, False, index)
    return (*draft, *sealed_id, *sealed_mobile, *_plain_values(person))


def index_of(person: sheets.RosterRow) -> str:
    """The blind index by which a person is found again."""
    return RosterRow.index_of(person.id_number)


def _stored_value(row: RosterRow, name: str) -> Any:
    return row.mobile_plain() if name == "mobile" else getattr(row, name)


def _touch(filing: Filing, at: datetime) -> None:
    Filing.objects.filter(pk=filing.pk).update(edited_at=at)


def _retire(rows: Iterable[RosterRow]) -> None:
    """Take rows out of the draft: deleted when no version holds them, else marked."""
    loose: list[int] = []
    frozen: list[int] = []
    for row in rows:
        (loose if row.first_version is None else frozen).append(row.pk)
    for start in range(0, len(loose), CHUNK):
        RosterRow.objects.filter(pk__in=loose[start : start + CHUNK]).delete()
    for start in range(0, len(frozen), CHUNK):
        RosterRow.objects.filter(pk__in=frozen[start : start + CHUNK]).update(removed=True)


def _keys_of_the_dropped(filing: Filing, indexes: Sequence[str]) -> dict[str, uuid.UUID]:
    """The keys of people whom the draft dropped since the last version: they come back as
    themselves, not as somebody new."""
    dropped = RosterRow.objects.filter(filing=filing, removed=True, last_version__isnull=True)
    wanted = set(indexes)
    return {index: key for index, key in dropped.values_list("id_index", "key") if index in wanted}


def _require_new_person(filing: Filing, index: str, *, but: RosterRow | None = None) -> None:
    same = RosterRow.objects.filter(filing=filing, id_index=index).in_draft()
    if but is not None:
        same = same.exclude(pk=but.pk)
    other = same.first()
    if other:
        raise Refused(
            _("花名册里已有这个证件号码：%(name)s（%(workshop)s）。")
            % {"name": other.name, "workshop": other.workshop or "—"},
            rule="R4.4",
        )


def add_person(filing: Filing, person: sheets.RosterRow, *, by: User, at: datetime) -> RosterRow:
    """Add one checked person (`sheets.check_roster_row`). Refused when the id is there already."""
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        access.may_edit(by, locked).require()
        index = index_of(person)
        _require_new_person(locked, index)
        last = RosterRow.objects.filter(filing=locked).aggregate(last=Max("order"))["last"] or 0
        key = _keys_of_the_dropped(locked, [index]).get(index) or uuid.uuid4()
        row = _row_of(locked, person, key=key, order=last + 1)
        row.save()
        _touch(locked, at)
    return row


def change_person(row: RosterRow, person: sheets.RosterRow, *, by: User, at: datetime) -> RosterRow:
    """Replace one person's details; the row that a version holds stays there as it was."""
    with transaction.atomic():
        locked = lock_filing(row.filing_id)
        access.may_edit(by, locked).require()
        current = RosterRow.objects.filter(pk=row.pk, filing=locked).in_draft().first()
        if current is None:
            raise Refused(_("这一行刚刚被别人修改或删除，请刷新页面。"))
        _require_new_person(locked, index_of(person), but=current)
        _retire([current])
        changed = _row_of(locked, person, key=current.key, order=current.order)
        changed.save()
        _touch(locked, at)
    return changed


def remove_person(row: RosterRow, *, by: User, at: datetime) -> None:
    """Take one person off the draft roster; removing twice is the same as once."""
    with transaction.atomic():
        locked = lock_filing(row.filing_id)
        access.may_edit(by, locked).require()
        _retire(RosterRow.objects.filter(pk=row.pk, filing=locked).in_draft())
        _touch(locked, at)


# Import: upload → read (worker) → preview → apply (worker)


def _place(job: RosterImport) -> str:
    return f"roster_import.{job.key}"


def start_import(filing: Filing, upload: Any, *, by: User, at: datetime) -> RosterImport:
    """Keep an uploaded roster, sealed, and ask the worker to read it.

    An earlier import of the filing that waits for its confirmation is dropped.
    """
    access.may_edit(by, filing).require()
    with transaction.atomic():
        for waiting in RosterImport.objects.filter(
            filing=filing, status__in=(RosterImport.Status.PREVIEW, RosterImport.Status.REFUSED)
        ):
            _drop(waiting)
        job = RosterImport(filing=filing, file_name=upload.name[:200], by=by, at=at)
        job.file.save(
            f"{job.key}.sealed",
            ContentFile(crypto.seal_bytes(upload.read(), bound_to=_place(job))),
            save=False,
        )
        job.save()
        enqueue("roster.read", str(job.key), key=f"roster.read:{job.key}")
    return job


def _drop(job: RosterImport) -> None:
    storage, name = job.file.storage, job.file.name or ""
    job.status, job.file = RosterImport.Status.DROPPED, ""
    job.save(update_fields=["status", "file"])
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def drop_import(job: RosterImport, *, by: User) -> None:
    """Give up an import; its file is deleted."""
    access.may_edit(by, job.filing).require()
    if job.status in {RosterImport.Status.APPLYING, RosterImport.Status.APPLIED}:
        raise Refused(_("这次导入已经写入，不能放弃。"))
    with transaction.atomic():
        _drop(job)


def _keep_rows(job: RosterImport, people: Sequence[sheets.RosterRow]) -> None:
    """Keep the checked rows as the import's file; the caller saves, then drops the upload."""
    sealed = crypto.seal_bytes(_packed(people), bound_to=_place(job))
    job.file.save(f"{job.key}.rows.sealed", ContentFile(sealed), save=False)


def _content(job: RosterImport) -> bytes:
    with job.file.open("rb") as file:
        return crypto.unseal_bytes(file.read(), bound_to=_place(job))


def read_import(job: RosterImport, *, today: date) -> None:
    """Read and check the file, and prepare the preview; run by the worker.

    With errors the file is kept for the marked workbook; without, its checked rows take its place,
    so that applying need not read it again. Safe to run again from the start.
    """
    if job.status != RosterImport.Status.READING:
        return
    upload = job.file.name or ""
    try:
        __, sheet = sheets.read_roster(_content(job), job.file_name, today=today)
    except SheetRefused as refusal:
        report = {"refused": str(refusal.message), "key": refusal.key}
        _end_reading(job, status=RosterImport.Status.REFUSED, report=report)
        return
    job.total, job.progress = sheet.row_count, sheet.row_count // 2
    job.save(update_fields=["total", "progress"])
    report = _findings(sheet)
    if not sheet.ok:
        _end_reading(job, status=RosterImport.Status.REFUSED, report=report)
        return
    _keep_rows(job, sheet.rows)
    kept = _end_reading(
        job,
        status=RosterImport.Status.PREVIEW,
        report=report | _preview(job.filing, sheet.rows),
        progress=job.total,
        file=job.file.name,
    )
    job.file.storage.delete(upload if kept else job.file.name or "")


def _end_reading(job: RosterImport, **result: Any) -> bool:
    """Write what reading gave, unless the import was dropped meanwhile."""
    reading = RosterImport.objects.filter(pk=job.pk, status=RosterImport.Status.READING)
    return reading.update(**result) == 1


def _findings(sheet: sheets.RosterSheet) -> dict[str, Any]:
    return {
        "errors": [error.as_dict() for error in sheet.errors[:MOST_LISTED]],
        "error_count": sheet.error_count,
        "ignored": [str(name) for name in sheet.ignored],
        "missing": [str(name) for name in sheet.missing],
        "warnings": [str(warning) for warning in sheet.warnings],
        "rows": sheet.row_count,
    }


def _packed(rows: Sequence[sheets.RosterRow]) -> bytes:
    return json.dumps(
        [_kept_values(row) for row in rows], ensure_ascii=False, default=date.isoformat
    ).encode()


def _unpacked(content: bytes) -> list[sheets.RosterRow]:
    people = []
    for values in json.loads(content):
        for place in _KEPT_DAYS:
            if values[place]:
                values[place] = date.fromisoformat(values[place])
        people.append(sheets.RosterRow(*values))
    return people


def _compared(
    filing: Filing, people: Sequence[sheets.RosterRow]
) -> differences.Differences[str, RosterRow, sheets.RosterRow]:
    stored = {row.id_index: row for row in RosterRow.objects.filter(filing=filing).in_draft()}
    return differences.compare(
        stored,
        people,
        key=index_of,
        fields=COMPARED,
        read_old=_stored_value,
        read_new=getattr,
    )


def _stamp(filing: Filing) -> list[Any]:
    """Tells whether the draft roster changed since: head count and newest row."""
    figures = (
        RosterRow.objects.filter(filing=filing)
        .in_draft()
        .aggregate(heads=Count("pk"), newest=Max("pk"))
    )
    return [figures["heads"], figures["newest"]]


def _preview(filing: Filing, people: Sequence[sheets.RosterRow]) -> dict[str, Any]:
    found = _compared(filing, people)
    return {
        "counts": found.counts,
        "stamp": _stamp(filing),
        "added": [_told(person) for _index, person in found.added[:MOST_LISTED]],
        "changed": [
            _told(person) | {"changes": [_change(change) for change in changes]}
            for _index, _old, person, changes in found.changed[:MOST_LISTED]
        ],
        "removed": [
            {"name": old.name, "id": old.id_masked, "workshop": old.workshop, "team": old.team}
            for _index, old in found.removed[:MOST_LISTED]
        ],
    }


def _told(person: sheets.RosterRow) -> dict[str, Any]:
    return {
        "row": person.number,
        "name": person.name,
        "id": crypto.mask_id(person.id_number),
        "workshop": person.workshop,
        "team": person.team,
    }


def _change(change: differences.Change) -> dict[str, str]:
    def shown(value: Any) -> str:
        text = "" if value is None else str(value)
        return crypto.mask_mobile(text) if change.field == "mobile" and text else text

    return {"field": change.field, "old": shown(change.old), "new": shown(change.new)}


def confirm_import(job: RosterImport, *, by: User) -> None:
    """The person has seen the preview and wants it written; the worker does it."""
    access.may_edit(by, job.filing).require()
    with transaction.atomic():
        confirmed = RosterImport.objects.filter(
            pk=job.pk, status=RosterImport.Status.PREVIEW
        ).update(status=RosterImport.Status.APPLYING, by=by, progress=0)
        if not confirmed:
            raise Refused(_("这次导入已经处理过，请刷新页面。"))
        # A refreshed preview may be confirmed again: its stamp makes another piece of work.
        enqueue(
            "roster.apply",
            str(job.key),
            key=f"roster.apply:{job.key}:{job.report.get('stamp')}",
        )
    job.refresh_from_db()


def apply_import(job: RosterImport, *, at: datetime) -> None:
    """Write the previewed list, all rows or none; run by the worker, safe to run again.

    When the draft roster changed after the preview, nothing is written and a new preview is made.
    """
    with transaction.atomic():
        locked = lock_filing(job.filing_id)
        job = (
            RosterImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.pk)
        )
        if job.status != RosterImport.Status.APPLYING:
            return
        people = _unpacked(_content(job))
        if _stamp(locked) != job.report["stamp"]:
            job.report |= _preview(locked, people) | {"refreshed": True}
            job.status = RosterImport.Status.PREVIEW
            job.save(update_fields=["status", "report"])
            return
        access.may_edit(job.by, locked).require()
        _write(locked, people)
        job.status, job.applied_at = RosterImport.Status.APPLIED, at
        job.progress = job.total
        storage, name = job.file.storage, job.file.name or ""
        job.file = ""
        # SECURITY: names and changes were needed for the preview only.
        job.report = {key: job.report[key] for key in ("counts", "rows", "warnings", "ignored")}
        job.save()
        transaction.on_commit(lambda: storage.delete(name))
        _touch(locked, at)
        audit.record("import_roster", job, by=job.by, filing=locked)
        notices.send("import_done", [job.by], at=at, filing=locked, count=job.total)


def _write(filing: Filing, people: Sequence[sheets.RosterRow]) -> None:
    found = _compared(filing, people)
    gone = [old for _index, old in found.removed]
    _retire(gone + [old for _index, old, _person, _changes in found.changed])
    keys = _keys_of_the_dropped(filing, [index for index, _person in found.added])
    keys |= {index: old.key for index, old, _person, _changes in found.changed}
    new = found.added + [(index, person) for index, _old, person, _changes in found.changed]
    insert_rows(
        RosterRow,
        WRITTEN,
        [
            _values_of(filing, person, index=index, key=keys.get(index) or uuid.uuid4())
            for index, person in new
        ],
    )


def fail_import(job: RosterImport, *, at: datetime) -> None:
    """Say that an import could not be finished; the person may upload again."""
    with transaction.atomic():
        changed = RosterImport.objects.filter(
            pk=job.pk,
            status__in=(RosterImport.Status.READING, RosterImport.Status.APPLYING),
        ).update(status=RosterImport.Status.FAILED)
        if changed:
            notices.send("import_failed", [job.by], at=at, filing=job.filing)


def marked_workbook(job: RosterImport, *, today: date) -> bytes:
    """The uploaded file once more, as a workbook with its bad cells marked."""
    if job.status != RosterImport.Status.REFUSED or not job.report.get("error_count"):
        raise Refused(_("这次导入没有需要标注的错误。"))
    grid, sheet = sheets.read_roster(_content(job), job.file_name, today=today)
    return marked.mark_errors(grid, sheet.errors, header_row=sheet.header_row)


def purge_imports(*, before: datetime) -> int:
    """Delete the files and reports of imports older than `before`; how many."""
    old = RosterImport.objects.filter(at__lt=before).exclude(file="")
    count = 0
    for job in old:
        with transaction.atomic():
            _drop(job)
            RosterImport.objects.filter(pk=job.pk).update(report={})
        count += 1
    return count
