"""The text blocks of a bureau: all of them for its lead, those of a place for its reviewers."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from filings.models import Agency, Filing, TextBlock


def blocks_of(agency: Agency) -> QuerySet[TextBlock]:
    """Every block of a bureau, those in use and used most first."""
    return TextBlock.objects.filter(agency=agency).order_by("-is_active", "-used", "pk")


def blocks_for(filing: Filing, section: str = "") -> QuerySet[TextBlock]:
    """What is offered for a correction in this section of the filing; all sections when blank."""
    offered = TextBlock.objects.filter(
        is_active=True,
        agency__kind=Agency.Kind.BUREAU,
        agency__is_active=True,
        agency__district_id=filing.district_id,
    ).select_related("agency")
    return offered.filter(Q(section="") | Q(section=section)) if section else offered
