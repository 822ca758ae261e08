"""Values that an authority announces for everybody: rates, the end of the epidemic."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain import kept
from policies.forms.kept import AnnounceForm
from policies.models import Announced
from policies.queries.kept import announced_facts, announcements
from policies.queries.packs import published_rules
from policies.queries.wording import say

from .lists import KEEPERS, registry_or_404


@open_to(*KEEPERS)
def announced(request: HttpRequest) -> HttpResponse:
    """What holds today, and everything that was announced before."""
    rules = published_rules()
    told = announcements(rules.pack.registry, clock.day_of(clock.now())) if rules else []
    return render(request, "policies/announced/index.html", {"told": told})


@open_to(*KEEPERS, methods=("GET", "POST"))
def announced_add(request: HttpRequest, fact: str) -> HttpResponse:
    """Announce a value from a day on."""
    spec = announced_facts(registry_or_404()).get(fact)
    if spec is None:
        raise Http404
    form = AnnounceForm(spec, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kept.announce(
            fact,
            given["value"],
            since=given["since"],
            source=given["source"],
            source_date=given["source_date"],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        messages.success(request, _("已记录，相关备案会重新判断。"))
        return redirect("announced")
    context = {"form": form, "label": say(spec.label)}
    status = 422 if form.errors else 200
    return render(request, "policies/announced/add.html", context, status=status)


@open_to(*KEEPERS, methods=("POST",))
def announced_take_back(request: HttpRequest, announced: int) -> HttpResponse:
    """Withdraw a value; the one before it holds again."""
    row = get_object_or_404(Announced, pk=announced)
    kept.take_back(row, by=request.user, at=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("已撤回，之前的数值重新适用。"))
    return redirect("announced")
