"""Attachments of a section: checked by content, frozen by version number."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Attachment, Filing, User
from filings.sections import SECTIONS
from jiaozuo_portal.lib import files
from jiaozuo_portal.lib.refusals import Refused

#: Sections that take attachments.
PLACES = (*SECTIONS, "roster", "supplies")

MOST_PER_SECTION = 20


_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


def clean_name(name: str, kind: files.FileKind) -> str:
    """A file name to show and to download under: no path, no signs that hide what it is.

    SECURITY: the ending is that of the content, so "plan.pdf.exe" comes back as a PDF.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = _NOT_IN_NAMES.sub(" ", last).strip(" .")
    ending = "." + stem.rpartition(".")[2].lower() if "." in stem else ""
    same_kind = {".jpeg", ".jpg"} if kind is files.JPEG else {kind.extension}
    if ending not in same_kind:
        stem, ending = (stem or "file") + kind.extension, kind.extension
    return stem[: -len(ending)][: 120 - len(ending)] + stem[-len(ending) :]


def attach_file(filing: Filing, section: str, upload: Any, *, by: User, at: datetime) -> Attachment:
    """Keep an uploaded file with a section.

    PDF, images, Word and Excel, 20 MB each; the content decides the type, not the name. Raises
    Refused with what is wrong and what to do.
    """
    access.may_edit(by, filing).require()
    if section not in PLACES:
        raise Refused(_("没有这个部分。"))
    if (
        Attachment.objects.filter(filing=filing, section=section).in_draft().count()
        >= MOST_PER_SECTION
    ):
        raise Refused(_("每个部分最多 %(most)s 个附件。") % {"most": MOST_PER_SECTION})
    try:
        kind = files.inspect(upload)
    except files.BadFile as refusal:
        raise Refused(str(refusal)) from None
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    with transaction.atomic():
        attachment = Attachment(
            filing=filing,
            section=section,
            name=clean_name(upload.name, kind),
            media_type=kind.media_type,
            size=upload.size,
            sha256=digest.hexdigest(),
            uploaded_by=by,
            uploaded_at=at,
        )
        attachment.file.save(str(attachment.key), upload, save=False)
        attachment.save()
        Filing.objects.filter(pk=filing.pk).update(edited_at=at)
    return attachment


def remove_attachment(attachment: Attachment, *, by: User) -> None:
    """Take an attachment out of the draft; versions that hold it keep it."""
    access.may_edit(by, attachment.filing).require()
    if attachment.first_version is None:
        name, storage = str(attachment.file.name), attachment.file.storage
        attachment.delete()
        transaction.on_commit(lambda: storage.delete(name))
        return
    attachment.removed = True
    attachment.save(update_fields=["removed"])


def may_download(user: User, attachment: Attachment) -> bool:
    """The enterprise downloads what its draft or a version holds; authorities only the latter."""
    if access.may_see_draft(user, attachment.filing):
        return True
    return attachment.first_version is not None
