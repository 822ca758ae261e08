"""Loading a pack folder as a new version, and publishing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies import eligibility
from policies.eligibility.checking import Fault, check_pack
from policies.eligibility.loading import pack_path
from policies.models import Clause, Document, Measure, Pack
from policies.queries.packs import digest, rebuild

from .matching import request_rematch


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
    line, and PackError for a folder that is none; then nothing is written.
    """
    path = pack_path(folder)
    faults = check_pack(path)
    if faults:
        raise UnfitPack(faults)
    content = files_of(path)
    rules = eligibility.load_pack(path)
    with transaction.atomic():
        _one_at_a_time()
        published = Pack.objects.published().defer("content").first()
        sha256 = digest(content)
        if published and (published.key, published.sha256) == (rules.id, sha256):
            keep_judging_daily(at=at)
            return Loaded(published, is_new=False)
        pack = _store(rules, content, sha256, at=at)
        publish(pack, at=at)
    return Loaded(pack, is_new=True)


def files_of(folder: Path) -> dict[str, str]:
    """The text of every YAML file of a pack, by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.yaml"))
    }


def publish(pack: Pack, *, at: datetime) -> None:
    """Let verdicts rest on this version from now on; the one before is withdrawn."""
    with transaction.atomic():
        _one_at_a_time()
        Pack.objects.published().exclude(pk=pack.pk).update(
            status=Pack.Status.WITHDRAWN, withdrawn_at=at
        )
        pack.status, pack.published_at = Pack.Status.PUBLISHED, at
        pack.save(update_fields=["status", "published_at"])
        request_rematch(at=at)
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


def _one_at_a_time() -> None:
    # Two processes that load at once would both see the old version; SQLite locks by itself.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policies.pack'))")


def _store(rules: eligibility.Pack, content: dict[str, str], sha256: str, *, at: datetime) -> Pack:
    rebuild(content, sha256)  # what every other process will do; better refused here than there
    last = Pack.objects.filter(key=rules.id).order_by("-version").only("version").first()
    pack = Pack.objects.create(
        key=rules.id,
        version=last.version + 1 if last else 1,
        edition=rules.version,
        title=rules.title.zh,
        title_en=rules.title.en,
        sha256=sha256,
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
