"""Clauses and items of a draft begun and taken out, and the documents that they stand in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain import draft_documents, draft_items
from policies.forms.draft_documents import DocumentForm, initial_of
from policies.forms.draft_items import NewClauseForm, NewItemForm
from policies.models import PackDraft
from policies.queries.live_check import place_of_item
from policies.queries.pack_drafts import content_of_draft, pack_of_draft
from policies.queries.texts import RulesLine, line_for

from .packs import draft_or_404


@open_to("policy", methods=("GET", "POST"))
def document_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a document to a draft; `line` names the clause of an official text that waits for it."""
    draft = draft_or_404(request, pk)
    pack = pack_of_draft(draft)
    line = _line(request, draft)
    if line is not None and line.initial is not None:
        return redirect(_with_line("policy_clause_new", draft, line))
    initial = initial_of(line.clause.text, pack) if line else None
    form = DocumentForm(pack, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft_documents.add_document(draft, form.document, by=_person(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("文件已写进草稿。"))
            return redirect(_with_line("policy_clause_new", draft, line))
    context = {"draft": draft, "form": form, "line": line}
    status = 422 if form.errors else 200
    return render(request, "policies/editor/document_new.html", context, status=status)


@open_to("policy", methods=("GET", "POST"))
def clause_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a clause in a draft; `line` names the clause of an official text that it is for."""
    draft = draft_or_404(request, pk)
    line = _line(request, draft)
    if line is not None and line.initial is None:
        return redirect(_with_line("policy_document_new", draft, line))
    initial = line.initial if line else None
    form = NewClauseForm(pack_of_draft(draft), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            key = draft_items.new_clause(
                draft=draft, by=_person(request), at=clock.now(), **form.given
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("policy_clause", pk, key)
    context = {"draft": draft, "form": form, "line": line}
    status = 422 if form.errors else 200
    return render(request, "policies/editor/new.html", context, status=status)


@open_to("policy", methods=("GET", "POST"))
def item_new(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Begin another item in the clause of an item."""
    draft = draft_or_404(request, pk)
    place = place_of_item(content_of_draft(draft), measure)
    if place is None:
        raise Http404
    form = NewItemForm(pack_of_draft(draft), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = draft_items.add_item(
                draft, measure, form.item, by=_person(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("policy_clause", pk, key)
    context = {"draft": draft, "form": form, "measure": measure}
    status = 422 if form.errors else 200
    return render(request, "policies/editor/item_new.html", context, status=status)


@open_to("policy", methods=("POST",))
def item_remove(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Take an item out of its clause."""
    draft = draft_or_404(request, pk)
    try:
        draft_items.remove_item(draft, measure, by=_person(request), at=clock.now())
    except Refused as refused:
        if refused.__class__ is not Refused:
            raise
        messages.error(request, str(refused))
        return redirect("policy_clause", pk, measure)
    messages.success(request, _("已从草稿里去掉 %(item)s。") % {"item": measure})
    return redirect("policy_draft", pk)


def _line(request: HttpRequest, draft: PackDraft) -> RulesLine | None:
    return line_for(_person(request), request.GET.get("line", ""), pack_of_draft(draft))


def _with_line(name: str, draft: PackDraft, line: RulesLine | None) -> str:
    address = reverse(name, args=[draft.pk])
    return f"{address}?line={line.clause.pk}" if line else address


def _person(request: HttpRequest) -> Any:
    return request.user
