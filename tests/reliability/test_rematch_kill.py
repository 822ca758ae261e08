"""Judging every filing again while its worker is killed: each is judged, and nothing twice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.db.models import Count

from filings.management.scale import seed_scale
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import packs
from policies.models import Match, SupportLink
from policies.queries.rematch_progress import KIND, Progress, rematch_progress
from tests import factories as make
from tests.processes import FileBroker, Portal, RedisBroker, use_broker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: More than two batches in each of two lanes.
FILINGS = 2400
PATIENCE = 240


@pytest.fixture
def portal(process_environment, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The processes of the portal, started once the round is asked for."""
    url_before = os.environ["CELERY_BROKER_URL"]
    kind = RedisBroker if url_before.startswith("redis") else FileBroker
    environment = {**process_environment, "PORTAL_OUTBOX_RESEND_SECONDS": "5"}
    make.city()
    seed_scale(FILINGS, seed=1, until=make.NOW, people=1, workers=1)
    packs.load_folder(None, at=make.NOW)
    # The day's own round would judge what this one leaves.
    OutboxRow.objects.exclude(kind=KIND).delete()
    running = Portal(environment, tmp_path, broker=kind)
    yield running
    running.stop()
    use_broker(url_before)


def progress_when(condition) -> Progress:  # type: ignore[no-untyped-def]
    """The first progress that fulfils the condition."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        progress = rematch_progress()
        assert progress is not None
        if condition(progress):
            return progress
        time.sleep(0.05)
    raise AssertionError(f"{progress} for {PATIENCE} seconds")


def test_a_killed_round_goes_on_where_it_was(portal: Portal) -> None:
    killed_at = progress_when(lambda one: one.judged).judged
    portal.worker.kill()
    assert 0 < killed_at < FILINGS
    time.sleep(1)
    assert rematch_progress().judged < FILINGS  # nobody else goes on
    links = SupportLink.objects.count()
    portal.worker.start()

    over = progress_when(lambda one: not one.is_running)

    assert (over.judged, over.total, over.failed, over.is_stopped) == (FILINGS, FILINGS, 0, False)
    assert OutboxRow.objects.filter(kind=KIND, tries=2).exists()  # the lane that was cut short
    assert Match.objects.exclude(day=None).count() == FILINGS
    assert SupportLink.objects.count() > links
    # What was judged before the kill was not written again: no verdict has a history.
    assert not SupportLink.objects.exclude(superseded_at=None).exists()
    each = SupportLink.objects.values("filing", "measure").annotate(n=Count("pk"))
    assert not each.filter(n__gt=1).exists()
