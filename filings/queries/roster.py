"""The roster's page: figures at the top, and the people page by page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from filings.models import Filing, RosterImport, RosterRow, User
from jiaozuo_portal.lib.pages import Page, keyset_page

PAGE = 50

NOT_TOLD = Q(health="") | Q(travel="") | Q(gatherings="")
NOT_FIT = Q(certificate_no="") | ~Q(inspection=RosterRow.Inspection.PASS)
NOT_HEALTHY = ~Q(health__in=("", RosterRow.Health.HEALTHY, RosterRow.Health.RECOVERED))

#: What a list can be narrowed down to.
VIEWS = {"all": Q(), "untold": NOT_TOLD, "unfit": NOT_FIT, "unwell": NOT_HEALTHY}


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page of the draft roster. `counts` has the number of people in each of `VIEWS`."""

    page: Page[RosterRow]
    counts: dict[str, int]
    found: int


def draft_roster(filing: Filing, user: User) -> QuerySet[RosterRow]:
    """The people of the draft, as far as the person may know of them."""
    return RosterRow.objects.in_draft().visible_to(user).filter(filing=filing)


def roster_page(
    filing: Filing, user: User, *, view: str = "all", search: str = "", after: str | None = None
) -> RosterPage:
    """The people of the draft in one of `VIEWS`, whose name or unit holds `search`.

    Three queries, whatever the number of people.
    """
    people = draft_roster(filing, user)
    counts = people.aggregate(
        **{
            name: Count("pk", filter=which) if which else Count("pk")
            for name, which in VIEWS.items()
        }
    )
    rows = people.filter(VIEWS.get(view, Q()))
    if search:
        rows = rows.filter(
            Q(name__icontains=search) | Q(workshop__icontains=search) | Q(team__icontains=search)
        )
    found = rows.count() if search else counts.get(view, counts["all"])
    page = keyset_page(rows, order=("order", "pk"), after=after, size=PAGE)
    return RosterPage(page, counts, found)


def imports_of(filing: Filing, user: User) -> QuerySet[RosterImport]:
    """The last imports of a filing, newest first; those that were given up are left out."""
    return (
        RosterImport.objects.visible_to(user)
        .filter(filing=filing)
        .exclude(status=RosterImport.Status.DROPPED)
        .select_related("by")
        .order_by("-pk")
    )
