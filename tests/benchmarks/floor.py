"""The floor that the desk is measured against: bare Django pages in the portal's own server.

As an application's first tutorial has them: a ListView of 25 rows with its count, a DetailView of
one row, a page for whoever signed in, a CSV that is streamed. They pass the same middleware and
read the same database; what the portal's pages cost beyond them is the portal's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.views.generic import DetailView, ListView

from filings.models import Filing
from jiaozuo_portal.urls import urlpatterns as portal

_LIST = """<!doctype html><title>Filings</title><p>{{ paginator.count }}</p><table>
{% for filing in object_list %}<tr><td>{{ filing.enterprise.name }}</td><td>{{ filing.state }}</td>
<td>{{ filing.submitted_at }}</td><td>{{ filing.version }}</td></tr>{% endfor %}</table>"""
_DETAIL = """<!doctype html><title>{{ object.pk }}</title><p>{{ object.enterprise.name }}</p>
<p>{{ object.state }}</p><p>{{ object.submitted_at }}</p>"""


class _Bare:
    """A page from a text instead of a file."""

    text = ""

    def render_to_response(self, context: dict[str, Any]) -> HttpResponse:
        """The page."""
        return HttpResponse(engines["django"].from_string(self.text).render(context))


class BareList(_Bare, ListView):
    """25 filings, the longest waiting first, and how many there are."""

    text = _LIST
    paginate_by = 25

    def get_queryset(self) -> Any:
        """All filings, or those of one district."""
        filings = Filing.objects.select_related("enterprise").order_by("submitted_at")
        district = self.request.GET.get("district")
        return filings.filter(district_id=district) if district else filings


class BareDetail(_Bare, DetailView):
    """One filing."""

    text = _DETAIL
    queryset = Filing.objects.select_related("enterprise")


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Nothing but the person's name."""
    return HttpResponse(f"<!doctype html><p>{request.user}</p>")


class _Echo:
    def write(self, line: str) -> str:
        return line


def bare_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every filing of a district or of all, streamed as it comes from the database."""
    columns = ("enterprise__name", "enterprise__uscc", "state", "submitted_at", "version")
    filings = Filing.objects.order_by("pk").values_list(*columns)
    if district := request.GET.get("district"):
        filings = filings.filter(district_id=district)
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow(columns)
        for row in filings.iterator(chunk_size=2000):
            yield writer.writerow(row)

    return StreamingHttpResponse(lines(), content_type="text/csv")


urlpatterns = [
    path("floor/list/", BareList.as_view()),
    path("floor/filings/<int:pk>/", BareDetail.as_view()),
    path("floor/signed-in/", signed_in),
    path("floor/csv/", bare_csv),
    *portal,
]
