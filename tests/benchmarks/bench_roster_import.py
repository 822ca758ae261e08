"""What the import of a roster costs against the bare minimum, in one run on one machine.

`make bench` runs it on the database of the tests. Bare is what cannot be avoided: calamine reading
the file, and the same rows going into the same table by COPY (PostgreSQL) or bulk_create (SQLite).
The portal's part is all that its worker does: `read_import` (read, check, compare, keep) and
`apply_import` (compare again under the lock, seal, write, audit, notify).

Each step is measured twice over: the time that passed, and the time in which this process and its
database server were busy. The second is what the limit is held to, because it does not move with
whatever else the machine is doing; where the server cannot be watched, the first takes its place.
"""

from __future__ import annotations

import gc
import io
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALLOWED_RATIO = 4.0
ALLOWED_MEMORY = 300 * 1000 * 1000
FIFTEEN = (
    "name", "id_number", "mobile", "workshop", "team", "post", "origin_province", "origin_city",
    "origin_county", "coming_from", "health", "travel", "gatherings", "certificate_no",
    "inspection",
)  # fmt: skip
STEPS = ("calamine", "bare_insert", "preview", "apply", "preview_again", "apply_again")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one step: busy ones of this process and its database server, and passed ones."""

    busy: float
    passed: float


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


def _server_busy() -> float | None:
    """Busy seconds so far of the server process of our connection; None where nobody can tell."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    host = connection.settings_dict["HOST"]
    if host not in {"", "127.0.0.1", "localhost"} or not schedule.exists():
        return None
    return int(schedule.read_text().split()[0]) / 1e9


def timed(step: Callable[[], Any]) -> Cost:
    """What one step costs."""
    gc.collect()
    server, own, start = _server_busy(), time.process_time(), time.perf_counter()
    step()
    passed, busy, after = time.perf_counter() - start, time.process_time() - own, _server_busy()
    if server is None or after is None:
        return Cost(passed, passed)
    return Cost(busy + after - server, passed)


class Measure:
    """One filing of the portal, one file, and the steps on them."""

    def __init__(self, content: bytes) -> None:
        from tests import factories

        self.content = content
        self.filing = factories.filing()
        self.owner = factories.owner_of(self.filing.enterprise)
        self.at = factories.NOW

    def one_pass(self) -> dict[str, Cost]:
        """The cost of each of STEPS, once; the roster is empty before and after."""
        from django.db.models import F

        from filings.models import RosterRow

        costs = {"calamine": timed(self._calamine)}
        costs |= self._import("")
        costs["bare_insert"] = timed(self._bare_insert())
        # The same file once more, while every tenth person has another team by now.
        people = RosterRow.objects.filter(filing=self.filing)
        people.annotate(tenth=F("order") % 10).filter(tenth=0).update(team="?")
        costs |= self._import("_again")
        RosterRow.objects.filter(filing=self.filing).delete()
        return costs

    def _calamine(self) -> None:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_object(io.BytesIO(self.content))
        book.get_sheet_by_index(0).to_python(skip_empty_area=False)

    def _import(self, suffix: str) -> dict[str, Cost]:
        from django.core.files.uploadedfile import SimpleUploadedFile

        from filings.domain import roster
        from filings.models import RosterImport

        upload = SimpleUploadedFile("roster.xlsx", self.content)
        key = roster.start_import(self.filing, upload, by=self.owner, at=self.at).key

        def preview() -> None:
            job = RosterImport.objects.select_related("filing", "by").get(key=key)
            roster.read_import(job, today=self.at.date())

        def apply() -> None:
            job = RosterImport.objects.get(key=key)
            roster.confirm_import(job, by=self.owner)
            roster.apply_import(job, at=self.at)

        costs = {f"preview{suffix}": timed(preview), f"apply{suffix}": timed(apply)}
        job = RosterImport.objects.get(key=key)
        if job.status != RosterImport.Status.APPLIED:
            raise RuntimeError(f"the import of the benchmark was not applied: {job.status}")
        return costs

    def _bare_insert(self) -> Callable[[], None]:
        """The plain insert of the rows that were just imported, which are taken out first."""
        from django.db import connection, transaction

        from filings.models import RosterRow

        rows = list(RosterRow.objects.filter(filing=self.filing))
        RosterRow.objects.filter(filing=self.filing).delete()
        if connection.vendor != "postgresql":
            for row in rows:
                row.pk = None

            def create() -> None:
                with transaction.atomic():
                    RosterRow.objects.bulk_create(rows, batch_size=1000)

            return create
        fields = [field for field in RosterRow._meta.concrete_fields if not field.primary_key]
        plain = [[getattr(row, field.attname) for field in fields] for row in rows]
        names = ", ".join(f'"{field.column}"' for field in fields)

        def copy() -> None:
            lines = ("\t".join("\\N" if v is None else str(v) for v in row) for row in plain)
            text = io.StringIO("\n".join(lines) + "\n")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.copy_expert(f"COPY {RosterRow._meta.db_table} ({names}) FROM STDIN", text)

        return copy


def best(passes: list[dict[str, Cost]]) -> dict[str, Cost]:
    """The least of each step over the passes, which is what the machine can do."""
    return {
        step: Cost(min(one[step].busy for one in passes), min(one[step].passed for one in passes))
        for step in STEPS
    }


def ratio(costs: dict[str, Cost], measure: str) -> float:
    """All that the portal does to all that cannot be avoided."""

    def total(*steps: str) -> float:
        return sum(getattr(costs[step], measure) for step in steps)

    return total("preview", "apply") / total("calamine", "bare_insert")


def peak_bytes() -> int:
    """The high-water mark of this process."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def figures(rows: int, repeats: int) -> dict[str, Any]:
    """Everything measured, ready for JSON; seconds, and bytes of memory."""
    from django.db import connection

    measure = Measure(roster_file(rows))
    costs = best([measure.one_pass() for _repeat in range(repeats)])
    return {
        "rows": rows,
        "columns": len(FIFTEEN),
        "database": connection.vendor,
        "seconds": {
            step: {"busy": round(cost.busy, 4), "passed": round(cost.passed, 4)}
            for step, cost in costs.items()
        },
        "ratio": round(ratio(costs, "busy"), 2),
        "ratio_of_passed": round(ratio(costs, "passed"), 2),
        "peak_bytes": peak_bytes(),
    }


def main(arguments: list[str]) -> None:
    """`bench_roster_import.py ROWS REPEATS`: the figures as JSON.

    Needs the settings of the portal in the environment, and a migrated database.
    """
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import django

    django.setup()
    rows, repeats = map(int, arguments)
    sys.stdout.write(json.dumps(figures(rows, repeats)))


if __name__ == "__main__":
    main(sys.argv[1:])
