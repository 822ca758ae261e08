"""The desk's pages beside bare Django pages; PORTAL_BENCH_FILINGS says at which scale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from tests.benchmarks import bench_desk as bench

FILINGS = int(os.environ.get("PORTAL_BENCH_FILINGS") or 10_000)


def run(environment: dict[str, str], *numbers: int) -> dict[str, Any]:
    """The measurement in a process of its own, which serves the test's database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_desk", *map(str, numbers)],
        env=environment,
        cwd=bench.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.benchmark
def test_the_pages_of_the_desk(process_environment, record):
    figures = run(process_environment, FILINGS)

    record(f"desk.{connection.vendor}", figures)
    assert figures["filings"] == FILINGS


def test_every_page_of_the_measurement_answers(process_environment):
    """On a small size and without looking at the time, so that `make bench` does not rot."""
    figures = run(process_environment, 60, 3, 1)

    assert figures["filings"] == 60
    assert all(page["ms"] > 0 and page["ratio"] > 0 for page in figures["pages"].values())
    assert figures["together"]["requests"] > 0
    assert figures["together"]["errors"] == 0
    assert figures["export"]["rows"] == figures["export"]["bare_rows"] > 50
    assert figures["memory"]["worker_mb"] > 20
