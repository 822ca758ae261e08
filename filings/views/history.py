"""Who did what and when, for everybody who may see the filing; and one number in full."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from filings import access
from filings.domain import privacy
from filings.forms.filing import ReasonForm
from filings.queries.history import PAGE, history_of
from filings.sections import SECTIONS
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to

from .scope import frame, person, visible_filing


@open_to("signed_in")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The timeline of a filing."""
    filing = visible_filing(request, pk)
    at = clock.now()
    events = history_of(filing, person(request), shift=at - clock.real_now())
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "filings/history/history.html",
        {
            **frame(request, filing, at),
            "page": page,
            "events": page.object_list,
            "is_member": access.is_member(person(request), filing),
        },
    )


@open_to("signed_in", methods=("GET", "POST"))
@sensitive_variables("number")
def reveal_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then show one phone number of a section once; never kept by a cache."""
    filing = visible_filing(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    section, path, version = (asked.get(name, "") for name in ("section", "path", "version"))
    if section not in SECTIONS or not path or not (version == "" or version.isdigit()):
        raise Http404
    access.may_reveal(person(request), filing).require()
    form = ReasonForm(request.POST or None)
    number = ""
    if form.is_valid():
        number = privacy.reveal_phone(
            filing,
            section,
            path,
            version=int(version) if version else None,
            by=person(request),
            reason=form.cleaned_data["reason"],
        )
    return render(
        request,
        "filings/history/reveal.html",
        {
            **frame(request, filing, clock.now()),
            "form": form,
            "number": number,
            "asked": {"section": section, "path": path, "version": version},
            "title": SECTIONS[section].title,
        },
        status=422 if form.errors else 200,
    )
