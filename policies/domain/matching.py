"""Judging filings and keeping what differs: one of them, or many in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from filings.public import Filing, filings_by_id, notify_enterprise
from jiaozuo_portal.lib import clock
from policies.models import Match, Rematch
from policies.queries.packs import published_rules
from policies.queries.rematch import cases_of

from .keeping import keep


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one judging did: how many rows it wrote, and how many measures changed verdict."""

    written: int = 0
    changed: int = 0
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """What judging several filings did; `unfit` are those that could not be judged, with why."""

    outcomes: Mapping[int, Outcome] = field(default_factory=dict)
    unfit: Mapping[int, Exception] = field(default_factory=dict)


def match_filing(filing_id: int, *, at: datetime, notify: bool = True) -> Outcome:
    """Judge every measure of the published pack for a filing, on the portal day of `at`.

    Only verdicts that differ from the current ones are written; those stay as history. Owners
    and clerks hear how many verdicts changed, but not of the first judging. Nothing happens
    before a pack is published, or for a filing that is gone. One transaction, under a lock of
    its own, so that two workers never write the same twice. Raises FactError where the pack does
    not fit this city.
    """
    matched = match_filings([filing_id], at=at, notify=notify)
    for reason in matched.unfit.values():
        raise reason
    return matched.outcomes.get(filing_id, Outcome())


def match_filings(ids: Iterable[int], *, at: datetime, notify: bool = True) -> Matched:
    """The same for many filings, with a fixed number of reads and writes.

    One that cannot be judged is told and left as it was, so that it holds up nobody else.
    """
    with transaction.atomic():
        matches = _locked(ids)
        # The round comes first: what it was asked for is there to be read after it. The rest is
        # read under the locks: whoever held one may have changed profile or answers.
        rematch = Rematch.objects.order_by("-pk").values_list("pk", flat=True).first()
        rules = published_rules()
        if rules is None or not matches:
            return Matched()
        cases, unfit = cases_of(matches.values(), rules, clock.day_of(at))
        outcomes = {
            pk: Outcome(len(one.fresh), one.changed, is_first=matches[pk].day is None)
            for pk, one in keep(cases, rules, at=at).items()
        }
        if notify:
            _tell(outcomes, at=at)
        Match.objects.filter(filing_id__in=outcomes).update(
            pack=rules.row, day=clock.day_of(at), at=at, rematch=rematch
        )
    return Matched(outcomes, unfit)


def _locked(ids: Iterable[int]) -> dict[int, Match]:
    """The rows of these filings under lock; filings that are gone have none."""
    wanted = list(ids)
    there = Filing.objects.filter(pk__in=wanted, match__isnull=True).values_list("pk", flat=True)
    Match.objects.bulk_create([Match(filing_id=pk) for pk in there], ignore_conflicts=True)
    # In the order of their keys, so that two batches never wait for each other.
    rows = Match.objects.select_for_update().filter(filing_id__in=wanted).order_by("pk")
    return {match.filing_id: match for match in rows}


def _tell(outcomes: Mapping[int, Outcome], *, at: datetime) -> None:
    """A notice to the people of each filing with news."""
    news = {pk: one.changed for pk, one in outcomes.items() if one.changed and not one.is_first}
    for pk, filing in filings_by_id(news).items():
        notify_enterprise(
            filing.enterprise_id,
            "support",
            at=at,
            filing=filing,
            url=reverse("support", args=[pk]),
            count=news[pk],
        )
