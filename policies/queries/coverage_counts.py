"""The figures behind the coverage page, each read once for all measures.

The only place that knows how verdicts, answers and applications are stored; `coverage` makes the
page of them. SECURITY: counts and sums only, never whose they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from filings.public import Filing, open_filing_scope
from policies.models import Application, Declaration, SupportLink
from policies.states import ApplicationState


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """So many filings have this verdict on a measure and miss these facts for it."""

    measure: str
    verdict: str
    missing: tuple[str, ...]
    filings: int


@dataclass(frozen=True, slots=True)
class ApplicationCount:
    """So many applications for a measure stand in a state, with the yuan granted in them."""

    measure: str
    state: str
    number: int
    yuan: Decimal


def _here(prefix: str, district: str) -> Q:
    here = open_filing_scope(prefix)
    return here & Q(**{f"{prefix}district__code": district}) if district else here


def count_filings(district: str) -> int:
    """How many current filings there are, in one district or everywhere (blank)."""
    return Filing.objects.filter(_here("", district)).count()


def verdict_counts(district: str) -> list[VerdictCount]:
    """Standing verdicts of current filings by measure, verdict and missing facts. One query."""
    rows = (
        SupportLink.objects.current()
        .filter(_here("filing__", district))
        .order_by()
        .values_list("measure", "verdict", "reasoning__content__missing")
        .annotate(filings=Count("pk"))
    )
    return [
        VerdictCount(measure, verdict, tuple(missing or ()), filings)
        for measure, verdict, missing, filings in rows
    ]


def answer_counts(district: str) -> dict[str, int]:
    """How many enterprises have a standing answer, by fact. One query."""
    answers = Declaration.objects.current()
    if district:
        answers = answers.filter(enterprise__filings__district__code=district)
    rows = answers.order_by().values_list("fact").annotate(Count("enterprise_id", distinct=True))
    return dict(rows)


def application_counts(district: str) -> list[ApplicationCount]:
    """Applications that were sent, by measure and state. One query."""
    sent = Application.objects.filter(sent_at__isnull=False)
    sent = sent.exclude(state=ApplicationState.WITHDRAWN)
    if district:
        sent = sent.filter(filing__district__code=district)
    rows = sent.order_by().values_list("measure", "state")
    return [
        ApplicationCount(measure, state, number, yuan or Decimal(0))
        for measure, state, number, yuan in rows.annotate(Count("pk"), Sum("granted_yuan"))
    ]
