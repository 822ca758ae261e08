"""Which measures a department answers for, and how they stand over all filings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from filings.public import Agency, User
from policies.eligibility.packs import Kind, Measure, Pack
from policies.models import SupportLink

from .departments import departments_of, is_meant
from .packs import Rules
from .wording import clause_words, say


@dataclass(frozen=True, slots=True)
class Row:
    """One measure with the number of filings by verdict."""

    key: str
    label: str
    clause: str
    last_day: date | None
    is_over: bool
    eligible: int
    unknown: int
    not_eligible: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The measures of the departments in which a person works."""

    agencies: tuple[str, ...]
    rows: tuple[Row, ...] = field(default=())


def overview_for(user: User, rules: Rules, day: date) -> Overview:
    """The measures of the person's departments, counted over the filings.

    SECURITY: counts only. Which enterprise it is, and what it declared, stays with the enterprise.
    """
    posts = user.posts_of(Agency.Kind.POLICY, Agency.Kind.CITY)
    agencies = list(Agency.objects.filter(pk__in=[post.agency_id for post in posts]))
    names = {agency.name for agency in agencies}
    measures = [
        measure
        for measure in rules.pack.measures.values()
        if measure.kind is not Kind.DUTY and _answers_for(names, rules.pack, measure)
    ]
    counts = _counts(measure.id for measure in measures)
    return Overview(
        tuple(agency.local_name for agency in agencies),
        tuple(_row(measure, rules.pack, counts.get(measure.id, {}), day) for measure in measures),
    )


def _answers_for(names: set[str], pack: Pack, measure: Measure) -> bool:
    """Whether one of these agencies is among the measure's departments."""
    departments = departments_of(pack, measure)
    return any(is_meant(name, department) for name in names for department in departments)


def _counts(keys: Iterable[str]) -> dict[str, dict[str, int]]:
    rows = (
        SupportLink.objects.current()
        .filter(measure__in=list(keys))
        .order_by()
        .values_list("measure", "verdict")
        .annotate(filings=Count("pk"))
    )
    counts: dict[str, dict[str, int]] = {}
    for measure, verdict, filings in rows:
        counts.setdefault(measure, {})[verdict] = filings
    return counts


def _row(measure: Measure, pack: Pack, counts: dict[str, int], day: date) -> Row:
    last = measure.validity.last
    return Row(
        key=measure.id,
        label=say(measure.label),
        clause=clause_words(pack, measure.clause),
        last_day=last,
        is_over=last is not None and day > last,
        eligible=counts.get("eligible", 0),
        unknown=counts.get("unknown", 0),
        not_eligible=counts.get("not_eligible", 0),
    )
