"""The commands that judge facts run on a machine on which nothing is set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """`manage.py` in an environment without any setting of the portal."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_facts_are_judged_without_settings():
    answer = manage("match_facts", "-", given='{"id": "a", "as_of": "2020-03-10", "facts": {}}')

    assert answer.returncode == 0, answer.stderr
    assert [row["id"] for row in json.loads(answer.stdout)] == ["a"]


def test_wrong_facts_are_refused_with_nothing_printed():
    answer = manage("match_facts", "-", given='{"id": "a", "facts": {"no_such_fact": 1}}')

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "no_such_fact" in answer.stderr


def test_every_other_command_still_names_what_is_not_set():
    answer = manage("migrate")

    assert answer.returncode != 0
    assert "SECRET_KEY is not set" in answer.stderr
