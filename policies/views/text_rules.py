"""From a clause of an official text to its rules: a new clause in a draft of the pack."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain.pack_drafts import start_draft
from policies.forms.drafts import PickDraftForm
from policies.models import PackDraft
from policies.queries.packs import published_rules
from policies.queries.texts import document_in

from .texts import person, text_or_404


@open_to("policy", methods=("GET", "POST"))
def official_text_clause_rules(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Choose the draft in which the rules of a clause are written, then begin the clause there."""
    text = text_or_404(request, pk)
    clause = get_object_or_404(text.clauses, pk=line)
    rules = published_rules()
    if rules is None:
        raise Refused(_("还没有发布政策包，不能写规则。"))
    drafts = PackDraft.objects.visible_to(request.user).filter(status="open", restores=False)
    form = PickDraftForm(drafts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen, name = form.cleaned_data["draft"], form.cleaned_data["name"]
        draft = (
            get_object_or_404(drafts, pk=chosen)
            if chosen
            else start_draft(rules.row, name=name, by=person(request), at=clock.now())
        )
        return redirect(f"{reverse('policy_clause_new', args=[draft.pk])}?line={clause.pk}")
    is_known = document_in(rules.pack, text.number) is not None
    context = {"text": text, "clause": clause, "form": form, "is_known": is_known}
    status = 422 if form.errors else 200
    return render(request, "policies/texts/rules.html", context, status=status)
