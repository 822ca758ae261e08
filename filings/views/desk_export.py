"""The queue as a file: csv in a stream, or a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from filings.domain.desk_export import record_export
from filings.forms.bulk import ids_of
from filings.forms.desk import DeskFilter
from filings.forms.desk_export import ExportForm
from filings.queries import desk_export as reads
from filings.queries.desk import VIEWS, choices_of
from filings.sheets.writing import MOST_ROWS
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.files import XLSX
from jiaozuo_portal.lib.refusals import Refused

from .sheet_files import sheet_file


@open_to("bureau", methods=("GET", "POST"))
def desk_export(request: HttpRequest) -> HttpResponse:
    """Choose columns, and take away what the address bar asks for, or the rows that were ticked."""
    user: Any = request.user
    at = clock.now()
    asking = DeskFilter(request.GET, choices=choices_of(user))
    asked, state = asking.asked(view="waiting"), asking.address(view="waiting")
    chosen = [] if "all" in request.GET else ids_of(request.GET)
    if chosen:
        state = {"chosen": ",".join(str(pk) for pk in chosen)}
    entries = reads.entries_to_export(asked, user=user, at=at, chosen=chosen)
    total = entries.count()
    form = ExportForm(request.POST or None, initial={"columns": reads.remembered_columns(user)})
    if form.is_valid():
        given = form.cleaned_data
        if given["kind"] == XLSX.name and total > MOST_ROWS:
            raise Refused(_("Excel 表格放不下这么多行，请改用 CSV，或者先筛选。"))
        record_export(
            by=user,
            kind=given["kind"],
            columns=given["columns"],
            asked=" ".join(f"{name}={value}" for name, value in state.items()),
            rows=total,
        )
        sheet = reads.export_sheet(entries, given["columns"], at=at)
        return sheet_file(sheet, given["kind"], f"desk-{clock.day_of(at):%Y%m%d}")
    return render(
        request,
        "filings/desk/export.html",
        {
            "form": form,
            "total": total,
            "chosen": chosen,
            "view": VIEWS[asked.view],
            "conditions": [words for _name, words in asking.narrowing()],
        },
        status=422 if form.is_bound else 200,
    )
