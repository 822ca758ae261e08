"""Judging a filing's support measures and keeping what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from filings.public import Filing, filings_by_id, notify_enterprise
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies.eligibility import judge
from policies.models import Match, Pack, SupportLink
from policies.queries.facts import gather
from policies.queries.kept import kept_for
from policies.queries.packs import Rules, published_rules
from policies.queries.verdicts import content_of, digest_of, offers

NO = SupportLink.Verdict.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one judging did: how many rows it wrote, and how many measures changed verdict."""

    written: int = 0
    changed: int = 0
    is_first: bool = False


def match_filing(filing_id: int, *, at: datetime, notify: bool = True) -> Outcome:
    """Judge every measure of the published pack for a filing, on the portal day of `at`.

    Only verdicts that differ from the current ones are written; those stay as history. Owners
    and clerks hear how many verdicts changed, but not of the first judging. Nothing happens
    before a pack is published, or for a filing that is gone. One transaction, under a lock of
    its own, so that two workers never write the same twice.
    """
    with transaction.atomic():
        filing = filings_by_id([filing_id]).get(filing_id)
        if filing is None:
            return Outcome()
        match = _locked_match(filing)
        # Read again under the lock: whoever held it may have changed profile or answers.
        filing = filings_by_id([filing_id])[filing_id]
        rules = published_rules()
        if rules is None:
            return Outcome()
        outcome = _judge(filing, rules, at=at, is_first=match.day is None)
        match.pack, match.day, match.at = rules.row, clock.day_of(at), at
        match.save(update_fields=["pack", "day", "at"])
        if notify and outcome.changed and not outcome.is_first:
            _tell(filing, outcome.changed, at=at)
    return outcome


def request_rematch(*, at: datetime) -> int:
    """Ask for every filing to be judged that has no verdict of this day and pack; how many.

    The key names day and pack, so that asking twice is asking once.
    """
    with transaction.atomic():
        pack = Pack.objects.published().only("pk").first()
        if pack is None:
            return 0
        day = clock.day_of(at)
        waiting = Filing.objects.exclude(match__day=day, match__pack=pack)
        count = 0
        for pk in waiting.order_by("pk").values_list("pk", flat=True):
            enqueue("support.match", pk, key=f"support:{pk}:{day}:{pack.pk}")
            count += 1
    return count


def _locked_match(filing: Filing) -> Match:
    Match.objects.get_or_create(filing=filing)
    return Match.objects.select_for_update().get(filing=filing)


def _judge(filing: Filing, rules: Rules, *, at: datetime, is_first: bool) -> Outcome:
    gathered = gather(
        filing,
        rules.pack.registry,
        kept=kept_for([filing.enterprise.uscc], clock.day_of(at)),
    )
    judgement = judge(rules.pack, gathered.values, clock.day_of(at))
    contents = {
        key: content_of(result, judgement, gathered) for key, result in offers(judgement).items()
    }
    digests = {key: digest_of(content) for key, content in contents.items()}
    current = {
        link.measure: link
        for link in SupportLink.objects.filter(filing=filing).current().defer("content")
    }
    ended = [link.pk for key, link in current.items() if digests.get(key) != link.sha256]
    fresh = [key for key in contents if key not in current or current[key].sha256 != digests[key]]
    SupportLink.objects.filter(pk__in=ended).update(superseded_at=at)
    SupportLink.objects.bulk_create(
        _link(filing, rules, key, contents[key], digests[key], at=at) for key in fresh
    )
    before = {key: link.verdict for key, link in current.items()}
    after = {key: content["verdict"] for key, content in contents.items()}
    return Outcome(len(fresh), _changes(before, after), is_first)


def _link(
    filing: Filing,
    rules: Rules,
    key: str,
    content: dict[str, Any],
    sha256: str,
    *,
    at: datetime,
) -> SupportLink:
    return SupportLink(
        filing=filing,
        measure=key,
        pack=rules.row,
        verdict=content["verdict"],
        amount_yuan=content["amount_yuan"],
        content=content,
        sha256=sha256,
        day=clock.day_of(at),
        valid_until=rules.pack.measures[key].validity.last,
        at=at,
    )


def _changes(before: dict[str, str], after: dict[str, str]) -> int:
    """How many measures have another verdict; one that comes or goes as a no is no news."""
    return sum(before.get(key, NO) != after.get(key, NO) for key in before.keys() | after.keys())


def _tell(filing: Filing, changed: int, *, at: datetime) -> None:
    notify_enterprise(
        filing.enterprise_id,
        "support",
        at=at,
        filing=filing,
        url=reverse("support", args=[filing.pk]),
        count=changed,
    )
