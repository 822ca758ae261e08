"""What if: other values, tried on a page and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from filings.public import standing_of
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.forms.answers import shown_value
from policies.forms.trial import PREFIX, TrialForm, facts_in
from policies.queries.support import Support, support_of
from policies.queries.trial import choices_of, now_words, trial_of

from .support import no_pack, own_filing


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on the table: its control, and what is known of it now."""

    fact: str
    field: BoundField
    now: str


@sensitive_post_parameters()
@open_to("member", methods=("GET", "POST"))
def support_what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Try other values, and see beside each other what would change.

    SECURITY: what is tried comes in the body of a request and goes back in the page: it is in no
    address, no log, no session and no row.
    """
    filing = own_filing(request, pk)
    now = clock.now()
    before = support_of(filing, now)
    if before is None:
        return no_pack(request, filing)
    form = _form(request, before)
    form.is_valid()
    if not form.errors:
        form.refuse_together(before.gathered.values)
    values = {} if form.errors else form.values
    context = {
        "filing": filing,
        "form": form,
        "rows": [Row(name, form[PREFIX + name], now_words(before, name)) for name in form.names],
        "trial": trial_of(before, values, form.day_or(before.day)),
        "choices": choices_of(before, form.names),
    }
    if _target(request) == "trial-result":
        return render(request, "policies/support/_trial_result.html", context)
    if _target(request) == "trial":
        return render(request, "policies/support/_trial.html", context)
    context["slip"] = standing_of(filing, request.user, now)  # type: ignore[arg-type]
    status = 422 if form.errors else 200
    return render(request, "policies/support/what_if.html", context, status=status)


def _form(request: HttpRequest, before: Support) -> TrialForm:
    """What is on the table after what was pressed: one fact more or less, or a hint taken."""
    registry = before.rules.pack.registry
    data = {} if "reset" in request.POST else request.POST.dict()
    hint, _equals, value = data.pop("take", "").partition("=")
    if hint:
        data[PREFIX + hint] = value
    if data.get("add"):
        name = data.pop("add")
        data.setdefault(PREFIX + name, _now(before, name))
    if "drop" in data:
        data.pop(PREFIX + data.pop("drop"), None)
    data.setdefault("day", before.day.isoformat())
    return TrialForm(registry, facts_in(data, registry), data)


def _now(before: Support, name: str) -> str:
    """What is known of a fact as its control shows it; blank where it is not known."""
    if name not in before.gathered.values:
        return ""
    return shown_value(before.facts[name], before.gathered.values[name])


def _target(request: HttpRequest) -> Any:
    htmx = request.htmx  # type: ignore[attr-defined]
    return htmx.target if htmx and not htmx.history_restore_request else None
