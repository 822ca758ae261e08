"""10,000 people of 15 columns: preview and apply within 4 times the bare minimum."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.db import connection

from filings.models import RosterRow
from tests.benchmarks import bench_roster_import as bench

ROWS, REPEATS = 10_000, 5


@pytest.mark.benchmark
def test_import_is_within_4_times_the_bare_minimum(process_environment, record):
    # A process of its own, so that its memory is the import's and not the test run's.
    run = subprocess.run(
        [sys.executable, bench.__file__, str(ROWS), str(REPEATS)],
        env=process_environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-2000:]

    figures = json.loads(run.stdout)
    record(f"roster_import.{connection.vendor}", figures)
    assert figures["database"] == connection.vendor
    assert figures["ratio"] <= bench.ALLOWED_RATIO
    assert figures["peak_bytes"] <= bench.ALLOWED_MEMORY


@pytest.mark.django_db(transaction=True)
def test_every_part_of_the_measurement_runs(settings, tmp_path):
    """On a small size and without looking at the time, so that `make bench` does not rot."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }

    figures = bench.figures(120, 2)

    assert set(figures["seconds"]) == set(bench.STEPS)
    assert all(cost["passed"] > 0 for cost in figures["seconds"].values())
    assert (figures["rows"], figures["columns"]) == (120, 15)
    assert figures["ratio"] > 0
    assert not RosterRow.objects.exists()


def test_the_ratio_counts_both_halves():
    costs = {step: bench.Cost(1.0, 1.0) for step in bench.STEPS}

    slower = costs | {"apply": bench.Cost(5.0, 1.0)}

    assert (bench.ratio(costs, "busy"), bench.ratio(slower, "busy")) == (1.0, 3.0)
    assert bench.ratio(slower, "passed") == 1.0
