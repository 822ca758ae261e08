"""How many entries each district has in each state: kept with every change, in its transaction."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Q

from filings.models import DeskCount, DeskEntry


class Bucket(NamedTuple):
    """What is counted apart."""

    district_id: int
    state: str
    was_returned: bool


def bucket_of(entry: DeskEntry) -> Bucket:
    """Where an entry counts."""
    return Bucket(entry.district_id, str(entry.state), entry.returns > 0)


def kept_bucket(filing_id: int) -> Bucket | None:
    """Where the entry of a filing counts as it stands in the table; None while it has none."""
    entry = DeskEntry.objects.filter(pk=filing_id).only("district_id", "state", "returns").first()
    return bucket_of(entry) if entry else None


def count_move(before: Bucket | None, after: Bucket) -> None:
    """Count one entry out of `before` and into `after`, in the transaction that writes the entry.

    The caller holds the filing's lock, so that nobody moves the entry meanwhile.
    """
    if before == after:
        return
    if before is not None:
        _add(before, -1)
    _add(after, 1)


def _add(bucket: Bucket, step: int) -> None:
    # Rows that other transactions are adding to are passed over: nobody waits until they commit,
    # and two that move filings in opposite directions can't lock each other.
    rows = DeskCount.objects.filter(**bucket._asdict())
    free = rows.select_for_update(skip_locked=True).order_by("pk").first()
    if free is None:
        DeskCount.objects.create(**bucket._asdict(), entries=step)
    else:
        rows.filter(pk=free.pk).update(entries=F("entries") + step)


def recount() -> None:
    """Count all entries anew, after they were written in bulk. No entry moves meanwhile."""
    with transaction.atomic():
        _keep_entries_still()
        DeskCount.objects.all().delete()
        counted = (
            DeskEntry.objects.order_by()
            .values("district_id", "state", was_returned=Q(returns__gt=0))
            .annotate(entries=Count("pk"))
        )
        DeskCount.objects.bulk_create(DeskCount(**bucket) for bucket in counted)


def _keep_entries_still() -> None:
    """Wait for those who are writing entries and hold off the next ones until the commit."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(DeskEntry._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
