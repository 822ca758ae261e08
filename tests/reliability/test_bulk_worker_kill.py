"""A long batch while its Celery worker is killed from outside: each item has its one result."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from filings import tasks
from filings.domain import bulk
from filings.management.scale import seed_scale
from filings.models import Batch, Filing, Step
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.processes import FileBroker, Portal, RedisBroker, use_broker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DISTRICT = "410803"
#: Of a whole city, of which the district has more than a hundred: many steps of a batch.
FILINGS = 800
PATIENCE = 120


@pytest.fixture
def batch(process_environment) -> Batch:
    """Everything of a district, whatever its state, is to be assigned; only some of it can be."""
    make.city()
    seed_scale(FILINGS, seed=1, until=make.NOW, people=1, workers=1)
    chosen = Filing.objects.filter(district__code=DISTRICT).order_by("pk")
    begun = bulk.start_batch(
        "assign",
        dict(chosen.values_list("pk", "revision")),
        by=make.officer("bureau", district=DISTRICT, role="lead"),
        to=make.officer("bureau", district=DISTRICT),
        at=make.NOW,
        key=uuid.uuid4(),
    )
    OutboxRow.objects.exclude(kind="desk.bulk").delete()
    return begun


@pytest.fixture
def portal(batch, process_environment, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The processes of the portal, started once the batch is asked for."""
    url_before = os.environ["CELERY_BROKER_URL"]
    kind = RedisBroker if url_before.startswith("redis") else FileBroker
    environment = {**process_environment, "PORTAL_OUTBOX_RESEND_SECONDS": "5"}
    running = Portal(environment, tmp_path, broker=kind)
    yield running
    running.stop()
    use_broker(url_before)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"not within {PATIENCE} seconds"
        time.sleep(0.01)


def done(batch: Batch) -> int:
    return batch.items.exclude(result="").count()


def end_leases() -> None:
    """Whatever a worker had claimed when it was killed is due again."""
    lease_is_over = clock.real_now() - tasks.BATCH_LEASE - timedelta(seconds=1)
    left = OutboxRow.objects.filter(kind="desk.bulk", done_at=None)
    left.filter(claimed_at__isnull=False).update(claimed_at=lease_is_over)
    left.update(next_at=clock.real_now())


def test_a_batch_goes_on_when_its_worker_was_killed(batch, portal) -> None:
    items = batch.items.order_by("position")
    waiting = set(items.filter(filing__state="submitted").values_list("filing", flat=True))
    total = items.count()

    wait_until(lambda: done(batch) > bulk.STEP // 2)
    portal.worker.kill()
    time.sleep(0.5)  # a COMMIT that had left already still counts
    killed_at = done(batch)
    time.sleep(1)
    assert done(batch) == killed_at < total  # nobody else goes on
    end_leases()
    portal.worker.start()
    wait_until(lambda: Batch.objects.filter(pk=batch.pk, finished_at__isnull=False).exists())

    assert dict(items.values_list("filing", "result")) == {
        filing: "done" if filing in waiting else "refused"
        for filing in items.values_list("filing", flat=True)
    }
    moved = Step.objects.filter(move="assign", by=batch.person).values_list("filing", flat=True)
    assert sorted(moved) == sorted(waiting)
    assert {filing.pk: filing.revision for filing in Filing.objects.filter(pk__in=waiting)} == {
        item.filing_id: item.revision + 1 for item in items if item.filing_id in waiting
    }
    assert not OutboxRow.objects.filter(kind="desk.bulk").exclude(dead_at=None).exists()
