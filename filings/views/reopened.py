"""The public list of reopened enterprises (P41), on a page and as a workbook."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from filings.forms.desk import ReopenedFilter
from filings.models import District
from filings.queries.reopened import STANDINGS, reopened_list, reopened_sheet
from filings.sheets.writing import write_xlsx
from jiaozuo_portal.lib import clock, throttle
from jiaozuo_portal.lib.doors import PUBLIC, open_to
from jiaozuo_portal.lib.files import XLSX
from jiaozuo_portal.lib.visitors import address_of

#: A visitor takes the workbook so often: a whole city costs the server some seconds.
FILES, PERIOD = 6, timedelta(minutes=1)


def _form(request: HttpRequest) -> ReopenedFilter:
    return ReopenedFilter(request.GET, districts=District.objects.all())


@open_to(PUBLIC)
def reopened(request: HttpRequest) -> HttpResponse:
    """Who has reopened, the newest first, by district."""
    form = _form(request)
    asked = form.asked()
    found = reopened_list(asked)
    tabs = [
        {
            "name": name,
            "label": label,
            "count": found.counts[name],
            "current": name == asked.standing,
        }
        for name, (label, _states) in STANDINGS.items()
    ]
    names = {code: name for code, name, _count in found.districts}
    return render(
        request,
        "filings/home/reopened.html",
        {
            "form": form,
            "asked": asked,
            "found": found,
            "tabs": tabs,
            "place": names.get(asked.district, ""),
            "is_narrow": bool(asked.q or asked.supplies),
            "at": clock.now(),
        },
    )


@open_to(PUBLIC)
def reopened_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, all of it that the address asks for."""
    if not throttle.allow("reopened", address_of(request), limit=FILES, per=PERIOD):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(throttle.seconds_left(PERIOD))
        return response
    asked = _form(request).asked()
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(stream, [reopened_sheet(asked)])
    stream.seek(0)
    name = f"reopened-{clock.today():%Y%m%d}.xlsx"
    answer: Any = FileResponse(
        stream, as_attachment=True, filename=name, content_type=XLSX.media_type
    )
    return answer
