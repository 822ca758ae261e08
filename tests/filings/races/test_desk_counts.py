"""Many filings move at once: the counts of the desk are true, and nobody waits for them."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from filings.domain import desk_counts, moves
from filings.models import DeskCount, DeskEntry, Filing
from tests import factories as make
from tests.factories import NOW
from tests.threads import all_at_once, kinds, meet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FILINGS = 8
ONE_WRITER = connection.vendor == "sqlite"


def claim_all_at_once() -> list[object]:
    filings = [make.filing_in("submitted") for _n in range(FILINGS)]

    def claim(number: int) -> None:
        filing, people = filings[number]
        mine = Filing.objects.get(pk=filing.pk)
        moves.claim_filing(mine, by=make.fresh(people.reviewer), at=NOW)

    return all_at_once(FILINGS, claim)


def kept(state: str) -> int:
    return DeskCount.objects.filter(state=state).aggregate(sum=Sum("entries"))["sum"] or 0


def test_eight_claims_at_once_are_all_counted():
    got = claim_all_at_once()

    assert kinds(got) == {"done": FILINGS}
    assert DeskEntry.objects.filter(state="in_review").count() == FILINGS
    assert (kept("submitted"), kept("in_review")) == (0, FILINGS)


def test_counts_that_are_read_and_written_back_lose_claims(monkeypatch):
    """The control: whoever writes back what was read loses what came in between.

    On SQLite nothing comes in between, for a second writer is let in after the first.
    """

    def read_and_write_back(bucket, step):
        row = DeskCount.objects.filter(**bucket._asdict()).first()
        row = row or DeskCount(**bucket._asdict(), entries=0)
        row.entries += step
        row.save()

    monkeypatch.setattr(desk_counts, "_add", read_and_write_back)
    meet(monkeypatch, DeskCount, "save", FILINGS, before=True)

    claim_all_at_once()

    assert (kept("submitted") == 0) is ONE_WRITER


def claim_while_another_claim_is_not_committed(lock_timeout: str) -> list[object]:
    """What came of the second of two claims; on SQLite they can only follow one another."""
    (first, people), (second, __) = make.filing_in("submitted"), make.filing_in("submitted")
    moves.claim_filing(make.filing_in("submitted")[0], by=people.reviewer, at=NOW)

    def claim_second(_number: int) -> None:
        if not ONE_WRITER:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [lock_timeout])
        moves.claim_filing(Filing.objects.get(pk=second.pk), by=make.fresh(people.lead), at=NOW)

    with nullcontext() if ONE_WRITER else transaction.atomic():
        moves.claim_filing(first, by=people.reviewer, at=NOW)
        return all_at_once(1, claim_second)


def test_nobody_waits_for_a_count_that_another_has_not_committed():
    got = claim_while_another_claim_is_not_committed("2s")

    assert kinds(got) == {"done": 1}
    assert (kept("submitted"), kept("in_review")) == (0, 3)
    assert DeskCount.objects.filter(state="in_review").count() == (1 if ONE_WRITER else 2)


def test_where_a_count_is_one_row_the_second_claim_waits(monkeypatch):
    """The control of the one above: with a plain update it runs into its timeout."""

    def plain(bucket, step):
        rows = DeskCount.objects.filter(**bucket._asdict())
        if not rows.update(entries=F("entries") + step):
            DeskCount.objects.create(**bucket._asdict(), entries=step)

    monkeypatch.setattr(desk_counts, "_add", plain)

    got = claim_while_another_claim_is_not_committed("500ms")

    assert kinds(got) == {"done" if ONE_WRITER else "broke": 1}
