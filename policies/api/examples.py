"""A request for judging with its answer, in the description: a case of the published pack.

Nothing of it is made up: the facts are those of the case, and the answer is what they are judged
to be when somebody reads the description.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from policies.eligibility.matching import Profile
from policies.eligibility.packs import Measure, Pack, PackCase
from policies.queries.packs import Rules, published_rules

from . import reads
from .problems import PortalApi

JSON = "application/json"
ID = "example"


class DescribedApi(PortalApi):
    """The interface, whose description shows an example of what `match` takes and gives."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description of every address; without a published pack it has no example."""
        schema = super().get_openapi_schema(**where)
        rules = published_rules()
        chosen = _chosen(rules.pack) if rules else None
        if rules and chosen:
            path = next(path for path in schema["paths"] if path.endswith("/match"))
            match = schema["paths"][path]["post"]
            # The body's description is one object for every reader.
            match["requestBody"] = deepcopy(match["requestBody"])
            match["requestBody"]["content"][JSON]["example"] = _body(chosen[1])
            match["responses"][200]["content"][JSON]["example"] = _answer(rules, *chosen)
        return schema


def _chosen(pack: Pack) -> tuple[Measure, PackCase] | None:
    """The case that gives something, if it can be an amount, from the fewest facts."""
    given = [(measure, case) for measure, case in pack.cases() if case.verdict == "eligible"]
    return min(given, key=lambda one: (not one[1].amount, len(one[1].facts)), default=None)


def _body(case: PackCase) -> dict[str, Any]:
    facts = {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in case.facts.items()
    }
    return {"id": ID, "as_of": case.as_of.isoformat(), "facts": facts}


def _answer(rules: Rules, measure: Measure, case: PackCase) -> dict[str, Any]:
    """What `match` answers, cut to the measure, its topic and the first question."""
    told = reads.matched(rules, Profile(ID, case.as_of, rules.pack.registry.parse(case.facts)))
    told["results"] = {measure.id: told["results"][measure.id]}
    told["topics"] = {key: told["topics"][key] for key in told["topics"] if key == measure.topic}
    told["ask_next"] = told["ask_next"][:1]
    return {**reads.pack_line(rules), "profiles": [told]}
