"""What the pages of a batch show: the filings that were chosen, the results, the batches so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from filings import access
from filings.models import Batch, BatchItem, Filing, User
from filings.states import MOVES
from jiaozuo_portal.lib.pages import Page, keyset_page

from .desk import Asked, desk_entries, districts_of
from .desk_export import entries_to_export

#: Batches on one page of the list.
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filing that was chosen; `why_not` says why the action is not possible now, if so."""

    filing: Filing
    why_not: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items a batch has, how many have a result, and how many were done."""

    total: int
    over: int
    done: int

    @property
    def left_undone(self) -> int:
        """Those that have a result and were not done."""
        return self.over - self.done


def chosen_filings(user: User, ids: Sequence[int]) -> list[Filing]:
    """These filings in this order, as far as they are of the person's bureau; in one query."""
    own = Filing.objects.visible_to(user).filter(district_id__in=districts_of(user), pk__in=ids)
    found = own.select_related("enterprise", "site", "holder").in_bulk()
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def all_found(user: User, asked: Asked, *, at: datetime, most: int) -> tuple[list[Filing], int]:
    """All that the desk finds at the moment `at`, in its order, `most` of them at the most.

    Gives the filings, and how many the desk finds in all; two queries.
    """
    entries = entries_to_export(desk_entries(user), asked, user=user, at=at)
    ids = entries.values_list("pk", flat=True)[:most]
    found = list(ids.annotate(total=Window(Count("pk"))).values_list("pk", "total"))
    return chosen_filings(user, [pk for pk, _total in found]), found[0][1] if found else 0


def prospects(filings: Sequence[Filing], kind: str, user: User) -> list[Chosen]:
    """Each filing with what stands in the way now. What happens until its turn is seen then."""
    return [Chosen(filing, _why_not(filing, kind, user)) for filing in filings]


def _why_not(filing: Filing, kind: str, user: User) -> str:
    if kind in MOVES:
        return access.may_move(user, filing, kind).why
    return access.may_tell(user, filing).why


def batches_of(user: User, *, after: str | None = None) -> Page[Any]:
    """One page of the person's batches, the newest first, each with its counts of items."""
    return keyset_page(
        _counted(Batch.objects.visible_to(user)), order=("-pk",), after=after, size=PAGE_SIZE
    )


def open_batch_of(user: User) -> Batch | None:
    """The batch of the person that is still running."""
    return Batch.objects.visible_to(user).still_open().first()


def tally(batch: Batch) -> Tally:
    """How far a batch is."""
    return Tally(
        **batch.items.aggregate(
            total=Count("pk"), over=Count("pk", filter=_OVER), done=Count("pk", filter=_DONE)
        )
    )


def items_of(batch: Batch, user: User) -> QuerySet[BatchItem]:
    """The items of a batch in their order, as far as the person may still know of the filings."""
    return (
        BatchItem.objects.filter(
            batch=batch, filing__in=Filing.objects.visible_to(user).values("pk")
        )
        .select_related("filing__enterprise", "filing__site")
        .order_by("position")
    )


_OVER, _DONE = ~Q(result=""), Q(result=BatchItem.Result.DONE)


def _counted(batches: Any) -> Any:
    return batches.select_related("to").annotate(
        total=Count("items"),
        done=Count("items", filter=Q(items__result=BatchItem.Result.DONE)),
        undone=Count("items", filter=~Q(items__result__in=("", BatchItem.Result.DONE))),
    )
