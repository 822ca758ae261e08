"""A person's notices, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from filings.models import Notice, User
from jiaozuo_portal.lib.pages import Page, keyset_page


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """One page of notices, and how many are unread in all."""

    page: Page[Notice]
    unread: int
    total: int


def notices_of(user: User, *, after: str | None = None) -> NoticesPage:
    """The person's notices, unread first, then the newest."""
    mine = Notice.objects.visible_to(user)
    rows = mine.select_related("filing__site").annotate(
        is_read=Case(
            When(read_at__isnull=True, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
    )
    return NoticesPage(
        page=keyset_page(rows, order=("is_read", "-pk"), after=after),
        unread=mine.unread().count(),
        total=mine.count(),
    )
