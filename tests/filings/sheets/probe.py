"""Run in a process of its own: answer one upload as the portal would, and tell what it cost.

`python probe.py FILE NAME MODE`; MODE "guarded" reads and checks, which is the answer, and then
marks; "bare" gives the file to calamine without a look inside, as the control of the guards.
"""

import json
import re
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[3]
TODAY = date(2020, 3, 2)


START = time.perf_counter()


def passed() -> float:
    """Seconds since the program began."""
    return time.perf_counter() - START


def peak_bytes() -> int:
    """The high-water mark of this program alone; getrusage would count the parent's as well."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def guarded(content: bytes, name: str) -> dict:
    from filings.sheets.limits import SheetRefused
    from filings.sheets.marked import mark_errors
    from filings.sheets.roster import read_roster

    try:
        grid, result = read_roster(content, name, today=TODAY)
    except SheetRefused as refusal:
        return {"refused": refusal.key, "message": str(refusal), "seconds": passed()}
    seconds = passed()
    marked = b""
    if result.errors:
        marked = mark_errors(grid, result.errors, header_row=result.header_row)
    return {
        "refused": "",
        "errors": [(error.row, error.column) for error in result.errors][:50],
        "count": result.error_count,
        "rows": len(result.rows),
        "messages": [str(error.message) for error in result.errors[:50]],
        "seconds": seconds,
        "marked": len(marked),
        "marked_seconds": passed(),
    }


def bare(content: bytes, name: str) -> dict:
    import io

    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_object(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return {"rows": len(rows)}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from django.conf import settings

    settings.configure(USE_I18N=False)
    path, name, mode = sys.argv[1:]
    content = Path(path).read_bytes()
    answer = {"guarded": guarded, "bare": bare}[mode](content, name)
    answer["peak"] = peak_bytes()
    print(json.dumps(answer))  # noqa: T201


if __name__ == "__main__":
    main()
