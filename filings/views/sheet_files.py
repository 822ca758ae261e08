"""A sheet that is taken away: csv in a stream, or a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, StreamingHttpResponse

from filings.sheets.writing import OutSheet, csv_lines, write_xlsx
from jiaozuo_portal.lib.files import CSV, XLSX


def sheet_file(sheet: OutSheet, kind: str, name: str) -> Any:
    """The sheet as csv in a stream, or as a workbook; `name` is without its ending."""
    if kind == CSV.name:
        return StreamingHttpResponse(
            csv_lines(sheet.headings, sheet.rows),
            content_type=f"{CSV.media_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}{CSV.extension}"'},
        )
    return workbook_file([sheet], name)


def workbook_file(sheets: Iterable[OutSheet], name: str) -> Any:
    """The sheets as one workbook; `name` is without its ending."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(stream, sheets)
    stream.seek(0)
    return FileResponse(
        stream,
        as_attachment=True,
        filename=f"{name}{XLSX.extension}",
        content_type=XLSX.media_type,
    )
