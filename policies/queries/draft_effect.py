"""Whom a draft touches: verdicts before and after, by district and industry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from filings.public import District, Filing, filings_by_id
from policies.eligibility import Verdict, judge
from policies.eligibility.finding import read_by
from policies.eligibility.packs import Kind, Pack
from policies.models import FactSheet

from .facts import declarations_by_enterprise, gather
from .kept import kept_for
from .rule_sql import sheet_column, verdict_in_sql
from .wording import say

#: Filings that SQL can't judge are judged one by one, so many of them: a page is answered soon.
MOST_FILINGS = 1000
AT_ONCE = 200
MOST_SAMPLES = 10
WAYS = ("gained", "lost", "undecided")

#: What a measure that is not there gives.
ABSENT = Verdict.NOT_ELIGIBLE.value

#: A measure with the verdict before and after.
Turn = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """One district or industry with the number of enterprises that each way touches."""

    label: str
    gained: int
    lost: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One verdict that would turn. SECURITY: neither the enterprise nor what it declared."""

    district: str
    industry: str
    measure: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a draft would change; `judged` of `total` filings were looked at."""

    measures: int
    judged: int
    total: int
    sums: Group
    districts: tuple[Group, ...]
    industries: tuple[Group, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class _Touched:
    """One filing of an enterprise, with the verdicts that turn."""

    enterprise: int
    district: str
    industry: str
    turns: tuple[Turn, ...]

    @property
    def ways(self) -> set[str]:
        """In which ways the draft touches it."""
        return {way for _measure, old, new in self.turns for way in _ways(old, new)}


_by_enterprise = attrgetter("enterprise")


@dataclass(slots=True)
class _Tally:
    """Enterprises by way, in all, by district and by industry; `samples` has one of a kind."""

    sums: Counter[str] = field(default_factory=Counter)
    districts: dict[str, Counter[str]] = field(default_factory=dict)
    industries: dict[str, Counter[str]] = field(default_factory=dict)
    samples: dict[Sample, None] = field(default_factory=dict)

    def add(self, filings: Iterable[_Touched]) -> None:
        """Count an enterprise by its touched filings: once in each way, wherever that is."""
        found: set[str] = set()
        by_district: dict[str, set[str]] = {}
        by_industry: dict[str, set[str]] = {}
        for one in filings:
            found |= one.ways
            by_district.setdefault(one.district, set()).update(one.ways)
            by_industry.setdefault(one.industry, set()).update(one.ways)
            for turn in one.turns:
                if len(self.samples) < MOST_SAMPLES:
                    self.samples.setdefault(Sample(one.district, one.industry, *turn))
        self.sums.update(found)
        for label, ways in by_district.items():
            self.districts.setdefault(label, Counter()).update(ways)
        for label, ways in by_industry.items():
            self.industries.setdefault(label, Counter()).update(ways)


def draft_effect(before: Pack, after: Pack, paths: Iterable[str], day: date) -> Effect:
    """How verdicts turn on a day when the clause files `paths` change from one pack to another.

    An enterprise counts once in each way, with all its sites: `gained` when a measure becomes
    eligible, `lost` when one no longer is, `undecided` when one becomes unknown. All filings are
    looked at by one query over the facts that they were last judged on. Those that have none yet
    are judged one by one, the newest first; so are all, where the draft asks for a fact that no
    rule has asked for so far.
    """
    files = set(paths)
    ids = sorted(
        {
            measure.id
            for pack in (before, after)
            for measure in pack.measures.values()
            if measure.file in files and measure.kind is not Kind.DUTY
        }
    )
    judged, streams, rest = 0, [], Filing.objects.all()
    if ids and _asked(after, ids) <= _asked(before, before.measures):
        judged += FactSheet.objects.current().count()
        streams.append(_by_sql(before, after, ids, day))
        rest = rest.filter(~Exists(FactSheet.objects.current().filter(filing=OuterRef("pk"))))
    if ids:
        others = list(_one_by_one(before, after, ids, rest, day))
        judged += len(others)
        streams.append(iter(sorted((one for one in others if one.turns), key=_by_enterprise)))
    tally = _Tally()
    for _enterprise, filings in groupby(merge(*streams, key=_by_enterprise), _by_enterprise):
        tally.add(filings)
    return Effect(
        measures=len(ids),
        judged=judged,
        total=Filing.objects.count(),
        sums=_group("", tally.sums),
        districts=_groups(tally.districts),
        industries=_groups(tally.industries),
        samples=tuple(tally.samples),
    )


def _asked(pack: Pack, ids: Iterable[str]) -> frozenset[str]:
    """The facts that these measures of a pack read: what a sheet keeps."""
    measures = (pack.measures[key] for key in ids if key in pack.measures)
    offered = (one for one in measures if one.kind is not Kind.DUTY)
    return frozenset[str]().union(*(read_by(one, pack.registry) for one in offered))


def _by_sql(before: Pack, after: Pack, ids: list[str], day: date) -> Iterator[_Touched]:
    """Every filing that was judged and whose verdicts turn, by enterprise, in one query.

    A measure that both packs ask alike turns nothing and is not asked for.
    """
    column = sheet_column()

    def asked(pack: Pack, key: str) -> Any:
        if key not in pack.measures:
            return Value(ABSENT)
        return verdict_in_sql(pack.measures[key], pack, day, column)

    pairs = {key: (asked(before, key), asked(after, key)) for key in ids}
    differing = [key for key, (old, new) in pairs.items() if old != new]
    verdicts = {
        f"{when}_{number}": asked_for
        for number, key in enumerate(differing)
        for when, asked_for in zip(("old", "new"), pairs[key], strict=True)
    }
    if not verdicts:
        return
    place = ("filing__enterprise", "filing__district", "filing__enterprise__sme_industry")
    rows = FactSheet.objects.current().annotate(**verdicts).order_by(place[0], "pk")
    districts = {one.pk: one.local_name for one in District.objects.all()}
    for enterprise, district, industry, *told in rows.values_list(*place, *verdicts).iterator():
        turns = tuple(
            (key, old, new)
            for key, old, new in zip(differing, told[::2], told[1::2], strict=True)
            if old != new
        )
        if turns:
            yield _Touched(enterprise, districts[district], _industry(before, industry), turns)


def _one_by_one(
    before: Pack, after: Pack, ids: list[str], filings: QuerySet[Filing], day: date
) -> Iterator[_Touched]:
    """The newest of these filings, each judged under both packs."""
    for filing, known_of in _newest(filings, day):
        was = _verdicts(before, ids, filing, known_of, day)
        will = _verdicts(after, ids, filing, known_of, day)
        turns = ((key, was.get(key, ABSENT), will.get(key, ABSENT)) for key in ids)
        yield _Touched(
            filing.enterprise_id,
            filing.district.local_name,
            _industry(before, filing.enterprise.sme_industry),
            tuple(turn for turn in turns if turn[1] != turn[2]),
        )


def _ways(old: str, new: str) -> Iterator[str]:
    if new == Verdict.ELIGIBLE:
        yield "gained"
    if old == Verdict.ELIGIBLE:
        yield "lost"
    if new == Verdict.UNKNOWN:
        yield "undecided"


def _newest(filings: QuerySet[Filing], day: date) -> Iterator[tuple[Filing, Any]]:
    """The newest filings, each with what its enterprise declares and what is kept of it."""
    pks = list(filings.order_by("-pk").values_list("pk", flat=True)[:MOST_FILINGS])
    for start in range(0, len(pks), AT_ONCE):
        found = filings_by_id(pks[start : start + AT_ONCE])
        declared = declarations_by_enterprise(one.enterprise_id for one in found.values())
        kept = kept_for((one.enterprise.uscc for one in found.values()), day)
        for filing in found.values():
            yield filing, (declared.get(filing.enterprise_id, []), kept)


def _verdicts(
    pack: Pack, ids: list[str], filing: Filing, known_of: Any, day: date
) -> dict[str, str]:
    known = [key for key in ids if key in pack.measures]
    gathered = gather(filing, pack.registry, *known_of)
    results = judge(pack, gathered.values, day, known).results
    return {key: results[key].verdict.value for key in known}


def _industry(pack: Pack, key: str) -> str:
    size = pack.registry.size_inputs
    values = pack.registry.facts[size.industry].values if size else {}
    return say(values[key]) if key in values else "—"


def _groups(counted: Mapping[str, Counter[str]]) -> tuple[Group, ...]:
    return tuple(_group(label, counts) for label, counts in sorted(counted.items()))


def _group(label: str, counts: Counter[str]) -> Group:
    return Group(label, *(counts[way] for way in WAYS))
