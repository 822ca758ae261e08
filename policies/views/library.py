"""The policy library: the published texts for everybody, without signing in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from filings.public import published_contacts
from jiaozuo_portal.lib.doors import PUBLIC, open_to
from policies.queries import library as read
from policies.queries.official_wording import printed, public_file, quote_of
from policies.queries.packs import Rules, published_rules

from .downloads import download

#: So long a stranger's browser may show a page again without asking.
FRESH = 300


@open_to(PUBLIC)
def library(request: HttpRequest) -> HttpResponse:
    """Every text, and the clauses that the address asks for."""
    rules = published_rules()
    if rules is None:
        return render(request, "policies/library/no_pack.html")
    context = {
        "shelf": read.shelf(rules, request.GET.dict()),
        "papers": read.papers(rules.pack),
        "rules": rules,
    }
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.history_restore_request:
        return render(request, "policies/library/_shelf.html", context)
    return _page(request, "policies/library/library.html", context)


@open_to(PUBLIC)
def library_document(request: HttpRequest, folder: str) -> HttpResponse:
    """One text: what it is, how long it holds, and its clauses."""
    rules = _rules()
    found = read.paper(rules.pack, folder)
    if found is None:
        raise Http404
    paper, rows = found
    text = printed(paper.number)
    context = {
        "paper": paper,
        "rows": rows,
        "rules": rules,
        "printed": text,
        "without_rules": text.besides(one.number for one in rows) if text else [],
    }
    return _page(request, "policies/library/document.html", context)


@open_to(PUBLIC)
def library_file(request: HttpRequest, folder: str) -> HttpResponse:
    """The file from which the official wording of a text was read, as it was uploaded."""
    found = read.paper(_rules().pack, folder)
    file = public_file(found[0].number) if found else None
    if file is None:
        raise Http404
    return download(file)


@open_to(PUBLIC)
def library_clause(request: HttpRequest, folder: str, number: int) -> HttpResponse:
    """One clause: its items, their dates, and whom to ask."""
    rules = _rules()
    point = read.point(rules.pack, folder, number, published_contacts())
    if point is None:
        raise Http404
    context = {
        "point": point,
        "rules": rules,
        "quote": quote_of(point.paper.number, point.found.number),
    }
    return _page(request, "policies/library/clause.html", context)


def _rules() -> Rules:
    rules = published_rules()
    if rules is None:
        raise Http404
    return rules


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; a stranger's browser keeps it a while.

    SECURITY: private, for the frame holds the visitor's token against forged forms; and whoever
    is signed in gets it anew each time, for the frame tells who they are.
    """
    answer = render(request, template, context)
    if request.user.is_authenticated:
        patch_cache_control(answer, private=True, no_cache=True)
    else:
        patch_cache_control(answer, private=True, max_age=FRESH)
    return answer
