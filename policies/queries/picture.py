"""What the boards show of the measures: how many filings can use each, and money granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from filings.public import Behind, DeskEntry
from policies.eligibility.packs import Kind, Measure
from policies.models import Application, SupportLink
from policies.models.match import SupportLinkQuerySet
from policies.states import GIVEN

from .packs import published_rules
from .wording import say


def measures_by_district(_at: datetime) -> dict[int, list[dict[str, Any]]]:
    """By district: each measure that a filing can use, how many can, and yuan granted: two queries.

    Services and information, which are for everybody, are left out; nothing before a pack is
    published.
    """
    offers = _offers()
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)

    def line(district: int, measure: str) -> dict[str, Any]:
        label = offers[measure].label
        fresh = {"key": f"measure-{measure}", "name": {"zh": label.zh, "en": label.en}}
        return found[district].setdefault(measure, {**fresh, "n": 0, "yuan": 0})

    counts = _links().order_by().values_list("filing__district_id", "measure").annotate(Count("pk"))
    for district, measure, count in counts:
        if measure in offers:
            line(district, measure)["n"] = count
    sums = (
        _granted()
        .order_by()
        .values_list("filing__district_id", "measure")
        .annotate(Sum("granted_yuan"))
    )
    for district, measure, yuan in sums:
        if measure in offers:
            line(district, measure)["yuan"] = _figure(yuan)
    return {district: list(lines.values()) for district, lines in found.items()}


def _offers() -> dict[str, Measure]:
    """The benefits of the published pack by their keys."""
    rules = published_rules()
    measures = rules.pack.measures if rules else {}
    return {key: one for key, one in measures.items() if one.kind is Kind.BENEFIT}


def _links() -> SupportLinkQuerySet:
    return SupportLink.objects.current().filter(verdict=SupportLink.Verdict.ELIGIBLE)


def _granted() -> QuerySet[Application]:
    return Application.objects.filter(state__in=GIVEN)


def _figure(yuan: Decimal | None) -> float:
    """Money as a picture keeps it: whole yuan without a fraction, nothing as 0."""
    given = yuan or Decimal(0)
    return int(given) if given == int(given) else float(given)


# ---------------------------------------------------------------- the lists behind the figures
def _entries_of(rows: Callable[[], QuerySet[Any]]) -> Callable[[str], Q | None]:
    """The condition on entries: the filing has such a row for the measure."""

    def entries(measure: str) -> Q | None:
        if measure not in _offers():
            return None
        return Q(pk__in=rows().filter(measure=measure).values("filing"))

    return entries


def _yuan(measure: str, entries: QuerySet[DeskEntry]) -> float:
    granted = _granted().filter(measure=measure, filing__in=entries.values("pk"))
    return _figure(granted.aggregate(sum=Sum("granted_yuan"))["sum"])


# SECURITY: which filings are counted, and of money the sum; neither the amount of one nor a reason,
# which stay with the enterprise and the department that it applied to.
USABLE = Behind(
    _entries_of(_links),
    lambda measure: _("可以享受：%(measure)s") % {"measure": say(_offers()[measure].label)},
)
GRANTED = Behind(
    _entries_of(_granted),
    lambda measure: _("已同意：%(measure)s") % {"measure": say(_offers()[measure].label)},
    _yuan,
)
