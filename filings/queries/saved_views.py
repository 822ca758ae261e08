"""The views that a person sees beside the given ones, each with its count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Value

from filings.models import DeskPreference, SavedView, User

from .desk import Asked, conditions_of, desk_entries, found

#: Turns the query of a view into what it asks for.
Reading = Callable[[str], Asked]
#: Stands for what the desk itself asks for, among the keys of views.
_HERE = 0


@dataclass(frozen=True, slots=True)
class KeptView:
    """A saved view on the desk. `is_shared` comes from the lead of the bureau."""

    view: SavedView
    count: int
    is_shared: bool


def saved_views(user: User) -> list[SavedView]:
    """The person's own views and those shared with the bureau, the own ones first.

    `is_default` of each says whether the person's desk begins with it.
    """
    begins = DeskPreference.objects.filter(user=user, begins_with=OuterRef("pk"))
    rows = SavedView.objects.visible_to(user).select_related("owner", "shared_with")
    rows = rows.annotate(is_default=Exists(begins))
    return sorted(rows, key=lambda view: (view.owner_id != user.pk, view.name, view.pk))


@dataclass(frozen=True, slots=True)
class Beside:
    """The saved views on a desk, and how many entries the desk's own filters find.

    `total` is None where another query tells that: on the first page, without saved views, and
    without filters.
    """

    views: list[KeptView]
    total: int | None


def beside(
    asked: Asked, views: list[SavedView], *, user: User, at: datetime, reading: Reading
) -> Beside:
    """The person's saved views with their counts at the moment `at`, in one query.

    Behind the first page, which counts on its way, the filters of the page are counted along.
    """
    asking = {view.pk: reading(view.query) for view in views}
    if views and asked.after and conditions_of(asked, at):
        asking[_HERE] = asked
    counts = _counts(asking, user, at)
    kept = [KeptView(view, counts.get(view.pk, 0), view.owner_id != user.pk) for view in views]
    return Beside(kept, counts.get(_HERE, 0) if _HERE in asking else None)


def _counts(asking: Mapping[int, Asked], user: User, at: datetime) -> dict[int, int]:
    entries = desk_entries(user)
    counted = [
        found(entries, asked, user=user, at=at)
        .order_by()
        .values(told=Value(key))
        .annotate(count=Count("pk"))
        .values_list("told", "count")
        for key, asked in asking.items()
    ]
    if not counted:
        return {}
    first, *others = counted
    return dict(first.union(*others, all=True) if others else first)


def default_of(views: Iterable[SavedView]) -> SavedView | None:
    """Of the views that `saved_views` gave, the one with which the person's desk begins."""
    return next((view for view in views if vars(view)["is_default"]), None)


__all__ = ["Beside", "KeptView", "beside", "default_of", "saved_views"]
