"""Writing what was judged: the sheet of facts, the reasons and the links that differ, no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.bulk import in_parts, insert_rows
from policies.eligibility.finding import Finding
from policies.models import FactSheet, Reasoning, SupportLink
from policies.queries.packs import Rules
from policies.queries.rematch import Case

NO = SupportLink.Verdict.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True)
class Difference:
    """What a case changes: the links that end, the measures that get a new one, and the news."""

    ended: list[int]
    fresh: list[str]
    changed: int


def keep(cases: Sequence[Case], rules: Rules, *, at: datetime) -> dict[int, Difference]:
    """Write what differs from what stands, in the caller's transaction and under its locks."""
    ids = _reasoning_ids(
        {one.finding.sha256: one.finding for case in cases for one in case.found.values()}
    )
    differences = {case.filing_id: _difference(case, rules, ids) for case in cases}
    _end(SupportLink.objects, (pk for one in differences.values() for pk in one.ended), at=at)
    sheets = _keep_sheets(cases, at=at)
    insert_rows(SupportLink, _LINK, _links(cases, differences, rules, ids, sheets, at=at))
    return differences


def _difference(case: Case, rules: Rules, ids: dict[str, int]) -> Difference:
    standing, found, measures = case.standing, case.found, rules.pack.measures
    fresh = []
    for key, one in found.items():
        before = standing.get(key)
        if (
            before is None
            or before.reasoning_id != ids[one.finding.sha256]
            or before.amount != one.amount
            or before.valid_until != measures[key].validity.last
            or not case.differing.isdisjoint(one.finding.rests_on)
        ):
            fresh.append(key)
    ended = [one.pk for key, one in standing.items() if key not in found]
    ended += [standing[key].pk for key in fresh if key in standing]
    return Difference(ended, fresh, _changes(case))


def _changes(case: Case) -> int:
    """How many measures have another verdict; one that comes or goes as a no is no news."""
    before = {key: one.verdict for key, one in case.standing.items()}
    after = {key: one.finding.verdict for key, one in case.found.items()}
    return sum(before.get(key, NO) != after.get(key, NO) for key in before.keys() | after.keys())


def _reasoning_ids(findings: dict[str, Finding]) -> dict[str, int]:
    """The rows of these findings by their digests, made where nobody had them before."""
    ids = _ids_of(findings)
    # In one order in every process, so that two that make the same rows never wait for each other.
    missing = sorted(findings.keys() - ids.keys())
    if not missing:
        return ids
    Reasoning.objects.bulk_create(
        (
            Reasoning(measure=one.measure, sha256=one.sha256, content=one.as_json())
            for one in (findings[sha256] for sha256 in missing)
        ),
        ignore_conflicts=True,
    )
    return ids | _ids_of(missing)


def _ids_of(digests: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_parts(digests):
        rows = Reasoning.objects.filter(sha256__in=some)
        found |= dict(rows.values_list("sha256", "pk"))
    return found


def _keep_sheets(cases: Iterable[Case], *, at: datetime) -> dict[int, int]:
    """Each filing's sheet: the one that stands, or a new one where a fact differs."""
    sheets = {case.filing_id: case.sheet_id for case in cases if case.sheet_id is not None}
    new = {case.filing_id: case for case in cases if case.sheet_id is None or case.differing}
    _end(FactSheet.objects, (sheets[pk] for pk in new if pk in sheets), at=at)
    rows = ((pk, case.sheet, at, None) for pk, case in new.items())
    insert_rows(FactSheet, ("filing", "content", "at", "superseded_at"), rows)
    for some in in_parts(new):
        made = FactSheet.objects.filter(filing_id__in=some).current()
        sheets |= dict(made.values_list("filing_id", "pk"))
    return sheets


_LINK = (
    "filing", "measure", "pack", "verdict", "amount_yuan", "reasoning", "sheet", "day",
    "valid_until", "at", "recorded_at", "superseded_at",
)  # fmt: skip


def _links(
    cases: Iterable[Case],
    differences: dict[int, Difference],
    rules: Rules,
    ids: dict[str, int],
    sheets: dict[int, int],
    *,
    at: datetime,
) -> Iterator[tuple[Any, ...]]:
    """The new links as rows of `_LINK`."""
    day, now, pack, measures = clock.day_of(at), clock.real_now(), rules.row.pk, rules.pack.measures
    for case in cases:
        sheet = sheets[case.filing_id]
        for key in differences[case.filing_id].fresh:
            one = case.found[key]
            yield (
                case.filing_id, key, pack, one.finding.verdict.value, one.amount,
                ids[one.finding.sha256], sheet, day, measures[key].validity.last, at, now, None,
            )  # fmt: skip


def _end(rows: Any, pks: Iterable[int], *, at: datetime) -> None:
    for some in in_parts(pks):
        rows.filter(pk__in=some).update(superseded_at=at)
