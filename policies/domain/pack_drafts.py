"""Writing drafts of packs: one officer edits and asks, another one publishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings.public import NotAllowed, Refused, Stale, User, record_audit
from policies.models import DraftFile, Pack, PackDraft
from policies.queries.pack_drafts import (
    TOPICS,
    content_of_draft,
    merged_content,
    stamp_of,
    with_clause,
)
from policies.queries.packs import as_bytes, digest

from .packs import UnfitPack, checked, one_at_a_time, publish, store

Status = PackDraft.Status


def start_draft(base: Pack, *, name: str, by: User, at: datetime) -> PackDraft:
    """A new draft that begins as a copy of `base`. Raises NotAllowed for who is no officer."""
    _require_officer(by)
    name = name.strip()
    if not name or len(name) > 100 or "\0" in name:
        raise Refused(_("请给草稿起一个名称，不超过 100 个字。"))
    with transaction.atomic():
        draft = PackDraft.objects.create(base=base, name=name, created_by=by, created_at=at)
        record_audit("draft.start", draft, by=by)
    return draft


def save_clause(
    draft: PackDraft,
    path: str,
    content: Mapping[str, Any],
    *,
    stamp: str,
    by: User,
    at: datetime,
) -> bool:
    """Write a clause file of the draft; whether anything differs from what stood there.

    `stamp` is `stamp_of` the text that the officer had opened ("" for a new file). Raises Stale
    when somebody else saved the file since; then nothing is written and nothing is lost. The file
    of topics follows: an item is a member of the topic that it names.
    """
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        files = content_of_draft(locked)
        before = files.get(path, "")
        if stamp != (stamp_of(before) if before else ""):
            raise Stale(_("您打开之后，别人保存过这一条。请看过新的内容再改，您填写的仍在页面上。"))
        written = with_clause(files, path, content)
        if written[path] == before:
            return False
        for name in (path, TOPICS):
            if written[name] != files.get(name):
                keep_file(locked, name, written[name], by=by, at=at)
        record_audit("draft.edit", locked, by=by, reason=path)
    return True


def open_draft(draft: PackDraft, *, by: User) -> PackDraft:
    """The row of a draft that may be written in, locked.

    Raises NotAllowed for who is no officer, Stale where it was asked for or ended meanwhile,
    Refused where it restores a version as it was.
    """
    _require_officer(by)
    locked = _locked(draft, Status.OPEN)
    if locked.restores:
        raise Refused(_("恢复旧版的草稿原样发布，不能修改。"))
    return locked


def ask_to_publish(draft: PackDraft, *, by: User, at: datetime) -> None:
    """Ask a second officer to publish. Raises UnfitPack with every fault."""
    _require_officer(by)
    with transaction.atomic():
        locked = _locked(draft, Status.OPEN)
        if not locked.restores and not locked.files.exists():
            raise Refused(_("草稿和依据的版本相同，没有要发布的。"))
        checked(as_bytes(_publishable(locked)))
        _move(locked, Status.ASKED, asked_by=by, asked_at=at)
        record_audit("draft.ask", locked, by=by)


def take_back(draft: PackDraft, *, reason: str, by: User) -> None:
    """Open an asked draft for editing again, with the reason."""
    _require_officer(by)
    reason = _reason(reason)
    with transaction.atomic():
        locked = _locked(draft, Status.ASKED)
        _move(locked, Status.OPEN, asked_by=None, asked_at=None)
        record_audit("draft.take_back", locked, by=by, reason=reason)


def discard_draft(draft: PackDraft, *, reason: str, by: User) -> None:
    """Give a draft up; what was written in it stays readable."""
    _require_officer(by)
    reason = _reason(reason)
    with transaction.atomic():
        locked = _locked(draft, Status.OPEN, Status.ASKED)
        _move(locked, Status.DISCARDED)
        record_audit("draft.discard", locked, by=by, reason=reason)


def publish_draft(draft: PackDraft, *, revision: int, by: User, at: datetime) -> Pack:
    """Publish what a colleague asked for; every filing is judged again.

    `revision` is the state of the draft that the officer looked at. Raises NotAllowed for whoever
    wrote in it or asked, Stale when it changed since, Refused when a version published meanwhile
    changed the same file, UnfitPack with every fault.
    """
    _require_officer(by)
    with transaction.atomic():
        one_at_a_time()
        locked = _locked(draft, Status.ASKED)
        if why := why_not_publish(locked, by):
            raise NotAllowed(why)
        if locked.revision != revision:
            raise Stale(_("草稿在您打开之后有变化，请重新看过再发布。"))
        content = checked(as_bytes(_publishable(locked)))
        published = Pack.objects.published().filter(key=locked.base.key).first()
        if published and published.sha256 == digest(content):
            raise Refused(_("内容与正在施行的版本相同，不必发布。"))
        pack = store(content, at=at)
        publish(pack, at=at)
        _move(locked, Status.PUBLISHED, result=pack)
        record_audit("draft.publish", locked, by=by)
        record_audit("pack.publish", pack, by=by)
    return pack


def why_not_publish(draft: PackDraft, person: User) -> str:
    """Why this officer may not publish the draft; blank when they may."""
    hands = {draft.created_by_id, draft.asked_by_id, *draft.editors.values_list("pk", flat=True)}
    if person.pk in hands:
        return _("草稿由您编辑或提请，须由另一位政策人员复核发布。")
    return ""


def restore_version(version: Pack, *, reason: str, by: User, at: datetime) -> PackDraft:
    """Ask for an earlier version to be published again as it was; a second officer decides."""
    reason = _reason(reason)
    if version.status == Pack.Status.PUBLISHED:
        raise Refused(_("这个版本正在施行。"))
    with transaction.atomic():
        name = _("恢复到第 %(version)s 版") % {"version": version.version}
        draft = start_draft(version, name=name, by=by, at=at)
        draft.restores = True
        draft.save(update_fields=["restores"])
        ask_to_publish(draft, by=by, at=at)
        record_audit("pack.restore", version, by=by, reason=reason)
    draft.refresh_from_db()
    return draft


def withdraw_version(version: Pack, *, reason: str, by: User, at: datetime) -> None:
    """Take the published version out of force at once; nothing is judged until another one is."""
    _require_officer(by)
    reason = _reason(reason)
    with transaction.atomic():
        one_at_a_time()
        count = Pack.objects.filter(pk=version.pk, status=Pack.Status.PUBLISHED).update(
            status=Pack.Status.WITHDRAWN, withdrawn_at=at
        )
        if not count:
            raise Refused(_("这个版本已经不在施行。"))
        record_audit("pack.withdraw", version, by=by, reason=reason)


def _publishable(draft: PackDraft) -> dict[str, Any]:
    content, overlap = merged_content(draft)
    if overlap is not None:
        message = _("第 %(version)s 版也改了：%(paths)s。请从新版本另起草稿，把修改带过去。")
        paths = _("、").join(overlap.paths)
        raise Refused(message % {"version": overlap.published.version, "paths": paths})
    return content


def _require_officer(person: User) -> None:
    if not person.posts_of("policy"):
        raise NotAllowed(_("只有政策部门的人员可以修改政策。"))


def _reason(text: str) -> str:
    text = text.strip()
    if not text or "\0" in text:
        raise Refused(_("请写明原因。"))
    if len(text) > 500:
        raise Refused(_("原因不超过 500 个字。"))
    return text


def _locked(draft: PackDraft, *states: str) -> PackDraft:
    locked = (
        PackDraft.objects.select_for_update(of=("self",)).select_related("base").get(pk=draft.pk)
    )
    if locked.status not in states:
        label = locked.get_status_display()
        raise Stale(_("草稿现在的状态是“%(state)s”，不能这样操作。") % {"state": label})
    return locked


def _move(draft: PackDraft, status: str, **fields: Any) -> None:
    draft.status = status
    draft.revision += 1
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=["status", "revision", *fields])


def keep_file(draft: PackDraft, path: str, text: str, *, by: User, at: datetime) -> None:
    """Keep one file of a locked draft; as in the base, it is no change of the draft."""
    row = DraftFile.objects.filter(draft=draft, path=path).first()
    if text == draft.base.content.get(path):
        if row is not None:
            row.delete()
    elif row is None:
        DraftFile.objects.create(draft=draft, path=path, text=text, edited_by=by, edited_at=at)
    else:
        row.text, row.edited_by, row.edited_at = text, by, at
        row.revision += 1
        row.save(update_fields=["text", "edited_by", "edited_at", "revision"])
    count_change(draft, by=by)


def count_change(draft: PackDraft, *, by: User) -> None:
    """Note that somebody wrote in a locked draft: they do not publish it."""
    draft.revision += 1
    draft.save(update_fields=["revision"])
    draft.editors.add(by)


__all__ = [
    "UnfitPack",
    "ask_to_publish",
    "count_change",
    "discard_draft",
    "keep_file",
    "open_draft",
    "publish_draft",
    "restore_version",
    "save_clause",
    "start_draft",
    "take_back",
    "why_not_publish",
    "withdraw_version",
]
