"""The queue as a file: csv in a stream, or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from filings.domain.desk_export import record_export
from filings.forms.bulk import ids_of
from filings.forms.desk import DeskFilter
from filings.forms.desk_export import ExportForm
from filings.models import DeskEntry, District
from filings.queries import desk_export as reads
from filings.queries.desk import VIEWS, choices_in, choices_of, city_entries, desk_entries
from filings.sheets.writing import MOST_ROWS
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.files import XLSX
from jiaozuo_portal.lib.refusals import Refused

from .sheet_files import sheet_file


@open_to("bureau", methods=("GET", "POST"))
def desk_export(request: HttpRequest) -> HttpResponse:
    """Choose columns, and take away what the desk asks for, or the rows that were ticked."""
    user: Any = request.user
    asking = DeskFilter(request.GET, choices=choices_of(user))
    chosen = [] if "all" in request.GET else ids_of(request.GET)
    back = {"back_to": "desk", "back_label": _("审核台")}
    return _export(request, desk_entries(user), asking, back, view="waiting", chosen=chosen)


@open_to("city", methods=("GET", "POST"))
def city_export(request: HttpRequest) -> HttpResponse:
    """The same for what the city's list asks for."""
    user: Any = request.user
    asking = DeskFilter(request.GET, choices=choices_in(District.objects.all()))
    back = {"back_to": "city_home", "back_label": _("全市")}
    return _export(request, city_entries(user), asking, back, view="all")


def _export(
    request: HttpRequest,
    entries: QuerySet[DeskEntry],
    asking: DeskFilter,
    back: dict[str, str],
    *,
    view: str,
    chosen: Sequence[int] = (),
) -> HttpResponse:
    """`back` leads to the list, `view` is what it begins with, `chosen` are the rows ticked."""
    user: Any = request.user
    at = clock.now()
    asked, state = asking.asked(view=view), asking.address(view=view)
    if chosen:
        state = {"chosen": ",".join(str(pk) for pk in chosen)}
    entries = reads.entries_to_export(entries, asked, user=user, at=at, chosen=chosen)
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
            **back,
        },
        status=422 if form.is_bound else 200,
    )
