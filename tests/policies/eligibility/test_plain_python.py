"""The judge runs where there is no Django, and then speaks Chinese."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
sys.modules["django"] = None
from policies.eligibility import FactError, judge, load_pack
pack = load_pack()
print(judge(pack, {"layoff_count": 0}, "2020-03-10").results["豫政9-17b"].verdict.value)
try:
    judge(pack, {"layoff_count": -1}, "2020-03-10")
except FactError as refused:
    print(refused)
"""


def test_judging_needs_no_django() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )

    assert done.stdout.splitlines() == ["unknown", "facts.layoff_count: 不能小于 0"]
