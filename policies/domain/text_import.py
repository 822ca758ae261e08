"""Importing official texts: a file is read, split, and every text in it becomes a draft."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from filings.public import Refused, User, record_audit
from jiaozuo_portal.lib.punctuation import listed
from policies import access
from policies.models import OfficialText, TextClause, TextFile
from policies.texts.outline import Outline, outlines
from policies.texts.reading import read_text
from policies.texts.refusals import Unreadable

#: More numbered clauses than these are a book or a table, and no text that somebody corrects.
MOST_CLAUSES = 600
LONGEST_CLAUSE = 20_000

_SCRIPTS = {
    "simplified": OfficialText.Script.HANS,
    "traditional": OfficialText.Script.HANT,
}
_MEDIA_TYPES = {
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


class AlreadyImported(Refused):
    """The same file again; `texts` are what it became."""

    def __init__(self, texts: list[OfficialText]) -> None:
        self.texts = texts
        super().__init__(
            _("这个文件已经导入过：%(texts)s。要重新导入，先撤下原来的。")
            % {"texts": listed(texts)}
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """The drafts that a file became, and what else it holds that was left out."""

    texts: list[OfficialText]
    left_out: tuple[str, ...]


def import_texts(content: bytes, name: str, *, by: User, at: datetime) -> Imported:
    """Read a file and keep each policy text in it as a draft, with the file; all or nothing.

    Documents of the file that name no responsible departments (a covering guide) are left out
    where others do. Raises NotAllowed; Refused with what is wrong and what to do; AlreadyImported.
    """
    access.may_keep_texts(by).require()
    try:
        read = read_text(content, name=name)
        found = outlines(read.lines)
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from None
    _require_fit(found.texts)
    try:
        with transaction.atomic():
            file = _kept_file(content, _clean_name(name, read.kind), read.kind, by=by, at=at)
            texts = [_kept_draft(outline, file, by=by) for outline in found.texts]
            return Imported(texts, found.left_out)
    except IntegrityError:  # the same file from two people in one moment
        raise Refused(_("同一个文件正在由别人导入，请刷新后再看。")) from None


def _require_fit(found: Sequence[Outline]) -> None:
    count = sum(len(one.pieces) for one in found)
    if not count:
        raise Refused(
            _("没有找到编号的条（例如行首的“1.”“2.”）。请检查文字，在每一条前面加上编号再导入。")
        )
    if count > MOST_CLAUSES:
        raise Refused(
            _("有 %(count)s 条，一次最多 %(most)s 条。请分成几个文件导入。")
            % {"count": count, "most": MOST_CLAUSES}
        )
    for outline in found:
        for piece in outline.pieces:
            if len(piece.body) > LONGEST_CLAUSE:
                raise Refused(
                    _("第 %(number)s 条超过 %(most)s 个字，像是几条连在一起。请检查编号再导入。")
                    % {"number": piece.number, "most": LONGEST_CLAUSE}
                )


def _kept_file(content: bytes, name: str, kind: str, *, by: User, at: datetime) -> TextFile:
    """The file in the portal's store; a file whose texts were all withdrawn is used again."""
    sha256 = hashlib.sha256(content).hexdigest()
    before = TextFile.objects.select_for_update().filter(sha256=sha256).first()
    if before is not None:
        if standing := list(before.texts.exclude(status=OfficialText.Status.WITHDRAWN)):
            raise AlreadyImported(standing)
        return before
    file = TextFile(
        name=name,
        media_type=_MEDIA_TYPES[kind],
        size=len(content),
        sha256=sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    file.file.save(str(file.key), ContentFile(content), save=False)
    file.save()
    return file


def _kept_draft(outline: Outline, file: TextFile, *, by: User) -> OfficialText:
    identity, validity = outline.identity, outline.identity.validity
    text = OfficialText.objects.create(
        file=file,
        title=identity.title[:300],
        number=identity.number[:60],
        issuer=identity.issuer[:120],
        dated=identity.dated,
        valid_from=validity.first if validity else None,
        valid_until=validity.last if validity else None,
        valid_basis=validity.words[:300] if validity else "",
        script=_SCRIPTS[identity.script],
        opening=outline.opening,
        closing=outline.closing,
    )
    TextClause.objects.bulk_create(
        TextClause(
            text=text,
            position=position,
            number=piece.number,
            section=piece.section[:300],
            body=piece.body,
            departments=list(piece.departments),
        )
        for position, piece in enumerate(outline.pieces, start=1)
    )
    record_audit("text.import", text, by=by)
    return text


def _clean_name(name: str, kind: str) -> str:
    """A name to show and to download under: no path, no signs that hide the ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = _NOT_IN_NAMES.sub(" ", last).strip(" .")
    ending = f".{kind}"
    if stem.lower().endswith(ending):
        stem = stem[: -len(ending)]
    return (stem or "text")[:120] + ending
