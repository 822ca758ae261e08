"""Typing into the draft: every field saves itself, and two people never overwrite each other."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from filings import access
from filings.models import Filing, SectionDraft, User
from filings.sections import SECTIONS, Field, Gap, Section, gaps, shown
from filings.sections.spec import MAX_LINE, MAX_ROWS, MAX_TEXT
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.refusals import Refused

#: No field holds more than this, whatever its kind: a wrong value is kept, a flood is not.
MOST_TYPED = 2 * MAX_TEXT

_ROW_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A field was saved: its value as the page shows it, and what is still wrong with it."""

    value: str
    at: datetime
    gaps: list[Gap]


class Conflict(Refused):
    """Somebody else changed the same field meanwhile; both texts are kept for the person."""

    def __init__(self, *, mine: str, theirs: str, by: str, at: datetime | None) -> None:
        self.mine, self.theirs, self.by, self.at = mine, theirs, by, at
        super().__init__(_("这一栏刚刚被%(by)s改过，请选择保留哪一份。") % {"by": by or _("同事")})


def section_draft(filing: Filing, key: str) -> SectionDraft:
    """The draft of a section, unsaved while nothing was typed. KeyError for an unknown section."""
    SECTIONS[key]
    found = SectionDraft.objects.filter(filing=filing, key=key).select_related("saved_by").first()
    return found or SectionDraft(filing=filing, key=key, data={}, edits={})


def _locked(filing: Filing, key: str, by: User) -> SectionDraft:
    SECTIONS[key]
    access.may_fill(by, filing, key).require()
    SectionDraft.objects.get_or_create(filing=filing, key=key)
    return SectionDraft.objects.select_for_update().get(filing=filing, key=key)


def _spot(section: Section, data: dict[str, Any], path: str) -> tuple[Field, dict[str, Any], str]:
    """The field at `path`, the mapping that holds it, and its key there."""
    parts = path.split(".")
    try:
        if len(parts) == 1:
            return section.field(path), data, path
        rows, row_id, name = parts
        field = section.rows(rows).field(name)
        row = next(row for row in data.get(rows) or [] if row["id"] == row_id)
    except (KeyError, ValueError):
        raise Refused(_("没有这一栏，请刷新页面。")) from None
    except StopIteration:
        raise Refused(_("这一行已被删除，请刷新页面。")) from None
    return field, row, name


def _sealed_phone(draft: SectionDraft, path: str, value: str) -> Any:
    if not value:
        return ""
    return {
        "sealed": crypto.seal(value, bound_to=phone_place(draft.filing_id, draft.key, path)),
        "masked": crypto.mask_mobile(value),
    }


def _is_same_phone(draft: SectionDraft, path: str, stored: Any, value: str) -> bool:
    """Whether `value` is the number behind a sealed one: the page may still show it in full."""
    if not isinstance(stored, Mapping) or "sealed" not in stored:
        return False
    place = phone_place(draft.filing_id, draft.key, path)
    return crypto.unseal(stored["sealed"], bound_to=place) == value.strip()


def phone_place(filing_id: int, section: str, path: str) -> str:
    """What a sealed phone number of a section is bound to; the same in draft and versions."""
    return f"section.{filing_id}.{section}.{path}"


def save_field(
    filing: Filing, key: str, path: str, value: str, base: str | None, *, by: User, at: datetime
) -> Saved:
    """Save one field as typed.

    `path` is `field` or `list.row_id.field`; `base` is the text that the page was loaded with. When
    the stored text is another one by now, and not the same as `value`, nothing is written and
    Conflict carries both texts. A value that can't be read yet is saved all the same, and its gaps
    come back: nothing typed is lost.
    """
    section = SECTIONS[key]
    value = _plain(value)
    if len(value) > MOST_TYPED:
        raise Refused(_("内容太长，请控制在 %(most)s 个字以内。") % {"most": MAX_TEXT})
    with transaction.atomic():
        draft = _locked(filing, key, by)
        field, place, name = _spot(section, draft.data, path)
        stored = place.get(name)
        now_shown = _typed(stored)
        if value == now_shown or _is_same_phone(draft, path, stored, value):
            return Saved(now_shown, at, _gaps_at(section, draft.data, path))
        if base is not None and _plain(base) != now_shown:
            raise _conflict(draft, path, mine=value, theirs=now_shown)
        sealed = field.kind == "phone" and value
        place[name] = _sealed_phone(draft, path, value.strip()) if sealed else value
        draft.edits[path] = [by.pk, at.isoformat()]
        _keep(draft, by=by, at=at)
        return Saved(_typed(place[name]), at, _gaps_at(section, draft.data, path))


def _typed(stored: Any) -> str:
    """A stored value as its input shows it; a sealed phone shows its masked form."""
    return str(stored.get("masked", "")) if isinstance(stored, Mapping) else str(stored or "")


def _conflict(draft: SectionDraft, path: str, *, mine: str, theirs: str) -> Conflict:
    who, when = draft.edits.get(path, [None, ""])
    by = User.objects.filter(pk=who).first()
    return Conflict(
        mine=mine, theirs=theirs, by=str(by or ""), at=parse_datetime(when) if when else None
    )


def _gaps_at(section: Section, data: Mapping[str, Any], path: str) -> list[Gap]:
    return [gap for gap in gaps(section, data) if gap.path == path and gap.wrong]


def _keep(draft: SectionDraft, *, by: User, at: datetime) -> None:
    draft.saved_at, draft.saved_by = at, by
    draft.save(update_fields=["data", "edits", "saved_at", "saved_by"])
    Filing.objects.filter(pk=draft.filing_id).update(edited_at=at)


