"""Official texts: described, accepted as the wording, withdrawn, linked with other versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from filings.public import Refused, Stale, User, record_audit
from jiaozuo_portal.lib.punctuation import listed
from policies import access
from policies.models import OfficialText
from policies.texts.numbers import document_number

Status = OfficialText.Status


def describe(text: OfficialText, given: Mapping[str, Any], *, revision: int, by: User) -> bool:
    """Correct what a draft is: title, number, issuer, dates. Whether anything differs.

    Raises Stale when somebody changed the text since `revision`.
    """
    with transaction.atomic():
        locked = lock_draft(text, by=by, revision=revision)
        wanted = {**given, "number": document_number(given["number"])}
        changed = [name for name, value in wanted.items() if getattr(locked, name) != value]
        if not changed:
            return False
        for name in changed:
            setattr(locked, name, wanted[name])
        locked.save(update_fields=changed)
        touch(locked)
        record_audit("text.describe", locked, by=by, field=",".join(changed)[:60])
    return True


def accept(text: OfficialText, *, revision: int, by: User, at: datetime) -> OfficialText:
    """Make a draft the official wording of its document number, or its kept parallel copy.

    Raises Refused with what is missing or which text stands in the way; Stale when the text
    changed since `revision`.
    """
    try:
        with transaction.atomic():
            locked = lock_draft(text, by=by, revision=revision)
            if missing := why_not_accept(locked):
                raise Refused(_("还不能采用。"), details=missing)
            locked.status, locked.accepted_by, locked.accepted_at = Status.ACCEPTED, by, at
            locked.withdrawn_by = locked.withdrawn_at = None
            locked.save(
                update_fields=[
                    "status", "accepted_by", "accepted_at", "withdrawn_by", "withdrawn_at",
                ]
            )  # fmt: skip
            touch(locked)
            record_audit("text.accept", locked, by=by)
    except IntegrityError:  # a second text of this number in the same moment
        raise Refused(_("这个文号刚刚采用了另一份原文，请刷新后再看。")) from None
    return locked


def why_not_accept(text: OfficialText) -> list[str]:
    """What still stands in the way of accepting a draft, one sentence each."""
    reasons = []
    for value, said in (
        (text.number, _("文号还没有填。")),
        (text.title, _("标题还没有填。")),
        (text.dated, _("成文日期还没有填。")),
    ):
        if not value:
            reasons.append(said)
    numbers = list(text.clauses.values_list("number", flat=True))
    if not numbers:
        reasons.append(_("没有编号的条。"))
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        reasons.append(_("编号重复：%(numbers)s。") % {"numbers": listed(twice)})
    standing = OfficialText.objects.quoted().filter(number=text.number).exclude(pk=text.pk)
    if text.number and text.parallel_of_id is None and standing.exists():
        reasons.append(
            _("%(number)s 已经有采用的原文。先撤下那一份，或把这一份记为它的另一版本。")
            % {"number": text.number}
        )
    return reasons


def withdraw(text: OfficialText, *, reason: str, by: User, at: datetime) -> None:
    """Take a draft or an accepted text away, with the reason; the pages quote it no longer."""
    access.may_keep_texts(by).require()
    reason = _reason(reason)
    with transaction.atomic():
        locked = OfficialText.objects.select_for_update().get(pk=text.pk)
        if locked.status == Status.WITHDRAWN:
            raise Stale(_("这份原文已经撤下。"))
        locked.status, locked.withdrawn_by, locked.withdrawn_at = Status.WITHDRAWN, by, at
        locked.save(update_fields=["status", "withdrawn_by", "withdrawn_at"])
        touch(locked)
        record_audit("text.withdraw", locked, by=by, reason=reason)


def reopen(text: OfficialText, *, by: User) -> None:
    """Make a withdrawn text a draft again, to be corrected and accepted anew."""
    access.may_keep_texts(by).require()
    with transaction.atomic():
        locked = OfficialText.objects.select_for_update().get(pk=text.pk)
        if locked.status != Status.WITHDRAWN:
            raise Stale(_("这份原文没有撤下。"))
        locked.status, locked.withdrawn_by, locked.withdrawn_at = Status.DRAFT, None, None
        locked.accepted_by = locked.accepted_at = None
        locked.save(
            update_fields=["status", "withdrawn_by", "withdrawn_at", "accepted_by", "accepted_at"]
        )
        touch(locked)
        record_audit("text.reopen", locked, by=by)


def link_parallel(
    text: OfficialText, other: OfficialText | None, *, revision: int, by: User
) -> None:
    """Say that a draft is another version of a text, or (None) that it is not after all.

    What the draft does not print (number, title, issuer, date) is taken from the other one.
    """
    with transaction.atomic():
        locked = lock_draft(text, by=by, revision=revision)
        if other is not None:
            _require_another(locked, other)
            for name in ("number", "title", "issuer", "dated"):
                setattr(locked, name, getattr(locked, name) or getattr(other, name))
        locked.parallel_of = other
        locked.save(update_fields=["number", "title", "issuer", "dated", "parallel_of"])
        touch(locked)
        record_audit("text.parallel", locked, by=by, reason=str(other.pk) if other else "")


def lock_draft(text: OfficialText, *, by: User, revision: int | None = None) -> OfficialText:
    """The row locked for a change. Raises NotAllowed, and Stale where it is no draft any more."""
    access.may_keep_texts(by).require()
    locked = OfficialText.objects.select_for_update().get(pk=text.pk)
    if locked.status != Status.DRAFT:
        label = locked.get_status_display()
        raise Stale(_("这份原文现在的状态是“%(state)s”，不能修改。") % {"state": label})
    if revision is not None and locked.revision != revision:
        raise Stale(_("您打开之后，别人改过这份原文。请看过新的内容再操作。"))
    return locked


def touch(text: OfficialText) -> None:
    """Count a change of a locked text."""
    text.revision += 1
    text.save(update_fields=["revision"])


def _require_another(text: OfficialText, other: OfficialText) -> None:
    if other.pk == text.pk or other.parallel_of_id is not None or text.parallels.exists():
        raise Refused(_("另一版本应指向一份独立的原文。"))
    if other.status == Status.WITHDRAWN:
        raise Refused(_("那一份原文已经撤下。"))


def _reason(text: str) -> str:
    text = text.strip()
    if not text or "\0" in text:
        raise Refused(_("请写明原因。"))
    if len(text) > 500:
        raise Refused(_("原因不超过 500 个字。"))
    return text
