"""A roster of 10 000 people and 15 columns is read and checked well under one second of CPU."""

import pytest

from tests.benchmarks.bench_roster_import import best, roster_file


@pytest.mark.slow
def test_ten_thousand_rows():
    costs = best(roster_file(10_000), repeats=3)

    assert costs.read + costs.check + costs.compare < 1.0