def add_row(filing: Filing, key: str, rows: str, *, by: User, at: datetime) -> str:
    """Add an empty row to a list; its id."""
    section = SECTIONS[key]
    _known_rows(section, rows)
    with transaction.atomic():
        draft = _locked(filing, key, by)
        given = draft.data.setdefault(rows, [])
        if len(given) >= MAX_ROWS:
            raise Refused(_("最多 %(most)s 行。") % {"most": MAX_ROWS})
        row_id = uuid.uuid4().hex[:12]
        given.append({"id": row_id})
        _keep(draft, by=by, at=at)
    return row_id


def remove_row(filing: Filing, key: str, rows: str, row_id: str, *, by: User, at: datetime) -> None:
    """Remove a row; removing it twice is the same as once."""
    section = SECTIONS[key]
    _known_rows(section, rows)
    with transaction.atomic():
        draft = _locked(filing, key, by)
        draft.data[rows] = [row for row in draft.data.get(rows) or [] if row["id"] != row_id]
        _keep(draft, by=by, at=at)


def _known_rows(section: Section, rows: str) -> None:
    try:
        section.rows(rows)
    except KeyError:
        raise Refused(_("没有这个列表，请刷新页面。")) from None


@dataclass(frozen=True, slots=True)
class Clash:
    """A field of a whole page that somebody else changed meanwhile: both texts."""

    path: str
    label: str
    mine: str
    theirs: str
    by: str
    at: datetime | None


def mark_of(text: str) -> str:
    """A short mark of the text that a page was loaded with, to tell later whether it changed."""
    return hashlib.sha256(_plain(text).encode()).hexdigest()[:12]


def save_section(
    filing: Filing,
    key: str,
    values: Mapping[str, str],
    marks: Mapping[str, str],
    *,
    by: User,
    at: datetime,
) -> list[Clash]:
    """Save the fields of a whole page that the person changed (the page without scripts).

    `values` maps paths to what was typed, `marks` paths to `mark_of` what the page showed. A field
    that the person left alone is not written, so an old page undoes nobody's work; one that both
    changed comes back as a Clash and keeps the other's text. A row that a colleague removed is
    put back when something was typed into it.
    """
    section = SECTIONS[key]
    nothing = mark_of("")
    clashes: list[Clash] = []
    with transaction.atomic():
        draft = _locked(filing, key, by)
        changed = False
        for path, typed in values.items():
            value = _plain(typed)[:MOST_TYPED]
            if mark_of(value) == marks.get(path, nothing):
                continue
            _bring_back_row(section, draft.data, path)
            field, place, name = _spot(section, draft.data, path)
            theirs = _typed(place.get(name))
            if value == theirs or _is_same_phone(draft, path, place.get(name), value):
                continue
            if mark_of(theirs) not in {marks.get(path, nothing), nothing}:
                conflict = _conflict(draft, path, mine=value, theirs=theirs)
                clashes.append(
                    Clash(path, str(field.label), value, theirs, conflict.by, conflict.at)
                )
                continue
            _put(draft, field, place, name, path, value)
            draft.edits[path] = [by.pk, at.isoformat()]
            changed = True
        if changed:
            _keep(draft, by=by, at=at)
    return clashes


def _bring_back_row(section: Section, data: dict[str, Any], path: str) -> None:
    name, _dot, rest = path.partition(".")
    row_id = rest.partition(".")[0]
    if not _ROW_ID.fullmatch(row_id) or name not in {rows.name for rows in section.lists()}:
        return
    rows = data.setdefault(name, [])
    if len(rows) < MAX_ROWS and all(row["id"] != row_id for row in rows):
        rows.append({"id": row_id})


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "")


def fill_section(
    filing: Filing, key: str, values: Mapping[str, Any], *, by: User, at: datetime
) -> list[Gap]:
    """Save a whole section at once: the page without scripts, and demo data.

    `values` maps fields to text and lists to rows of text (an `id` is given where it lacks one).
    Returns what is still missing or wrong; everything is saved all the same.
    """
    section = SECTIONS[key]
    with transaction.atomic():
        draft = _locked(filing, key, by)
        for name, value in values.items():
            if isinstance(value, str):
                _put(draft, section.field(name), draft.data, name, name, value)
                continue
            spec = section.rows(name)
            before = {row["id"]: row for row in draft.data.get(name) or []}
            draft.data[name] = []
            for given in list(value)[:MAX_ROWS]:
                row_id = given.get("id") or uuid.uuid4().hex[:12]
                row = dict(before.get(row_id, {}), id=row_id)
                for field in spec.fields:
                    if field.name in given:
                        path = f"{name}.{row_id}.{field.name}"
                        _put(draft, field, row, field.name, path, str(given[field.name]))
                draft.data[name].append(row)
        _keep(draft, by=by, at=at)
        return gaps(section, draft.data)


def _put(
    draft: SectionDraft, field: Field, place: dict[str, Any], name: str, path: str, value: str
) -> None:
    value = _plain(value)[:MOST_TYPED]
    if value == _typed(place.get(name)):
        return
    sealed = field.kind == "phone" and value
    place[name] = _sealed_phone(draft, path, value.strip()) if sealed else value


__all__ = [
    "MAX_LINE",
    "Clash",
    "Conflict",
    "Saved",
    "add_row",
    "fill_section",
    "mark_of",
    "phone_place",
    "remove_row",
    "save_field",
    "save_section",
    "section_draft",
    "shown",
]
