"""The figures of a run: shown at its end, and kept as JSON under build/."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
FIGURES = pytest.StashKey[dict[str, Any]]()


@pytest.fixture
def record(request) -> Callable[[str, dict[str, Any]], None]:
    """Keep the figures of one benchmark: `record("roster_import.sqlite", {…})`."""
    kept = request.config.stash.setdefault(FIGURES, {})
    return kept.__setitem__


def pytest_terminal_summary(terminalreporter, config) -> None:
    """Print what was measured and write it to build/benchmarks.json, or PORTAL_BENCH_FILE."""
    kept = config.stash.get(FIGURES, {})
    if not kept:
        return
    target = Path(os.environ.get("PORTAL_BENCH_FILE") or BASE_DIR / "build" / "benchmarks.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(target.read_text()) if target.exists() else {}
    run = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
    }
    now = {name: {**figures, **run} for name, figures in kept.items()}
    target.write_text(json.dumps(before | now, indent=2, sort_keys=True) + "\n")
    terminalreporter.section("measured")
    for name, figures in kept.items():
        terminalreporter.write_line(f"{name}: {json.dumps(figures)}")
    terminalreporter.write_line(f"written to {target}")
