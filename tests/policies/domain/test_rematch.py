"""Judging every filing again in batches: the same verdicts, resumable, nothing written twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from filings.public import Filing
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import rematch
from policies.domain.declarations import declare
from policies.domain.matching import match_filing, match_filings
from policies.domain.rematch import rematch_batch, request_rematch
from policies.models import FactSheet, Match, SupportLink
from policies.queries import rematch as reads
from policies.queries.verdicts import content_of_link
from tests.factories import NOW, filing, filing_in, owner_of
from tests.factories.policies import publish_pack

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def city() -> list[int]:
    """Filings that differ in state and answers."""
    made = [filing() for _ in range(4)] + [filing_in("submitted")[0] for _ in range(3)]
    for one, answer in ((made[0], True), (made[5], False)):
        declare(one, "insured", answer, by=owner_of(one.enterprise), at=NOW)
    return [one.pk for one in made]


def shown() -> list[tuple]:
    links = SupportLink.objects.current().select_related("reasoning", "sheet")
    return [
        (link.filing_id, link.measure, content_of_link(link), link.pack_id)
        for link in links.order_by("filing_id", "measure")
    ]


def forget_everything() -> None:
    for model in (SupportLink, FactSheet, Match):
        model.objects.all().delete()


def test_a_batch_gives_what_judging_one_by_one_gives(pack, tmp_path: Path):
    ids = city()
    for pk in ids:
        match_filing(pk, at=NOW)
    publish_pack(tmp_path, a__03=None)

    assert rematch_batch(ids[0], at=NOW) == len(ids)
    in_batch = shown()
    forget_everything()
    for pk in ids:
        match_filing(pk, at=NOW)

    assert [row[:3] for row in in_batch] == [row[:3] for row in shown()]


def test_batches_follow_one_another_until_every_filing_is_judged(
    pack, drain, monkeypatch, clock_at
):
    clock_at(NOW)
    ids = city()
    monkeypatch.setitem(rematch_batch.__kwdefaults__, "size", 3)

    assert rematch_batch(ids[0], at=NOW) > 0
    drain()

    assert Match.objects.exclude(day=None).count() == len(ids)
    assert request_rematch(at=NOW) == 0


def test_nothing_is_written_where_nothing_differs(pack):
    ids = city()
    rematch_batch(ids[0], at=NOW)
    before = SupportLink.objects.count()

    assert rematch_batch(ids[0], at=NOW) == 0
    assert rematch_batch(ids[0], at=LATER) == len(ids)
    assert SupportLink.objects.count() == before


def test_a_batch_that_is_cut_short_leaves_nothing_and_is_taken_up_again(pack, monkeypatch):
    ids = city()
    forget_everything()
    rematch_batch(ids[0], at=NOW, size=3)
    done = shown()

    def cut(**_: object) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(rematch, "request_rematch", cut)
        with pytest.raises(OSError):
            rematch_batch(ids[3], at=NOW, size=3)
    assert shown() == done

    assert rematch_batch(ids[0], at=NOW) == len(ids) - 3


def test_a_filing_that_cannot_be_judged_holds_up_nobody(pack, monkeypatch):
    ids = city()
    gathered_from = reads.gathered_from
    code = Filing.objects.get(pk=ids[1]).enterprise.uscc

    def fails_for_one(portal, uscc, *rest):
        if uscc == code:
            raise ValueError
        return gathered_from(portal, uscc, *rest)

    monkeypatch.setattr(reads, "gathered_from", fails_for_one)
    assert rematch_batch(ids[0], at=LATER) == len(ids) - 1
    key = f"support:{ids[1]}:2020-03-03:{pack.pk}"
    assert OutboxRow.objects.get(key=key).subject == str(ids[1])


def test_more_filings_are_no_more_reads(pack):
    ids = city()
    match_filings(ids, at=LATER)
    forget_everything()

    counts = []
    for some in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as asked:
            match_filings(some, at=LATER)
        counts.append(len(asked))

    assert counts[0] == counts[1]
