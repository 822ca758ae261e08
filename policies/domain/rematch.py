"""Judging every filing again, a batch at a time: after a new pack, and when a day begins."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from filings.public import Filing
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies.models import Pack
from policies.queries.packs import published_rules

from .matching import match_filings

#: How many filings one transaction judges.
BATCH = 100


def request_rematch(*, at: datetime, after: int = 0) -> int:
    """Ask for every filing to be judged that has no verdict of this day and pack; how many.

    One row of the outbox, for the first batch after the filing `after`; each batch asks for the
    next. The key names day, pack and place, so that asking twice is asking once.
    """
    with transaction.atomic():
        pack = Pack.objects.published().only("pk").first()
        if pack is None:
            return 0
        day = clock.day_of(at)
        waiting = Filing.objects.filter(pk__gt=after).exclude(match__day=day, match__pack=pack)
        if first := waiting.order_by("pk").values_list("pk", flat=True).first():
            enqueue("support.rematch", first, key=f"support.rematch:{day}:{pack.pk}:{first}")
        return waiting.count() if not after else int(first is not None)


def rematch_batch(first: int, *, at: datetime, size: int = BATCH) -> int:
    """Judge the next `size` waiting filings from `first` on, and ask for those after them.

    Gives the number judged. The same as `match_filing` for each, in one transaction with a fixed
    number of reads; a filing that was judged meanwhile is passed over, and one that cannot be
    judged is left to a row of its own, so that it holds up nobody else.
    """
    with transaction.atomic():
        rules = published_rules()
        if rules is None:
            return 0
        day = clock.day_of(at)
        waiting = Filing.objects.filter(pk__gte=first).exclude(
            match__day=day, match__pack=rules.row
        )
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:size])
        if not ids:
            return 0
        matched = match_filings(ids, at=at)
        for pk in matched.unfit:
            # Its own row shows the failure and tries again.
            enqueue("support.match", pk, key=f"support:{pk}:{day}:{rules.row.pk}")
        request_rematch(at=at, after=ids[-1])
        return len(matched.outcomes)
