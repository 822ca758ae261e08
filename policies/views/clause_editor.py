"""The clause editor: one item of a draft as a form; every press is answered by the server."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Stale
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain.pack_drafts import save_clause
from policies.eligibility.facts import Text
from policies.forms.clause_editor import ClauseEditor
from policies.forms.rule_page import VERDICT_WORDS
from policies.models import PackDraft
from policies.queries.live_check import LiveCheck, live_check, place_of_item
from policies.queries.pack_drafts import (
    clause_content,
    content_of_draft,
    pack_of_draft,
    stamp_of,
    with_clause,
)
from policies.queries.wording import say


@open_to("policy", methods=("GET", "POST"))
def clause(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Look at an item of a draft and change it.

    `do` says what was pressed: a move in a tree, `save`, `save_over` (after somebody else saved
    the clause), or nothing, which only works out what the page says now.
    """
    found = PackDraft.objects.visible_to(request.user).select_related("base")
    draft = get_object_or_404(found, pk=pk)
    content = content_of_draft(draft)
    place = place_of_item(content, measure)
    if place is None:
        raise Http404
    path, number = place
    before = clause_content(content[path], path)
    posted = dict(request.POST.lists()) if request.method == "POST" else None
    action = request.POST.get("do", "")
    pack = pack_of_draft(draft)
    editor = ClauseEditor(pack, before or {}, number, posted, action)
    after = editor.applied()
    stamp = request.POST.get("stamp", "") if posted else stamp_of(content[path])
    status = 200
    stale = ""
    if action in ("save", "save_over") and editor.has_errors:
        status = 422
    elif action in ("save", "save_over"):
        if action == "save_over":
            stamp = stamp_of(content[path])
        try:
            changed = save_clause(
                draft, path, after, stamp=stamp, by=_person(request), at=clock.now()
            )
        except Stale as refusal:
            stale, status = refusal.message, 409
        else:
            messages.success(request, _("已保存。") if changed else _("没有改动。"))
            return _onward(request, draft, measure)
    context = {
        "draft": draft,
        "editor": editor,
        "measure": measure,
        "stamp": stamp,
        "stale": stale,
        "is_open": draft.status == "open" and not draft.restores,
        "saving": action in ("save", "save_over"),
        "check": _checked(editor, content, path, after, measure),
        "focus": _focus(action),
        "siblings": [
            (item["id"], say(Text(item["label"]["zh"], item["label"]["en"])))
            for item in (before["items"] if before else ())
        ],
    }
    editor.dress()
    part = bool(request.htmx) and request.method == "POST"  # type: ignore[attr-defined]
    template = "policies/editor/_editor.html" if part else "policies/editor/clause.html"
    return render(request, template, context, status=200 if part else status)


def _onward(request: HttpRequest, draft: PackDraft, measure: str) -> HttpResponse:
    url = reverse("policy_clause", args=[draft.pk, measure])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _checked(
    editor: ClauseEditor, content: dict[str, str], path: str, after: Any, measure: str
) -> LiveCheck | None:
    """What the cases say of the rule on the page; None while something on it is wrong."""
    if editor.has_errors:
        return None
    check = live_check(with_clause(content, path, after), path, measure)
    cases = editor.cases.children if editor.cases else []
    for node, outcome in zip(cases, check.outcomes, strict=False):
        said = VERDICT_WORDS.get(outcome.verdict, outcome.verdict)
        missing = [editor.vocabulary.shown(name) for name in outcome.missing]
        node.show |= {"outcome": outcome, "said": said, "missing_words": _("、").join(missing)}
    return check


def _focus(action: str) -> str:
    """The node on which somebody worked, so that the cursor stays there."""
    return action.split(":")[1] if action.count(":") else ""


def _person(request: HttpRequest) -> Any:
    return request.user
