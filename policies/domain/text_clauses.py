"""Correcting the clauses of a draft: each change is saved whole, and nobody's is overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from filings.public import Refused, Stale, User, record_audit
from policies.models import OfficialText, TextClause
from policies.texts.clauses import numbered
from policies.texts.outline import departments_in

from .text_import import MOST_CLAUSES
from .texts import lock_draft, touch

#: An empty line in a wording is the place at which it is to be split.
_GAP = re.compile(r"\n[ \t\u3000]*\n")


def correct_clause(
    clause: TextClause, given: Mapping[str, Any], *, revision: int, by: User
) -> bool:
    """Save number, section, wording and departments of a clause. Whether anything differs.

    Raises Stale when somebody saved the clause since `revision`, Refused for a gap in the wording.
    """
    if _GAP.search(given["body"].strip()):
        raise Refused(_("原文里有空行。要从空行处分成两条，请按“在空行处分成两条”。"))
    with transaction.atomic():
        locked = _locked(clause, revision, by=by)
        wanted = {**given, "body": _one_line(given["body"])}
        changed = [name for name, value in wanted.items() if getattr(locked, name) != value]
        if not changed:
            return False
        for name in changed:
            setattr(locked, name, wanted[name])
        _save(locked, *changed)
        record_audit("text.clause", locked, by=by, field=",".join(changed)[:60])
    return True


def split_clause(
    clause: TextClause, given: Mapping[str, Any], *, revision: int, by: User
) -> TextClause:
    """Split a clause at the one empty line of its wording; what follows is the next clause.

    A number before the second part becomes its number, else it is the next one. Each part keeps
    the departments that its own brackets name; a part without brackets keeps those given. Raises
    Refused where there is not exactly one empty line.
    """
    parts = [_one_line(part) for part in _GAP.split(given["body"].strip()) if part.strip()]
    if len(parts) != 2:
        raise Refused(_("请在要分开的地方留一个空行，再按“在空行处分成两条”。"))
    number, rest = numbered(parts[1])
    with transaction.atomic():
        locked = _locked(clause, revision, by=by)
        _require_room(locked.text)
        _shift(locked.text, after=locked.position)
        for name in ("number", "section"):
            setattr(locked, name, given[name])
        locked.body = parts[0]
        locked.departments = list(departments_in(parts[0])) or given["departments"]
        _save(locked, "number", "section", "body", "departments")
        new = TextClause.objects.create(
            text=locked.text,
            position=locked.position + 1,
            number=number or locked.number + 1,
            section=locked.section,
            body=rest,
            departments=list(departments_in(rest)) or given["departments"],
        )
        record_audit("text.split", locked, by=by)
    return new


def merge_clause(
    clause: TextClause, *, above: int, revision: int, above_revision: int, by: User
) -> TextClause:
    """Append a clause to the one above it, with its number as part of the wording.

    `above` is the id of the clause that the officer saw there. Raises Stale when either changed.
    """
    with transaction.atomic():
        locked = _locked(clause, revision, by=by)
        before = locked.text.clauses.filter(position__lt=locked.position).last()
        if before is None or before.pk != above or before.revision != above_revision:
            raise _changed()
        before.body += f"{locked.number}.{locked.body}"
        before.departments = list(dict.fromkeys([*before.departments, *locked.departments]))
        _save(before, "body", "departments")
        record_audit("text.merge", locked, by=by)
        locked.delete()
    return before


def drop_clause(clause: TextClause, *, revision: int, by: User) -> None:
    """Take a clause out of a draft that is none of the text."""
    with transaction.atomic():
        locked = _locked(clause, revision, by=by)
        touch(locked.text)
        record_audit("text.drop", locked, by=by, reason=str(locked.number))
        locked.delete()


def add_clause(text: OfficialText, given: Mapping[str, Any], *, by: User) -> TextClause:
    """Add a clause that the file does not number, at the place of its number."""
    with transaction.atomic():
        locked = lock_draft(text, by=by)
        _require_room(locked)
        before = locked.clauses.filter(number__lte=given["number"]).order_by("position").last()
        position = before.position if before else 0
        _shift(locked, after=position)
        wanted = {**given, "body": _one_line(given["body"])}
        new = TextClause.objects.create(text=locked, position=position + 1, **wanted)
        touch(locked)
        record_audit("text.add", new, by=by)
    return new


def _locked(clause: TextClause, revision: int, *, by: User) -> TextClause:
    """The clause with its draft locked; the lock of the text keeps two changes apart."""
    text = lock_draft(clause.text, by=by)
    found = text.clauses.filter(pk=clause.pk).first()
    if found is None or found.revision != revision:
        raise _changed()
    found.text = text
    return found


def _changed() -> Stale:
    return Stale(_("您打开之后，别人改过这一条。请看过现在的内容再操作，您填写的仍在页面上。"))


def _save(clause: TextClause, *fields: str) -> None:
    clause.revision += 1
    clause.save(update_fields=[*fields, "revision"])
    touch(clause.text)


def _shift(text: OfficialText, *, after: int) -> None:
    text.clauses.filter(position__gt=after).update(position=F("position") + 1)


def _require_room(text: OfficialText) -> None:
    if text.clauses.count() >= MOST_CLAUSES:
        raise Refused(_("一份原文最多 %(most)s 条。") % {"most": MOST_CLAUSES})


def _one_line(body: str) -> str:
    """The wording without the line breaks of the field it was typed in."""
    return "".join(line.strip() for line in body.splitlines())
