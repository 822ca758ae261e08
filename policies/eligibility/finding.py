"""A verdict apart from the values of one enterprise: what many of them share.

The conditions with what each came to, but not the value that it was judged on. With the facts of
the enterprise beside it the whole trace is there again, so that it is kept once and not once for
everybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .conditions import Leaf, Reason, leaves
from .facts import Registry
from .packs import Measure
from .verdicts import AS_OF, Basis, Result, Verdict


@dataclass(frozen=True)
class Finding:
    """The verdict on one measure with its reasons; ``actual`` of each reason is left out.

    ``uses`` names the facts that verdict and amount rest on, derived ones replaced by their
    inputs.
    """

    measure: str
    verdict: Verdict
    basis: Basis
    missing: tuple[str, ...]
    amount_missing: tuple[str, ...]
    reasons: tuple[Reason, ...]
    trace: tuple[Reason, ...]
    uses: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The finding in plain JSON values; numbers are exact text."""
        return {
            "measure": self.measure,
            "verdict": self.verdict.value,
            "basis": self.basis.value,
            "missing": list(self.missing),
            "amount_missing": list(self.amount_missing),
            "reasons": [_valueless(reason) for reason in self.reasons],
            "trace": [_valueless(reason) for reason in self.trace],
            "uses": list(self.uses),
        }

    @cached_property
    def rests_on(self) -> frozenset[str]:
        """The facts that it uses, derived ones among them."""
        return frozenset(self.uses) | {reason.fact for reason in self.trace if reason.fact}

    @cached_property
    def sha256(self) -> str:
        """The digest of ``as_json``: equal findings are one."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def finding_of(result: Result) -> Finding:
    """What is left of a result without the enterprise's own values."""
    return Finding(
        measure=result.measure.id,
        verdict=result.verdict,
        basis=result.basis,
        missing=result.missing,
        amount_missing=result.amount_missing,
        reasons=tuple(replace(reason, actual=None) for reason in result.reasons),
        trace=tuple(replace(reason, actual=None) for reason in result.trace),
        uses=facts_used(result),
    )


def facts_used(result: Result) -> tuple[str, ...]:
    """The facts that a verdict and its amount rest on, derived ones replaced by their inputs."""
    registry = result.situation.registry
    named = [reason.fact for reason in result.trace if reason.fact in registry]
    if result.measure.amount is not None:
        named += result.measure.amount.needed_facts(registry)
    return tuple(dict.fromkeys(base for name in named if name for base in inputs(name, registry)))


def inputs(name: str, registry: Registry) -> Iterable[str]:
    """The facts that a fact follows from, down to those that somebody gives."""
    size = registry.size_inputs
    for base in registry.base_facts(name):
        yield base
        if size is not None and base == size.size:
            yield size.industry
            yield from size.indicators


def read_by(measure: Measure, registry: Registry) -> frozenset[str]:
    """Every fact that the place, the conditions or the amount of a measure read.

    With each fact what it follows from.
    """
    named = [measure.jurisdiction.fact]
    named += [leaf.fact for leaf in leaves(measure.when) if isinstance(leaf, Leaf)]
    if measure.amount is not None:
        named += measure.amount.needed_facts(registry)
    return frozenset(base for name in named for base in (name, *inputs(name, registry)))


def with_values(
    finding: Mapping[str, Any], values: Mapping[str, Any], as_of: str
) -> dict[str, list[dict[str, Any]]]:
    """The reasons and the trace of a finding in JSON, with the values they were judged on.

    ``values`` are those of the enterprise in plain JSON, ``as_of`` the day that was judged.
    """
    known = {**values, AS_OF: as_of}
    return {
        part: [{**reason, "actual": known.get(reason["fact"])} for reason in finding[part]]
        for part in ("reasons", "trace")
    }


def _valueless(reason: Reason) -> dict[str, Any]:
    told = reason.as_json()
    del told["actual"]
    if reason.note is not None:
        told["note"] = {"zh": reason.note.zh, "en": reason.note.en}
    return told
