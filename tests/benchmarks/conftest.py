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


def table_of(pages: dict[str, dict[str, Any]]) -> list[str]:
    """The pages beside their floors, a line each."""
    if not pages:
        return []
    head = f"  {'page':24}{'ms':>9}{'floor ms':>10}{'times':>8}{'aim':>6}{'bytes':>9}"
    return [head] + [
        f"  {name:24}{one['ms']:9.1f}{one['floor_ms']:10.1f}{one['ratio']:8.2f}"
        f"{one['allowed']:6g}{one['bytes']:9,}"
        for name, one in pages.items()
    ]


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
        rest = {key: value for key, value in figures.items() if key != "pages"}
        terminalreporter.write_line(f"{name}: {json.dumps(rest)}")
        for line in table_of(figures.get("pages", {})):
            terminalreporter.write_line(line)
    terminalreporter.write_line(f"written to {target}")
