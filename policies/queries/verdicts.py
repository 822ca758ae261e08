"""A verdict as it is kept: reasons that many share, and the facts of one filing beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from policies.eligibility import Judgement, Result, Verdict
from policies.eligibility.conditions import plain
from policies.eligibility.facts import Registry
from policies.eligibility.finding import Finding, finding_of, with_values
from policies.eligibility.situation import Situation
from policies.models import SupportLink

from .facts import Gathered, Origin

Sheet = dict[str, dict[str, Any]]


def offers(judgement: Judgement) -> dict[str, Result]:
    """The results that are shown to an enterprise: without the duties of government."""
    return {
        key: result
        for key, result in judgement.results.items()
        if result.verdict is not Verdict.NOT_APPLICABLE
    }


def content_of(result: Result, judgement: Judgement, gathered: Gathered) -> dict[str, Any]:
    """Everything that is shown of one verdict, in plain JSON; numbers are exact text."""
    finding = finding_of(result)
    sheet = sheet_of(gathered, judgement.situation, finding.rests_on)
    return told(finding.as_json(), sheet, result.amount, judgement.as_of)


def content_of_link(link: SupportLink) -> dict[str, Any]:
    """The same of a verdict that is kept, as it was on its day. Reads `reasoning` and `sheet`."""
    return told(link.reasoning.content, link.sheet.content, link.amount_yuan, link.day)


def told(finding: dict[str, Any], sheet: Sheet, amount: Any, day: date) -> dict[str, Any]:
    """A finding in JSON together with the values that it was judged on."""
    facts = sheet["facts"]
    values = sheet["implied"] | {name: fact["value"] for name, fact in facts.items()}
    return {
        "verdict": finding["verdict"],
        "basis": finding["basis"],
        "amount_yuan": None if amount is None else str(amount),
        "missing": finding["missing"],
        "amount_missing": finding["amount_missing"],
        **with_values(finding, values, day.isoformat()),
        "facts": {name: facts[name] for name in finding["uses"] if name in facts},
    }


def sheet_of(gathered: Gathered, situation: Situation, names: Collection[str]) -> Sheet:
    """The facts of these names as they are kept: what was given with its source, what follows."""
    facts = {
        name: _fact(situation.facts[name], gathered.origins[name])
        for name in gathered.values
        if name in names
    }
    implied = {name: situation.value(name) for name in implied_names(situation.registry)}
    return {
        "facts": facts,
        "implied": {
            name: plain(value)
            for name, value in implied.items()
            if value is not None and name in names and name not in facts
        },
    }


def implied_names(registry: Registry) -> Iterable[str]:
    """The facts that have a value though nobody gave one: derived ones, the size, defaults."""
    yield from registry.derived
    if registry.size_inputs is not None:
        yield registry.size_inputs.size
    yield from (name for name, spec in registry.facts.items() if spec.default is not None)


def differing_facts(before: Sheet, after: Sheet) -> frozenset[str]:
    """The facts that have another value or another source, or that come or go."""
    return frozenset(
        name
        for part in ("facts", "implied")
        for name in before[part].keys() | after[part].keys()
        if before[part].get(name) != after[part].get(name)
    )


def is_kept(link: SupportLink, finding: Finding, amount: Decimal | None, sheet: Sheet) -> bool:
    """Whether a kept verdict says what is found now; the day alone is no difference."""
    return (
        link.reasoning.sha256 == finding.sha256
        and link.amount_yuan == amount
        and finding.rests_on.isdisjoint(differing_facts(link.sheet.content, sheet))
    )


def _fact(value: Any, origin: Origin) -> dict[str, Any]:
    told = {"value": plain(value), "source": origin.source}
    if origin.declaration is not None:
        told["declaration"] = origin.declaration.pk
    if origin.announced is not None:
        told["announced"] = origin.announced.pk
    if origin.official_list is not None:
        told["list"] = origin.official_list.fact
    if origin.entry is not None:
        told["entry"] = origin.entry.pk
    return told
