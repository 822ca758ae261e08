"""Judging every filing again, a batch at a time: after a new pack, and when a day begins."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from filings.public import Filing, filings_by_id
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies.models import Match, Pack, SupportLink
from policies.queries.facts import declarations_by_enterprise
from policies.queries.kept import kept_for
from policies.queries.packs import published_rules

from .matching import Judged, judged, tell

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
        Match.objects.bulk_create([Match(filing_id=pk) for pk in ids], ignore_conflicts=True)
        # In the order of their keys, so that two batches never wait for each other.
        locked = Match.objects.select_for_update().filter(filing_id__in=ids).order_by("pk")
        matches = {
            match.filing_id: match
            for match in locked
            if (match.day, match.pack_id) != (day, rules.row.pk)
        }
        # Read under the locks: whoever held one may have changed profile or answers.
        filings = filings_by_id(matches)
        declared = declarations_by_enterprise(one.enterprise_id for one in filings.values())
        kept = kept_for([one.enterprise.uscc for one in filings.values()], day)
        links: dict[int, list[SupportLink]] = {}
        current = SupportLink.objects.filter(filing_id__in=matches).current()
        for link in current.only("filing_id", "measure", "verdict", "sha256"):
            links.setdefault(link.filing_id, []).append(link)
        found: dict[int, Judged] = {}
        for pk in sorted(filings):
            filing = filings[pk]
            try:
                found[pk] = judged(
                    filing,
                    rules,
                    at=at,
                    declared=declared.get(filing.enterprise_id, []),
                    kept=kept,
                    links=links.get(pk, []),
                )
            except Exception:  # noqa: BLE001 - its own row shows the failure and tries again
                enqueue("support.match", pk, key=f"support:{pk}:{day}:{rules.row.pk}")
        ended = [pk for one in found.values() for pk in one.ended]
        SupportLink.objects.filter(pk__in=ended).update(superseded_at=at)
        fresh = [link for one in found.values() for link in one.fresh]
        SupportLink.objects.bulk_create(fresh, batch_size=2000)
        for pk, one in found.items():
            if one.changed and matches[pk].day is not None:
                tell(filings[pk], one.changed, at=at)
        Match.objects.filter(filing_id__in=found).update(pack=rules.row, day=day, at=at)
        request_rematch(at=at, after=ids[-1])
        return len(found)
