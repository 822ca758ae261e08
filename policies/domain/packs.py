"""Loading a pack folder as a new version, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.utils import timezone

from filings.public import User, record_audit
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies import eligibility
from policies.eligibility.archives import UnfitArchive, read_archive
from policies.eligibility.checking import Fault, check_content
from policies.eligibility.loading import folder_content, pack_path
from policies.eligibility.packs import PackError
from policies.eligibility.words import _
from policies.models import Clause, Document, Measure, Pack, Rematch
from policies.queries.packs import digest, rules_from

from .rematch import request_rematch


class UnfitPack(Exception):
    """A pack with faults, each with file and line; nothing of it was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Loaded:
    """The version that holds a folder's content, and whether it was made just now."""

    pack: Pack
    is_new: bool


def load_folder(folder: str | Path | None, *, at: datetime) -> Loaded:
    """Load and publish a pack folder (the only one beside the code when None).

    The same content again changes nothing. Else it becomes the next version, the one before is
    withdrawn, and every filing is judged again. Raises UnfitPack with every fault by file and
    line, or the folder that is none; then nothing is written.
    """
    try:
        content = folder_content(pack_path(folder))
    except PackError as refused:
        raise UnfitPack([Fault(refused.place, 1, refused.reason)]) from refused
    return load_content(content, at=at)


def load_archive(file: IO[bytes], *, by: User, at: datetime) -> Loaded:
    """Load and publish a pack that an administrator sends as a zip; audited with its sender.

    Raises UnfitPack with every fault by file and line; then nothing is written.
    """
    try:
        content = read_archive(file)
    except UnfitArchive as unfit:
        raise UnfitPack([Fault(one.place, 1, one.reason) for one in unfit.faults]) from unfit
    return load_content(content, by=by, at=at)


def load_content(content: Mapping[str, bytes], *, at: datetime, by: User | None = None) -> Loaded:
    """Load and publish a pack given as its files; see `load_folder`."""
    texts = checked(content)
    with transaction.atomic():
        one_at_a_time()
        published = Pack.objects.published().defer("content").first()
        if published and published.sha256 == digest(texts):
            keep_judging_daily(at=at)
            return Loaded(published, is_new=False)
        pack = store(texts, at=at)
        publish(pack, at=at)
        if by is not None:
            record_audit("pack.load", pack, by=by)
    return Loaded(pack, is_new=True)


def checked(content: Mapping[str, bytes]) -> dict[str, str]:
    """The text of a fit pack's files. Raises UnfitPack with every fault by file and line."""
    faults = check_content(content)
    texts = {}
    for name, raw in content.items():
        try:
            texts[name] = raw.decode()
        except UnicodeDecodeError:
            faults.append(Fault(name, 1, _("不是 UTF-8 编码")))
        else:
            if "\0" in texts[name]:  # no database keeps it
                faults.append(Fault(name, 1, _("含有空字符")))
    if faults:
        raise UnfitPack(list(dict.fromkeys(faults)))
    return texts


def publish(pack: Pack, *, at: datetime) -> None:
    """Let verdicts rest on this version from now on; the one before is withdrawn."""
    with transaction.atomic():
        one_at_a_time()
        Pack.objects.published().exclude(pk=pack.pk).update(
            status=Pack.Status.WITHDRAWN, withdrawn_at=at
        )
        pack.status, pack.published_at = Pack.Status.PUBLISHED, at
        pack.save(update_fields=["status", "published_at"])
        request_rematch(Rematch.Cause.PACK, f"{pack.pk} {at.isoformat()}", at=at)
        keep_judging_daily(at=at)


def keep_judging_daily(*, at: datetime, done: date | None = None) -> None:
    """Ask for the next day's judging, once: validity ends with the calendar (portal days).

    Each day's work asks for the next one, so the chain needs no scheduler of its own. `done` is
    the day whose work asks: were the portal's clock behind it, the chain would ask for that very
    day, which is no news, and end.
    """
    next_day = max(clock.day_of(at), done or date.min) + timedelta(days=1)
    start = datetime.combine(next_day, time(), tzinfo=timezone.get_default_timezone())
    with transaction.atomic():
        enqueue(
            "support.day",
            next_day.isoformat(),
            due_at=clock.real_moment_of(start),
            key=f"support.day:{next_day}",
        )


def one_at_a_time() -> None:
    """Let the packs change one after the other, until the transaction ends."""
    # Two processes that load at once would both see the old version; SQLite locks by itself.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policies.pack'))")


def store(content: Mapping[str, str], *, at: datetime) -> Pack:
    """The next version of a pack, not yet published; `content` is what `checked` gave."""
    rules = rules_from(content)
    last = Pack.objects.filter(key=rules.id).order_by("-version").only("version").first()
    pack = Pack.objects.create(
        key=rules.id,
        version=last.version + 1 if last else 1,
        edition=rules.version,
        title=rules.title.zh,
        title_en=rules.title.en,
        sha256=digest(content),
        content=content,
        loaded_at=at,
    )
    _store_measures(pack, rules, _store_clauses(rules, _store_documents(pack, rules)))
    return pack


def _store_documents(pack: Pack, rules: eligibility.Pack) -> dict[str, Document]:
    rows = [
        Document(
            pack=pack,
            key=document.key,
            number=document.number,
            title=document.title.zh,
            title_en=document.title.en,
            issuer=document.issuer.zh,
            level=document.level,
            date=document.date,
            valid_from=document.validity.first,
            valid_until=document.validity.last,
        )
        for document in rules.documents.values()
    ]
    return {row.key: row for row in Document.objects.bulk_create(rows)}


def _store_clauses(rules: eligibility.Pack, documents: dict[str, Document]) -> dict[str, Clause]:
    rows = {
        key: Clause(
            document=documents[clause.document],
            number=clause.number,
            summary=clause.summary.zh,
            summary_en=clause.summary.en,
        )
        for key, clause in rules.clauses.items()
    }
    Clause.objects.bulk_create(rows.values())
    return rows


def _store_measures(pack: Pack, rules: eligibility.Pack, clauses: dict[str, Clause]) -> None:
    Measure.objects.bulk_create(
        Measure(
            pack=pack,
            clause=clauses[measure.clause],
            key=measure.id,
            label=measure.label.zh,
            label_en=measure.label.en,
            kind=measure.kind.value,
            strength=measure.strength,
            topic=measure.topic,
            departments=list(measure.departments),
            valid_from=measure.validity.first,
            valid_until=measure.validity.last,
        )
        for measure in rules.measures.values()
    )
