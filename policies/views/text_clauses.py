"""One clause of an official text: corrected, split, merged with the one above, dropped, added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Refused, Stale
from jiaozuo_portal.lib.doors import open_to
from policies.domain import text_clauses as domain
from policies.forms.texts import ClauseForm
from policies.models import OfficialText, TextClause

from .texts import KEEPERS, number_in, person, text_or_404


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_text_clause(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Look at one clause of a draft and correct it."""
    clause = _clause(request, pk, line)
    if request.method == "GET":
        return _page(request, clause, _form(clause, initial=_initial(clause)))

    def save(given: dict[str, Any], revision: int) -> TextClause:
        domain.correct_clause(clause, given, revision=revision, by=person(request))
        return clause

    return _changed(request, clause, save, _("已保存。"))


@open_to(*KEEPERS, methods=("POST",))
def official_text_clause_split(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Split a clause at the empty line that stands in its wording."""
    clause = _clause(request, pk, line)

    def split(given: dict[str, Any], revision: int) -> TextClause:
        return domain.split_clause(clause, given, revision=revision, by=person(request))

    return _changed(request, clause, split, _("已分成两条。"))


@open_to(*KEEPERS, methods=("POST",))
def official_text_clause_merge(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Append a clause to the one above it."""
    clause = _clause(request, pk, line)
    try:
        before = domain.merge_clause(
            clause,
            above=number_in(request, "above"),
            revision=number_in(request, "revision"),
            above_revision=number_in(request, "above_revision"),
            by=person(request),
        )
    except Stale as refusal:
        return _page(
            request, clause, _form(clause, request.POST), stale=refusal.message, status=409
        )
    messages.success(request, _("已并入上一条。"))
    return redirect(_place(before))


@open_to(*KEEPERS, methods=("POST",))
def official_text_clause_drop(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Take a clause out of a draft."""
    clause = _clause(request, pk, line)
    try:
        domain.drop_clause(clause, revision=number_in(request, "revision"), by=person(request))
    except Stale as refusal:
        return _page(
            request, clause, _form(clause, request.POST), stale=refusal.message, status=409
        )
    messages.success(request, _("已去掉第 %(number)s 条。") % {"number": clause.number})
    return redirect("official_text", pk)


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_text_clause_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a clause that the split did not find."""
    text = text_or_404(request, pk)
    form = ClauseForm(request.POST if request.method == "POST" else None, language=text.language)
    if request.method == "POST" and form.is_valid():
        try:
            clause = domain.add_clause(text, form.cleaned_data, by=person(request))
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("已添加第 %(number)s 条。") % {"number": clause.number})
            return redirect(_place(clause))
    context = {"text": text, "form": form}
    status = 422 if form.errors else 200
    return render(request, "policies/texts/clause_new.html", context, status=status)


def _changed(
    request: HttpRequest,
    clause: TextClause,
    change: Callable[[dict[str, Any], int], TextClause],
    said: str,
) -> HttpResponse:
    """Do what was asked with what was typed; whatever stands in the way, the page keeps it."""
    form = _form(clause, request.POST)
    if not form.is_valid():
        return _page(request, clause, form, status=422)
    try:
        to = change(form.cleaned_data, number_in(request, "revision"))
    except Stale as refusal:
        return _page(request, clause, form, stale=refusal.message, status=409)
    except Refused as refusal:
        form.add_error("body", refusal.message)
        return _page(request, clause, form, status=422)
    messages.success(request, said)
    return redirect(_place(to))


def _page(
    request: HttpRequest, clause: TextClause, form: Any, *, stale: str = "", status: int = 200
) -> HttpResponse:
    # What was typed stands on what its author had seen, until they are shown what is new.
    is_typed = form.is_bound and not stale
    context = {
        "revision": number_in(request, "revision") if is_typed else clause.revision,
        "text": clause.text,
        "clause": clause,
        "above": clause.text.clauses.filter(position__lt=clause.position).last(),
        "form": form,
        "stale": stale,
        "is_draft": clause.text.status == OfficialText.Status.DRAFT,
    }
    return render(request, "policies/texts/clause.html", context, status=status)


def _clause(request: HttpRequest, pk: int, line: int) -> TextClause:
    return get_object_or_404(text_or_404(request, pk).clauses.select_related("text"), pk=line)


def _as_it_is(request: HttpRequest, clause: TextClause, refusal: Stale) -> HttpResponse:
    """The clause as it stands now, after a press that came too late and typed nothing."""
    form = _form(clause, initial=_initial(clause))
    return _page(request, clause, form, stale=refusal.message, status=409)


def _form(clause: TextClause, *args: Any, **kwargs: Any) -> ClauseForm:
    return ClauseForm(*args, language=clause.text.language, **kwargs)


def _initial(clause: TextClause) -> dict[str, Any]:
    return {
        "number": clause.number,
        "section": clause.section,
        "body": clause.body,
        "departments": "\n".join(clause.departments),
    }


def _place(clause: TextClause) -> str:
    """The page of the text, at this clause."""
    return f"{reverse('official_text', args=[clause.text_id])}#clause-{clause.pk}"
