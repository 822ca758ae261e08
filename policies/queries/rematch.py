"""Many filings judged at once, beside what is kept of them: reads only, and as many as for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from filings.public import known_filings
from policies.eligibility.differing import turned_by_facts
from policies.eligibility.recall import Found
from policies.models import FactSheet, Match, SupportLink

from .facts import answers_by_enterprise, gathered_from
from .kept import kept_for
from .packs import Rules, Turned, recall_for, turned_between
from .verdicts import Sheet, differing_facts, sheet_of

NOTHING: Sheet = {"facts": {}, "implied": {}}


class Standing(NamedTuple):
    """A verdict that stands, as far as it is compared."""

    pk: int
    verdict: str
    reasoning_id: int
    amount: Decimal | None
    valid_until: date | None


@dataclass(slots=True)
class Case:
    """One filing as it is judged now, and what stands of it.

    `turned` are the measures that can have turned, None for all; `found` and `standing` hold
    those alone. `differing` are the facts that are not as they were; `sheet_id` is the row that
    tells how they were.
    """

    filing_id: int
    sheet: Sheet
    sheet_id: int | None
    differing: frozenset[str]
    turned: Turned
    found: Mapping[str, Found]
    standing: dict[str, Standing] = field(default_factory=dict)


def cases_of(
    matches: Iterable[Match], rules: Rules, day: date
) -> tuple[list[Case], dict[int, Exception]]:
    """Judge these filings on a day; by their ids those that cannot be judged, with the reason."""
    by_filing = {match.filing_id: match for match in matches}
    known = known_filings(by_filing)
    declared = answers_by_enterprise(one.enterprise_id for one in known.values())
    kept = kept_for((one.uscc for one in known.values()), day)
    sheets = {sheet.filing_id: sheet for sheet in _current_sheets(by_filing)}
    memory = recall_for(rules, day)
    turned = _Turned(rules, day)
    cases: list[Case] = []
    unfit: dict[int, Exception] = {}
    for pk in sorted(known):
        filing, before = known[pk], sheets.get(pk)
        try:
            gathered = gathered_from(
                filing.facts,
                filing.uscc,
                rules.pack.registry,
                declared.get(filing.enterprise_id, ()),
                kept,
            )
            situation = memory.situation(gathered.facts)
            sheet = sheet_of(gathered, situation, memory.read)
            differing = differing_facts(before.content if before else NOTHING, sheet)
            asked = turned.since(by_filing[pk], differing)
            found = memory.findings(situation, asked)
        except Exception as error:  # noqa: BLE001 - told to the caller, who tries it by itself
            unfit[pk] = error
        else:
            sheet_id = before.pk if before else None
            cases.append(Case(pk, sheet, sheet_id, differing, asked, found))
    _read_standing(cases)
    return cases, unfit


class _Turned:
    """The measures that can have turned, worked out once for filings that are alike in this."""

    def __init__(self, rules: Rules, day: date) -> None:
        self._rules, self._day = rules, day
        self._by_facts: dict[frozenset[str], frozenset[str]] = {}

    def since(self, match: Match, differing: frozenset[str]) -> Turned:
        turned = turned_between(match.pack_id, match.day, self._rules, self._day)
        if turned is None or not differing:
            return turned
        by_facts = self._by_facts.get(differing)
        if by_facts is None:
            by_facts = turned_by_facts(self._rules.pack, differing)
            self._by_facts[differing] = by_facts
        return turned | by_facts


def _current_sheets(ids: Iterable[int]) -> Iterable[FactSheet]:
    return FactSheet.objects.filter(filing_id__in=list(ids)).current().only("filing_id", "content")


def _read_standing(cases: Iterable[Case]) -> None:
    """Give each case the verdicts that stand, of the measures that can have turned."""
    by_filing = {case.filing_id: case for case in cases if case.turned != frozenset()}
    rows = SupportLink.objects.filter(filing_id__in=list(by_filing)).current()
    asked = [case.turned for case in by_filing.values()]
    if None not in asked:
        rows = rows.filter(measure__in=frozenset().union(*(one for one in asked if one)))
    names = ("filing_id", "measure", "pk", "verdict", "reasoning_id", "amount_yuan", "valid_until")
    for filing_id, measure, *standing in rows.values_list(*names).iterator(chunk_size=5000):
        case = by_filing[filing_id]
        if case.turned is None or measure in case.turned:
            case.standing[measure] = Standing(*standing)
