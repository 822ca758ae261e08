"""Documents and departments that a draft adds to its pack, for clauses to cite."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings.public import Refused, User, record_audit
from policies.eligibility.clause_writing import write_file
from policies.eligibility.yaml_files import parse_yaml
from policies.models import PackDraft
from policies.queries.pack_drafts import content_of_draft
from policies.texts.numbers import document_number, parts_of_number

from .pack_drafts import keep_file, open_draft

DOCUMENTS, DEPARTMENTS = "documents.yaml", "departments.yaml"

#: More signs of a number's head than these do not go into the key.
_LONGEST_HEAD = 16


@dataclass(frozen=True, slots=True)
class Dates:
    """How long a document holds, and what that rests on in both languages.

    `first` is given where it is not the day of the document; without a `last` day it has no end.
    """

    basis: Mapping[str, str]
    first: date | None = None
    last: date | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a pack says of a document; texts in both languages, `{"zh": …, "en": …}`."""

    number: str
    title: Mapping[str, str]
    issuer: Mapping[str, str]
    level: str
    dated: date
    jurisdiction: str
    dates: Dates


@dataclass(frozen=True, slots=True)
class Department:
    """A department under its full name in both languages, and its level."""

    name: Mapping[str, str]
    level: str


def add_document(draft: PackDraft, document: NewDocument, *, by: User, at: datetime) -> str:
    """Add a document to a draft; its key, a short form of its number such as 豫政9.

    Raises Refused where the draft has a document of this number, or a text is missing.
    """
    number = document_number(document.number)
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        raw = content_of_draft(locked)[DOCUMENTS].encode()
        content = parse_yaml(raw, DOCUMENTS)
        entries = content["documents"]
        if any(document_number(one["number"]) == number for one in entries):
            raise Refused(_("草稿里已经有这个文号的文件。"))
        for text in (document.title, document.issuer, document.dates.basis):
            if not all(text.get(code, "").strip() for code in ("zh", "en")):
                raise Refused(_("标题、发文机关和期限的依据应有中文和英文。"))
        key = _key_of(number, {one["key"] for one in entries})
        entry = {
            "key": key,
            "folder": _folder_of(number, {one["folder"] for one in entries}),
            "number": number,
            "title": dict(document.title),
            "issuer": dict(document.issuer),
            "level": document.level,
            "date": document.dated.isoformat(),
            "jurisdiction": document.jurisdiction,
            "valid": _valid(document.dates),
        }
        written = write_file(raw, {**content, "documents": [*entries, entry]})
        keep_file(locked, DOCUMENTS, written.decode(), by=by, at=at)
        record_audit("draft.edit", locked, by=by, reason=DOCUMENTS)
    return key


def add_departments(
    draft: PackDraft, departments: Sequence[Department], *, by: User, at: datetime
) -> None:
    """Add departments to the table of a draft; those that stand in it already change nothing.

    Raises Refused for a name in one language alone.
    """
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        raw = content_of_draft(locked)[DEPARTMENTS].encode()
        content = parse_yaml(raw, DEPARTMENTS)
        known = {one["name"]["zh"] for one in content["departments"]}
        fresh = []
        for one in departments:
            if not all(one.name.get(code, "").strip() for code in ("zh", "en")):
                raise Refused(_("部门的名称应有中文和英文。"))
            if one.name["zh"] not in known:
                fresh.append({"name": dict(one.name), "level": one.level})
        if fresh:
            entries = [*content["departments"], *fresh]
            written = write_file(raw, {**content, "departments": entries})
            keep_file(locked, DEPARTMENTS, written.decode(), by=by, at=at)


def _valid(dates: Dates) -> dict[str, Any]:
    valid: dict[str, Any] = {"term": "dated" if dates.last else "open"}
    if dates.first:
        valid["from"] = dates.first.isoformat()
    if dates.last:
        valid["until"] = dates.last.isoformat()
    valid["basis"] = dict(dates.basis)
    if dates.inferred:
        valid["inferred"] = True
    return valid


def _key_of(number: str, taken: Collection[str]) -> str:
    """豫政9 for 豫政〔2020〕9号; with its year where an earlier year has that already."""
    parts = parts_of_number(number)
    head = re.sub(r"[\W_]", "", parts.whose if parts else number)[:_LONGEST_HEAD]
    if parts is None:
        return _free(head, taken)
    short = f"{head}{parts.order}"
    return _free(f"{head}{parts.year}_{parts.order}" if short in taken else short, taken)


def _folder_of(number: str, taken: Collection[str]) -> str:
    """yuzheng-2020-9 for 豫政〔2020〕9号."""
    from pypinyin import lazy_pinyin

    sounds = ("".join(lazy_pinyin(part)).lower() for part in parts_of_number(number) or (number,))
    words = (re.sub(r"[^a-z0-9]", "", sound) for sound in sounds)
    return _free("-".join(filter(None, words))[:40] or "document", taken, mark="-")


def _free(wanted: str, taken: Collection[str], mark: str = "_") -> str:
    free, count = wanted, 1
    while free in taken:
        count += 1
        free = f"{wanted}{mark}{count}"
    return free
