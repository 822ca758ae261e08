"""What ends soon, and which filings have not applied for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from filings.public import Filing
from policies.eligibility import FactError, judge
from policies.eligibility.facts import SourceKind
from policies.eligibility.overriding import overridden_on
from policies.eligibility.packs import GivenPer, Pack
from policies.models import Application, DeadlineReminder, SupportLink
from policies.states import STANDING, WITH_APPLICANT

from .applications import benefit_of
from .facts import typed
from .kept import kept_for

#: How many days before a last day enterprises hear of it.
STAGES = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Ending:
    """Measures to be applied for that end on one day, and the notice that is due."""

    last_day: date
    stage: int
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one filing has not applied for: the measures, one a benefit, and its open drafts."""

    measures: tuple[str, ...]
    applications: tuple[int, ...]


def stage_on(day: date, last_day: date) -> int | None:
    """The notice that is due on `day`: 7, 3 or 1; None too early and after the last day.

    A notice that could not go out on its day is due until the next one, and the last one on the
    last day itself.
    """
    left = (last_day - day).days
    due = [stage for stage in STAGES if stage >= left]
    return min(due) if due and left >= 0 else None


def endings_on(pack: Pack, day: date) -> list[Ending]:
    """The last days of which enterprises hear on `day`, with the measures that need applying.

    A measure may end with an event: its last day follows from what is announced on `day`. Nobody
    hears of one whose place another has taken.
    """
    gone = overridden_on(pack.measures, day)
    by_day: dict[date, set[str]] = {}
    for key, last in _last_days(pack, day).items():
        if key not in gone and pack.measures[key].needs_application and stage_on(day, last):
            by_day.setdefault(last, set()).add(key)
    return [
        Ending(last, stage, frozenset(keys))
        for last, keys in sorted(by_day.items())
        if (stage := stage_on(day, last))
    ]


def _last_days(pack: Pack, day: date) -> dict[str, date]:
    judgement = judge(pack, _announced(pack, day), day)
    days = {key: result.last_day for key, result in judgement.results.items()}
    return {key: last for key, last in days.items() if last is not None}


def _announced(pack: Pack, day: date) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in kept_for((), day).announced:
        spec = pack.registry.facts.get(one.fact)
        if spec is None or spec.source is not SourceKind.SETTING:
            continue
        try:
            pack.registry.parse({one.fact: typed(spec, one.value)})
        except FactError:  # announced under another pack, in which the fact was another
            continue
        found[one.fact] = typed(spec, one.value)
    return found


def waiting_for(pack: Pack, ending: Ending, filings: Iterable[int]) -> dict[int, Waiting]:
    """By filing what its enterprise may still apply for of `ending`, and was not told of yet.

    Eligible measures, those that are one answer away, and applications that are being prepared
    or were asked back; of one benefit the first. Who has applied otherwise, whatever came of it,
    is left alone, and so are the other sites where an enterprise gets the benefit once. Four
    queries, however many filings there are.
    """
    ids = set(filings)
    told = DeadlineReminder.objects.filter(
        filing_id__in=ids, last_day=ending.last_day, stage=ending.stage
    )
    ids -= set(told.values_list("filing_id", flat=True))
    drafts, closed = _applications(ids, pack)
    found: dict[int, dict[str, str]] = {}
    for filing, measure in _candidates(ids, ending.measures):
        benefit = benefit_of(pack, pack.measures[measure])
        if benefit not in closed.get(filing, ()) or benefit in drafts.get(filing, {}):
            found.setdefault(filing, {}).setdefault(benefit, measure)
    own: dict[int, dict[int, None]] = {}
    for filing, by_benefit in drafts.items():
        for benefit, (pk, measure) in by_benefit.items():
            if measure in ending.measures:
                found.setdefault(filing, {})[benefit] = measure
                own.setdefault(filing, {})[pk] = None
    return {
        filing: Waiting(tuple(by_benefit.values()), tuple(own.get(filing, ())))
        for filing, by_benefit in found.items()
    }


def _candidates(ids: Iterable[int], measures: Iterable[str]) -> Iterable[tuple[int, str]]:
    # One missing fact: the list holds a first entry and no second one.
    one_away = Q(
        verdict=SupportLink.Verdict.UNKNOWN,
        reasoning__content__missing__0__isnull=False,
        reasoning__content__missing__1__isnull=True,
    )
    rows = SupportLink.objects.current().filter(
        Q(verdict=SupportLink.Verdict.ELIGIBLE) | one_away,
        filing_id__in=list(ids),
        measure__in=list(measures),
    )
    return rows.order_by("filing_id", "pk").values_list("filing_id", "measure")


def _applications(
    ids: Collection[int], pack: Pack
) -> tuple[Mapping[int, dict[str, tuple[int, str]]], Mapping[int, set[str]]]:
    """By filing the open drafts by benefit, and the benefits that need no reminder.

    These were applied for in any other way, or stand for the whole enterprise at another site.
    """
    drafts: dict[int, dict[str, tuple[int, str]]] = {}
    closed: dict[int, set[str]] = {}
    sites: dict[int, list[int]] = {}
    known = Filing.objects.filter(pk__in=ids).values_list("pk", "enterprise_id")
    for filing, enterprise in known:
        sites.setdefault(enterprise, []).append(filing)
    rows = Application.objects.filter(enterprise_id__in=list(sites)).order_by("pk")
    for pk, filing, enterprise, benefit, measure, state in rows.values_list(
        "pk", "filing_id", "enterprise_id", "benefit", "measure", "state"
    ):
        for one in sites[enterprise]:
            if one != filing:
                if state in STANDING and _is_shared(measure, pack):
                    closed.setdefault(one, set()).add(benefit)
            elif state in WITH_APPLICANT:
                drafts.setdefault(one, {})[benefit] = (pk, measure)
            else:
                closed.setdefault(one, set()).add(benefit)
    return drafts, closed


def _is_shared(measure: str, pack: Pack) -> bool:
    """Whether all sites of an enterprise share what a measure gives."""
    found = pack.measures.get(measure)
    return found is None or found.given_per is GivenPer.ENTERPRISE
