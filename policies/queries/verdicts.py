"""A verdict as it is kept: plain JSON with reasons, trace and the facts it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from policies.eligibility import Judgement, Result, Verdict
from policies.eligibility.conditions import Reason, plain
from policies.eligibility.facts import Registry
from policies.eligibility.verdicts import AS_OF

from .facts import Gathered


def offers(judgement: Judgement) -> dict[str, Result]:
    """The results that are shown to an enterprise: without the duties of government."""
    return {
        key: result
        for key, result in judgement.results.items()
        if result.verdict is not Verdict.NOT_APPLICABLE
    }


def content_of(result: Result, judgement: Judgement, gathered: Gathered) -> dict[str, Any]:
    """Everything that was shown of one verdict, in plain JSON; numbers are exact text."""
    return {
        **result.as_json(),
        "basis": result.basis.value,
        "amount_missing": list(result.amount_missing),
        "reasons": [_reason(reason) for reason in result.reasons],
        "trace": [_reason(reason) for reason in result.trace],
        "facts": {
            name: _fact(name, judgement, gathered)
            for name in facts_used(result, judgement)
            if name in gathered.values
        },
    }


def digest_of(content: dict[str, Any]) -> str:
    """The SHA-256 of a verdict without the day it was judged on.

    A measure that has expired quotes the day as its reason; the next morning that is no news.
    """
    dayless = content | {
        part: [{**r, "actual": None} if r["fact"] == AS_OF else r for r in content[part]]
        for part in ("reasons", "trace")
    }
    text = json.dumps(dayless, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def facts_used(result: Result, judgement: Judgement) -> tuple[str, ...]:
    """The facts that a verdict and its amount rest on, derived ones replaced by their inputs."""
    registry = judgement.pack.registry
    named = [reason.fact for reason in result.trace if reason.fact in registry]
    amount = result.measure.amount
    if amount is not None:
        named += amount.needed_facts(registry)
    return tuple(dict.fromkeys(base for name in named if name for base in inputs(name, registry)))


def inputs(name: str, registry: Registry) -> Iterable[str]:
    """The facts that a fact follows from, down to those that somebody gives."""
    size = registry.size_inputs
    for base in registry.base_facts(name):
        yield base
        if size is not None and base == size.size:
            yield size.industry
            yield from size.indicators


def _reason(reason: Reason) -> dict[str, Any]:
    note = {"zh": reason.note.zh, "en": reason.note.en} if reason.note else None
    return reason.as_json() | ({"note": note} if note else {})


def _fact(name: str, judgement: Judgement, gathered: Gathered) -> dict[str, Any]:
    origin = gathered.origins[name]
    told = {"value": plain(judgement.situation.facts[name]), "source": origin.source}
    if origin.declaration is not None:
        told["declaration"] = origin.declaration.pk
    if origin.announced is not None:
        told["announced"] = origin.announced.pk
    if origin.official_list is not None:
        told["list"] = origin.official_list.fact
    if origin.entry is not None:
        told["entry"] = origin.entry.pk
    return told
