"""What the boards show of the measures: how many filings can use each, and money granted."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from policies.eligibility.packs import Kind
from policies.models import Application, SupportLink
from policies.states import ApplicationState

from .packs import published_rules

_GRANTED = (ApplicationState.GRANTED, ApplicationState.PAID)


def measures_by_district(_at: datetime) -> dict[int, list[dict[str, Any]]]:
    """By district: each measure that a filing can use, how many can, and yuan granted: two queries.

    Services and information, which are for everybody, are left out; nothing before a pack is
    published.
    """
    rules = published_rules()
    if rules is None:
        return {}
    offers = {key: one for key, one in rules.pack.measures.items() if one.kind is Kind.BENEFIT}
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)

    def line(district: int, measure: str) -> dict[str, Any]:
        label = offers[measure].label
        fresh = {"key": f"measure-{measure}", "name": {"zh": label.zh, "en": label.en}}
        return found[district].setdefault(measure, {**fresh, "n": 0, "yuan": 0})

    links = SupportLink.objects.current().filter(verdict=SupportLink.Verdict.ELIGIBLE)
    counts = links.order_by().values_list("filing__district_id", "measure").annotate(Count("pk"))
    for district, measure, count in counts:
        if measure in offers:
            line(district, measure)["n"] = count
    granted = Application.objects.filter(state__in=_GRANTED).order_by()
    sums = granted.values_list("filing__district_id", "measure").annotate(Sum("granted_yuan"))
    for district, measure, yuan in sums:
        if measure in offers:
            line(district, measure)["yuan"] = float(yuan or 0)
    return {district: list(lines.values()) for district, lines in found.items()}
