"""Whom a draft touches: verdicts before and after, by district and industry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from filings.public import Filing, filings_by_id
from policies.eligibility import judge
from policies.eligibility.packs import Kind, Pack

from .facts import declarations_by_enterprise, gather
from .kept import kept_for
from .wording import say

#: A page is answered within seconds; more filings than these are judged when it is published.
MOST_FILINGS = 1000
AT_ONCE = 200
MOST_SAMPLES = 10
WAYS = ("gained", "lost", "undecided")


@dataclass(frozen=True, slots=True)
class Group:
    """One district or industry with the number of filings that each way touches."""

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
    """What a draft would change; `judged` of `total` filings were looked at, the newest first."""

    measures: int
    judged: int
    total: int
    sums: Group
    districts: tuple[Group, ...]
    industries: tuple[Group, ...]
    samples: tuple[Sample, ...]


def draft_effect(before: Pack, after: Pack, paths: Iterable[str], day: date) -> Effect:
    """How verdicts turn on a day when the clause files `paths` change from one pack to another.

    A filing counts once in each way: `gained` when a measure becomes eligible, `lost` when one
    no longer is, `undecided` when one becomes unknown.
    """
    files = set(paths)
    ids = {
        measure.id
        for pack in (before, after)
        for measure in pack.measures.values()
        if measure.file in files and measure.kind is not Kind.DUTY
    }
    total = Filing.objects.count()
    touched: list[tuple[str, str, set[str]]] = []
    samples: list[Sample] = []
    judged = 0
    for filing, known_of in _newest(day) if ids else ():
        judged += 1
        turns = list(_turns(before, after, ids, filing, known_of, day))
        if not turns:
            continue
        district, industry = _place(before, filing)
        touched.append((district, industry, {way for ways, *_rest in turns for way in ways}))
        samples += [Sample(district, industry, *rest) for _ways, *rest in turns]
    return Effect(
        measures=len(ids),
        judged=judged,
        total=total,
        sums=_group("", [ways for *_rest, ways in touched]),
        districts=_groups((district, ways) for district, _industry, ways in touched),
        industries=_groups((industry, ways) for _district, industry, ways in touched),
        samples=tuple(samples[:MOST_SAMPLES]),
    )


def _newest(day: date) -> Iterator[tuple[Filing, Any]]:
    """The newest filings, each with what its enterprise declares and what is kept of it."""
    pks = list(Filing.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_FILINGS])
    for start in range(0, len(pks), AT_ONCE):
        filings = filings_by_id(pks[start : start + AT_ONCE])
        declared = declarations_by_enterprise(one.enterprise_id for one in filings.values())
        kept = kept_for((one.enterprise.uscc for one in filings.values()), day)
        for filing in filings.values():
            yield filing, (declared.get(filing.enterprise_id, []), kept)


def _turns(
    before: Pack, after: Pack, ids: set[str], filing: Filing, known_of: Any, day: date
) -> Iterator[tuple[set[str], str, str, str]]:
    was = _verdicts(before, ids, filing, known_of, day)
    will = _verdicts(after, ids, filing, known_of, day)
    for key in sorted(ids):
        old, new = was.get(key, "not_eligible"), will.get(key, "not_eligible")
        if old == new:
            continue
        ways = {
            way
            for way, is_so in (
                ("gained", new == "eligible"),
                ("lost", old == "eligible"),
                ("undecided", new == "unknown"),
            )
            if is_so
        }
        yield ways, key, old, new


def _verdicts(
    pack: Pack, ids: set[str], filing: Filing, known_of: Any, day: date
) -> dict[str, str]:
    known = [key for key in ids if key in pack.measures]
    gathered = gather(filing, pack.registry, *known_of)
    results = judge(pack, gathered.values, day, known).results
    return {key: results[key].verdict.value for key in known}


def _place(pack: Pack, filing: Filing) -> tuple[str, str]:
    size = pack.registry.size_inputs
    values = pack.registry.facts[size.industry].values if size else {}
    key = filing.enterprise.sme_industry
    return filing.district.local_name, say(values[key]) if key in values else "—"


def _groups(touched: Iterable[tuple[str, set[str]]]) -> tuple[Group, ...]:
    by_label: dict[str, list[set[str]]] = {}
    for label, ways in touched:
        by_label.setdefault(label, []).append(ways)
    return tuple(_group(label, ways) for label, ways in sorted(by_label.items()))


def _group(label: str, touched: list[set[str]]) -> Group:
    return Group(label, *(sum(way in ways for ways in touched) for way in WAYS))
