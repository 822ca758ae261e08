"""What the import of a roster costs against the bare minimum, in one run on one machine.

`python tests/benchmarks/bench_roster_import.py [ROWS]` prints the time of reading, checking and
comparing a roster of 15 columns, the time of a bare calamine read of the same file, their ratio
and the peak memory.

The database part is joined by a module that offers `bare_insert(rows)`, the plain bulk insert of
the same rows, and `apply(rows)`, what the portal does to store them:
`python … 10000 package.module`. Without one only the reading is measured.
"""

from __future__ import annotations

import gc
import importlib
import io
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ALLOWED_RATIO = 4.0
ALLOWED_MEMORY = 300 * 1000 * 1000
TODAY = date(2020, 3, 2)
FIFTEEN = (
    "name", "id_number", "mobile", "workshop", "team", "post", "origin_province", "origin_city",
    "origin_county", "coming_from", "health", "travel", "gatherings", "certificate_no",
    "inspection",
)  # fmt: skip


@dataclass(slots=True)
class Costs:
    """CPU seconds of each step; the best of the repeats."""

    calamine: float
    read: float
    check: float
    compare: float
    bare_insert: float = 0.0
    apply: float = 0.0

    @property
    def ratio(self) -> float:
        """All that the portal does to all that cannot be avoided."""
        done = self.read + self.check + self.compare + self.apply
        return done / (self.calamine + self.bare_insert)


def roster_file(rows: int) -> bytes:
    """A valid roster of `rows` people and 15 columns; at most 9 999 carry resident ids."""
    from filings.sheets.roster import ROSTER
    from filings.sheets.samples import sample_people
    from filings.sheets.writing import OutSheet, xlsx_bytes

    people = sample_people(min(rows, 9_999))
    people += [
        {**people[n % len(people)], "id_number": f"E{n:08d}", "mobile": f"1540001{n:04d}"}
        for n in range(rows - len(people))
    ]
    headings = [ROSTER.columns[key].heading.zh for key in FIFTEEN]
    lines = [[person[key] for key in FIFTEEN] for person in people]
    return xlsx_bytes([OutSheet("1", headings, lines)])


def timed(step: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one step and what it gave."""
    gc.collect()
    start = time.process_time()
    result = step()
    return time.process_time() - start, result


def measure(content: bytes, database: Any = None) -> Costs:
    """One pass over every step with the same file."""
    from python_calamine import CalamineWorkbook

    from filings.sheets.differences import compare
    from filings.sheets.reading import read_grid
    from filings.sheets.roster import ROSTER, ROSTER_FIELDS, parse_roster

    def bare() -> Any:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)

    calamine, _rows = timed(bare)
    read, grid = timed(lambda: read_grid(content, "roster.xlsx", fits=ROSTER.fit))
    check, sheet = timed(lambda: parse_roster(grid, today=TODAY))
    if sheet.errors:
        raise SystemExit(f"the roster of the benchmark has errors: {sheet.errors[:3]}")
    old = {row.id_number: row for row in sheet.rows[: len(sheet.rows) // 2]}
    compared, _found = timed(
        lambda: compare(old, sheet.rows, key=lambda row: row.id_number, fields=ROSTER_FIELDS)
    )
    costs = Costs(calamine, read, check, compared)
    if database is not None:
        costs.bare_insert, _none = timed(lambda: database.bare_insert(sheet.rows))
        costs.apply, _none = timed(lambda: database.apply(sheet.rows))
    return costs


def best(content: bytes, database: Any = None, repeats: int = 5) -> Costs:
    """The least of each step over the repeats, which is what the machine can do."""
    passes = [measure(content, database) for _repeat in range(repeats)]
    return Costs(*(min(getattr(one, name) for one in passes) for name in Costs.__slots__))


def peak_bytes() -> int:
    """The high-water mark of this process."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def main(arguments: list[str]) -> int:
    """Print the figures; 1 when they break the limits."""
    sys.path.insert(0, str(ROOT))
    rows = int(arguments[0]) if arguments else 10_000
    database = importlib.import_module(arguments[1]) if len(arguments) > 1 else None
    if database is None:
        from django.conf import settings

        settings.configure(USE_I18N=False)
    costs = best(roster_file(rows), database)
    memory = peak_bytes()
    lines = [f"{name:12} {getattr(costs, name):7.3f} s" for name in Costs.__slots__]
    lines += [
        f"{'ratio':12} {costs.ratio:7.2f}   (at most {ALLOWED_RATIO}, with the database)",
        f"{'peak memory':12} {memory / 1e6:7.0f} MB (at most {ALLOWED_MEMORY / 1e6:.0f})",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(memory > ALLOWED_MEMORY or (database is not None and costs.ratio > ALLOWED_RATIO))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
