"""Showing one personal number in full: for a reason, one at a time, and recorded."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Filing, FilingVersion, RosterRow, SectionDraft, User
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.refusals import Refused

from . import audit
from .drafts import phone_place

SHORTEST_REASON = 4


def _require_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("请写明查看完整号码的理由（至少 4 个字）。"))
    return reason[:500]


def reveal_person(row: RosterRow, field: str, *, by: User, reason: str) -> str:
    """The full id document (`field="id"`) or mobile number (`field="mobile"`) of one person.

    The record says who, whose, which field and why: never the number. Raises Refused without a
    reason, NotAllowed without the right.
    """
    access.may_reveal(by, row.filing).require()
    read = {"id": row.id_plain, "mobile": row.mobile_plain}.get(field)
    if read is None:
        raise Refused(_("没有这一栏。"))
    with transaction.atomic():
        audit.record(
            "reveal", row, by=by, filing=row.filing, field=field, reason=_require_reason(reason)
        )
        return read()


def reveal_phone(
    filing: Filing, section: str, path: str, *, version: int | None, by: User, reason: str
) -> str:
    """The full phone number at `path` of a section: of frozen `version`, or of the draft (None)."""
    access.may_reveal(by, filing).require()
    held: Any
    if version is None:
        if not access.may_see_draft(by, filing):
            raise Refused(_("草稿只有本企业可以查看。"))
        held = SectionDraft.objects.filter(filing=filing, key=section).first()
        data = held.data if held else {}
    else:
        held = FilingVersion.objects.filter(filing=filing, number=version).first()
        data = held.content.get(section) or {} if held else {}
    value = _at(data, path)
    if not isinstance(value, dict) or "sealed" not in value:
        raise Refused(_("这一栏没有号码。"))
    with transaction.atomic():
        audit.record(
            "reveal",
            filing,
            by=by,
            filing=filing,
            field=f"{section}.{path}"[:60],
            reason=_require_reason(reason),
        )
        return crypto.unseal(value["sealed"], bound_to=phone_place(filing.pk, section, path))


def _at(data: dict[str, Any], path: str) -> Any:
    parts = path.split(".")
    if len(parts) == 1:
        return data.get(path)
    if len(parts) != 3:
        return None
    rows, row_id, name = parts
    return next((row.get(name) for row in data.get(rows) or [] if row["id"] == row_id), None)
