"""Judging a filing's support measures and keeping what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from filings.public import Filing, filings_by_id, notify_enterprise
from jiaozuo_portal.lib import clock
from policies.eligibility import judge
from policies.models import Declaration, Match, SupportLink
from policies.queries.facts import declarations_by_enterprise, gather
from policies.queries.kept import Kept, kept_for
from policies.queries.packs import Rules, published_rules
from policies.queries.verdicts import content_of, digest_of, offers

NO = SupportLink.Verdict.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one judging did: how many rows it wrote, and how many measures changed verdict."""

    written: int = 0
    changed: int = 0
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging a filing would write: the links that end, those that begin, and the news."""

    ended: list[int]
    fresh: list[SupportLink]
    changed: int


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
            tell(filing, outcome.changed, at=at)
    return outcome


def _locked_match(filing: Filing) -> Match:
    Match.objects.get_or_create(filing=filing)
    return Match.objects.select_for_update().get(filing=filing)


def judged(
    filing: Filing,
    rules: Rules,
    *,
    at: datetime,
    declared: list[Declaration],
    kept: Kept,
    links: Iterable[SupportLink],
) -> Judged:
    """Judge a filing on what was read of it, and compare with `links`, its current ones.

    Nothing is read or written. Raises FactError where the pack does not fit this city.
    """
    gathered = gather(filing, rules.pack.registry, declared, kept)
    judgement = judge(rules.pack, gathered.values, clock.day_of(at))
    contents = {
        key: content_of(result, judgement, gathered) for key, result in offers(judgement).items()
    }
    digests = {key: digest_of(content) for key, content in contents.items()}
    current = {link.measure: link for link in links}
    fresh = [key for key in contents if key not in current or current[key].sha256 != digests[key]]
    return Judged(
        [link.pk for key, link in current.items() if digests.get(key) != link.sha256],
        [_link(filing, rules, key, contents[key], digests[key], at=at) for key in fresh],
        _changes(
            {key: link.verdict for key, link in current.items()},
            {key: content["verdict"] for key, content in contents.items()},
        ),
    )


def _judge(filing: Filing, rules: Rules, *, at: datetime, is_first: bool) -> Outcome:
    enterprise = filing.enterprise
    found = judged(
        filing,
        rules,
        at=at,
        declared=declarations_by_enterprise([enterprise.pk]).get(enterprise.pk, []),
        kept=kept_for([enterprise.uscc], clock.day_of(at)),
        links=SupportLink.objects.filter(filing=filing).current().defer("content"),
    )
    SupportLink.objects.filter(pk__in=found.ended).update(superseded_at=at)
    SupportLink.objects.bulk_create(found.fresh)
    return Outcome(len(found.fresh), found.changed, is_first)


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


def tell(filing: Filing, changed: int, *, at: datetime) -> None:
    notify_enterprise(
        filing.enterprise_id,
        "support",
        at=at,
        filing=filing,
        url=reverse("support", args=[filing.pk]),
        count=changed,
    )
