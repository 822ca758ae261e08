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
from policies.domain.rematch import Lane, rematch_batch, request_rematch
from policies.models import FactSheet, Match, SupportLink
from policies.queries import rematch as reads
from policies.queries.rematch_progress import rematch_progress, waiting
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


def asked(subject: str = "", at=NOW) -> Lane:
    """All filings in one lane of a new round."""
    return Lane(request_rematch("hand", subject, at=at).pk, 0)


def test_a_batch_gives_what_judging_one_by_one_gives(pack, tmp_path: Path):
    ids = city()
    for pk in ids:
        match_filing(pk, at=NOW)
    publish_pack(tmp_path, a__03=None)

    assert rematch_batch(asked(), at=NOW) == ids[-1]
    in_batch = shown()
    forget_everything()
    for pk in ids:
        match_filing(pk, at=NOW)

    assert [row[:3] for row in in_batch] == [row[:3] for row in shown()]


def test_lanes_follow_one_another_until_every_filing_is_judged_once(
    pack, drain, monkeypatch, clock_at
):
    clock_at(NOW)
    ids, judged = city(), []
    monkeypatch.setitem(rematch_batch.__kwdefaults__, "size", 2)
    # A turn that is over after one batch.
    monkeypatch.setattr(rematch, "TURN", timedelta(0))
    monkeypatch.setattr(
        rematch, "match_filings", lambda some, at: judged.extend(some) or match_filings(some, at=at)
    )
    OutboxRow.objects.all().delete()

    made = request_rematch("day", "2020-03-02", at=NOW)
    assert OutboxRow.objects.count() == rematch.LANES
    drain()

    assert sorted(judged) == ids
    assert made.total == len(ids)
    assert not waiting(made.pk).exists()


def test_the_same_cause_is_asked_for_once(pack):
    city()
    assert request_rematch("day", "2020-03-02", at=NOW) is not None
    assert request_rematch("day", "2020-03-02", at=NOW) is None
    assert request_rematch("day", "2020-03-03", at=LATER) is not None


def test_whatever_was_judged_before_the_round_is_judged_in_it(pack):
    ids = city()
    match_filings(ids, at=NOW)
    first, second = asked("一"), asked("二")

    match_filings(ids[:2], at=NOW)
    assert rematch_batch(first, at=NOW) == ids[-1]
    assert rematch_batch(first, at=NOW) is None
    assert rematch_batch(second, at=NOW) is None


def test_nothing_is_written_where_nothing_differs(pack):
    city()
    rematch_batch(asked("一"), at=NOW)
    before = SupportLink.objects.count()

    assert rematch_batch(asked("二", LATER), at=LATER) is not None
    assert SupportLink.objects.count() == before


def test_a_batch_that_is_cut_short_leaves_nothing_and_is_taken_up_again(pack, monkeypatch):
    ids = city()
    lane = asked()
    rematch_batch(lane, at=NOW, size=3)
    done = shown()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rematch, "_leave_to_themselves", cut)
        with pytest.raises(KeyboardInterrupt):
            rematch_batch(lane, at=NOW, size=3)
    assert shown() == done

    assert rematch_batch(lane, at=NOW) == ids[-1]
    assert len({row[0] for row in shown()}) == len(ids)


def fails_for(code: str):
    """The reading of an enterprise, which fails for this one."""
    gathered_from = reads.gathered_from

    def gathered(portal, uscc, *rest):
        if uscc == code:
            raise ValueError
        return gathered_from(portal, uscc, *rest)

    return gathered


def test_a_filing_that_cannot_be_judged_holds_up_nobody(pack, monkeypatch):
    ids = city()
    lane = asked()
    code = Filing.objects.get(pk=ids[1]).enterprise.uscc
    monkeypatch.setattr(reads, "gathered_from", fails_for(code))

    rematch_batch(lane, at=LATER)

    assert [one.pk for one in waiting(lane.rematch)] == [ids[1]]
    assert own_rows(lane) == [str(ids[1])]


def test_one_that_breaks_its_whole_batch_is_found_by_judging_each(
    pack, monkeypatch, drain, clock_at
):
    clock_at(NOW)
    ids = city()
    lane = asked()
    judge = rematch.match_filings

    def breaks(some, at):
        if ids[1] in some:
            raise ArithmeticError
        return judge(some, at=at)

    monkeypatch.setattr(rematch, "match_filings", breaks)
    assert rematch_batch(lane, at=NOW, size=3) == ids[2]

    assert own_rows(lane) == [str(pk) for pk in ids[:3]]
    drain()
    assert not waiting(lane.rematch).exists()


def own_rows(lane: Lane) -> list[str]:
    rows = OutboxRow.objects.filter(key__startswith=f"rematch:{lane.rematch}:support.match:")
    return [row.subject for row in rows.order_by("subject")]


def test_progress_tells_what_is_judged_what_failed_and_what_stopped(pack, drain, clock_at):
    clock_at(NOW)
    assert rematch_progress().percent == 100
    ids = city()
    lane = asked()
    rematch_batch(lane, at=NOW, size=3)

    running = rematch_progress()
    assert (running.judged, running.total, running.percent) == (3, len(ids), 42)
    assert running.is_running

    OutboxRow.objects.filter(kind="support.rematch").update(dead_at=NOW)
    stopped = rematch_progress()
    assert (stopped.is_running, stopped.is_stopped, stopped.failed) == (False, True, 0)

    OutboxRow.objects.retry(at=NOW)
    drain()
    over = rematch_progress()
    assert (over.judged, over.is_running, over.is_stopped) == (len(ids), False, False)


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
