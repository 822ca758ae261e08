"""Judging one enterprise and a whole city; PORTAL_BENCH_FILINGS says how many filings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from tests.benchmarks.bench_rematch import BASE_DIR

FILINGS = int(os.environ.get("PORTAL_BENCH_FILINGS") or 10_000)


def run(environment: dict[str, str], filings: int) -> dict[str, Any]:
    """The measurement in a process of its own, on the test's database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_rematch", str(filings)],
        env=environment | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.floor_settings"},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.benchmark
def test_judging_a_city_again(process_environment, record):
    figures = run(process_environment, FILINGS)

    record(f"rematch.{connection.vendor}", figures)
    assert figures["filings"] == FILINGS


def test_the_city_is_judged_as_the_floor_judges_it(process_environment):
    """Every kept verdict is the one of numpy's pass over the same rules, after both rounds."""
    figures = run(process_environment, 120)

    assert figures["verdicts"] == figures["first"]["links_written"]
    assert 0 < figures["again"]["links_written"] < figures["first"]["links_written"]
    assert figures["one_profile"]["median_ms"] > 0
