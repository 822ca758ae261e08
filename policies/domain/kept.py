"""Official lists and announced values: written, corrected, withdrawn, each with name and source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Agency, Filing, Refused, Stale, User, notify_agency, record_audit
from jiaozuo_portal.lib.bulk import in_parts
from jiaozuo_portal.outbox.queue import Work, enqueue_all
from policies import access
from policies.eligibility.conditions import plain
from policies.models import Announced, ListEntry, OfficialList, Rematch
from policies.queries.kept import announced_facts, list_facts, may_be_keepers
from policies.queries.packs import published_rules

from .rematch import request_rematch


@dataclass(frozen=True, slots=True)
class Line:
    """One enterprise as it is to stand on a list; both days included."""

    uscc: str
    name: str
    valid_from: date
    valid_until: date | None
    source: str
    source_date: date


@dataclass(frozen=True, slots=True)
class Entered:
    """What an import did."""

    added: int
    corrected: int
    same: int


def enter(fact: str, lines: Sequence[Line], *, by: User, at: datetime) -> Entered:
    """Put enterprises on a list, all of them or none; one that stands on it is corrected.

    A row that says the same writes nothing. Filings of the enterprises are judged again. Raises
    NotAllowed, and Refused for a fact without a list or an enterprise twice.
    """
    if len({line.uscc for line in lines}) < len(lines):
        raise Refused(_("同一家企业出现了两次。"))
    with transaction.atomic():
        kept = _locked(fact, by)
        wanted = {line.uscc: line for line in lines}
        standing = {
            row.uscc: row
            for row in kept.entries.filter(ended_at__isnull=True, uscc__in=wanted.keys())
        }
        new = [line for line in lines if line.uscc not in standing]
        other = [
            line for line in lines if line.uscc in standing and _says(standing[line.uscc]) != line
        ]
        _end(
            ListEntry.objects.filter(pk__in=[standing[line.uscc].pk for line in other]),
            ListEntry.Ending.CORRECTED,
            by=by,
            at=at,
        )
        made = ListEntry.objects.bulk_create(
            ListEntry(
                official_list=kept,
                uscc=line.uscc,
                name=line.name,
                valid_from=line.valid_from,
                valid_until=line.valid_until,
                source=line.source,
                source_date=line.source_date,
                by=by,
                at=at,
            )
            for line in (*new, *other)
        )
        if made:
            record_audit("list.enter", kept, by=by, field=fact, reason=str(len(made)))
            usccs = [row.uscc for row in made]
            _judge_again(f"entry:{made[-1].pk}", at=at, usccs=usccs)
    return Entered(len(new), len(other), len(lines) - len(made))


def take_off(entry: ListEntry, *, by: User, at: datetime) -> None:
    """Withdraw an entry that was written by mistake. Raises Stale when it no longer stands.

    Whoever leaves a list on a day is corrected with a last day instead.
    """
    with transaction.atomic():
        kept = _locked(entry.official_list.fact, by)
        standing = kept.entries.filter(pk=entry.pk, ended_at__isnull=True)
        if not _end(standing, ListEntry.Ending.WITHDRAWN, by=by, at=at):
            raise Stale(_("这一条已经更正或撤回，请刷新页面。"))
        record_audit("list.take_off", entry, by=by, field=kept.fact)
        _judge_again(f"off:{entry.pk}", at=at, usccs=[entry.uscc])


def declare_complete(fact: str, day: date | None, *, by: User, at: datetime) -> OfficialList:
    """Say from which day a list names everybody, or take that back with None."""
    with transaction.atomic():
        kept = _locked(fact, by)
        if kept.complete_from != day:
            kept.complete_from = day
            kept.save(update_fields=["complete_from"])
            said = record_audit("list.complete", kept, by=by, field=fact, reason=str(day or ""))
            _judge_again(f"complete:{said.pk}", at=at)
    return kept


def hand_list_over(fact: str, to: Agency, *, by: User, at: datetime) -> OfficialList:
    """Give a list to another agency to keep; its people hear of it. The same keeper is no change.

    Raises NotAllowed for who may not write to the list, and Refused for an agency that keeps none.
    """
    if not may_be_keepers().filter(pk=to.pk).exists():
        raise Refused(_("名单由政策责任部门或市工信局维护，请选择其中一个部门。"))
    with transaction.atomic():
        kept = _locked(fact, by)
        if kept.keeper_id != to.pk:
            kept.keeper = to
            kept.save(update_fields=["keeper"])
            record_audit("list.keeper", kept, by=by, field=fact, reason=to.name)
            notify_agency(
                to.pk, "list_keeper", at=at, url=reverse("official_list", args=[fact]),
                by=by.get_full_name(),
            )  # fmt: skip
    return kept


def announce(
    fact: str,
    value: Any,
    *,
    since: date,
    source: str,
    source_date: date,
    by: User,
    at: datetime,
) -> Announced:
    """Announce a value that holds from a day on; one of the same day is corrected.

    `value` is plain in the unit of the fact and was accepted by the registry. Every filing is
    judged again.
    """
    access.may_announce(by).require()
    rules = published_rules()
    if rules is None or fact not in announced_facts(rules.pack.registry):
        raise Refused(_("没有这一项。"))
    spec = rules.pack.registry.facts[fact]
    with transaction.atomic():
        same_day = Announced.objects.select_for_update().filter(
            fact=fact, since=since, ended_at__isnull=True
        )
        _end(same_day, Announced.Ending.CORRECTED, by=by, at=at)
        made = Announced.objects.create(
            fact=fact,
            value=plain(spec.parse(value)),
            since=since,
            source=source,
            source_date=source_date,
            by=by,
            at=at,
        )
        record_audit("announce", made, by=by, field=fact)
        _judge_again(f"announced:{made.pk}", at=at)
    return made


def take_back(announced: Announced, *, by: User, at: datetime) -> None:
    """Withdraw an announced value; the one before it holds again. Raises Stale when it is gone."""
    access.may_announce(by).require()
    with transaction.atomic():
        standing = Announced.objects.filter(pk=announced.pk, ended_at__isnull=True)
        if not _end(standing, Announced.Ending.WITHDRAWN, by=by, at=at):
            raise Stale(_("这一条已经更正或撤回，请刷新页面。"))
        record_audit("announce.take_back", announced, by=by, field=announced.fact)
        _judge_again(f"back:{announced.pk}", at=at)


def _locked(fact: str, by: User) -> OfficialList:
    """The list under lock; whoever writes first keeps it for their agency."""
    rules = published_rules()
    if rules is None or fact not in list_facts(rules.pack.registry):
        raise Refused(_("没有这份名单。"))
    OfficialList.objects.get_or_create(fact=fact)
    kept = OfficialList.objects.select_for_update().get(fact=fact)
    access.may_keep(by, kept).require()
    if kept.keeper_id is None:
        kept.keeper_id = access.agency_of(by)
        kept.save(update_fields=["keeper"])
    return kept


def _says(row: ListEntry) -> Line:
    return Line(row.uscc, row.name, row.valid_from, row.valid_until, row.source, row.source_date)


def _end(rows: Any, ending: str, *, by: User, at: datetime) -> int:
    return int(rows.update(ended_at=at, ended_by=by, ending=ending))


def _judge_again(change: str, *, at: datetime, usccs: Iterable[str] | None = None) -> None:
    """Ask for the filings of these enterprises, or all, to be judged again."""
    if usccs is None:
        request_rematch(Rematch.Cause.KEPT, change, at=at)
        return
    for some in in_parts(usccs):
        filings = Filing.objects.filter(enterprise__uscc__in=some).order_by("pk")
        enqueue_all(
            Work("support.match", str(pk), f"support:{pk}:{change}")
            for pk in filings.values_list("pk", flat=True)
        )
