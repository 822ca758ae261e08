"""How the measures cover the city: a page for policy officers, and the same as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from filings.public import District, csv_lines, xlsx_bytes
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.files import CSV, XLSX
from policies.queries.coverage import COLUMNS, Choice, coverage_of, coverage_sheet
from policies.queries.packs import published_rules
from policies.queries.wording import say


@open_to("policy", "city")
def coverage(request: HttpRequest) -> HttpResponse:
    """Each measure with what came of it, and the facts that are waited for most."""
    rules = published_rules()
    if rules is None:
        return render(request, "policies/coverage/coverage.html", {"coverage": None})
    districts = list(District.objects.order_by("order", "pk"))
    choice = Choice.read(request.GET, rules.pack, districts)
    documents = [(key, one.number) for key, one in rules.pack.documents.items()]
    context = {
        "coverage": coverage_of(rules, choice),
        "columns": [_column(name, str(label), choice) for name, label, _money in COLUMNS],
        "fields": [
            ("document", _("文件"), [("", _("全部文件")), *documents], choice.document),
            (
                "district",
                _("县（市、区）"),
                [("", _("全市")), *((one.code, one.local_name) for one in districts)],
                choice.district,
            ),
        ],
        "pack_title": say(rules.pack.title),
    }
    return render(request, "policies/coverage/coverage.html", context)


def _column(name: str, label: str, choice: Choice) -> dict[str, str]:
    """A heading that sorts: the largest first, then the other way round."""
    turned = {f"-{name}": name}.get(choice.sort, f"-{name}")
    direction = {f"-{name}": "descending", name: "ascending"}.get(choice.sort, "")
    return {"label": label, "sort": turned, "direction": direction}


@open_to("policy", "city")
def coverage_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Exactly what the page shows, as csv or xlsx."""
    rules = published_rules()
    if rules is None or kind not in ("csv", "xlsx"):
        raise Http404
    districts = list(District.objects.all())
    shown = coverage_of(rules, Choice.read(request.GET, rules.pack, districts))
    sheet = coverage_sheet(shown)
    if kind == "csv":
        content, media_type = b"".join(csv_lines(sheet.headings, sheet.rows)), CSV.media_type
    else:
        content, media_type = xlsx_bytes([sheet]), XLSX.media_type
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="coverage.{kind}"'
    return response
