"""The keys of the interface."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from filings.public import NotAllowed, Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain import tokens as writes
from policies.forms.tokens import TokenForm
from policies.models import ApiToken
from policies.queries.tokens import holders_of


@sensitive_variables("secret")
@open_to("owner", "agency", methods=("GET", "POST"))
def api_tokens(request: HttpRequest) -> HttpResponse:
    """The keys of the person's enterprises and agencies, and a form for a new one.

    SECURITY: the secret stands in the answer to this one request and nowhere else; the page is
    never cached (`open_to`).
    """
    user: Any = request.user
    holders = holders_of(user)
    if not holders:
        raise NotAllowed(_("只有企业负责人或部门负责人可以管理令牌。"))
    form = TokenForm(request.POST or None, holders=holders)
    made, secret, refusal = None, "", None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made, secret = writes.make_token(
                form.chosen_holder(),
                name=given["name"],
                scopes=given["scopes"],
                days=given["days"],
                by=user,
                at=clock.real_now(),
            )
            form = TokenForm(holders=holders)
        except Refused as said:
            refusal = said
    wrong = refusal is not None or bool(form.errors)
    return render(
        request,
        "policies/api/tokens.html",
        {
            "form": form,
            "made": made,
            "secret": secret,
            "refusal": refusal,
            "tokens": ApiToken.objects.visible_to(user).select_related(
                "enterprise", "agency", "created_by"
            ),
            "now": clock.real_now(),
        },
        status=422 if wrong else 200,
    )


@open_to("owner", "agency", methods=("POST",))
def api_token_revoke(request: HttpRequest, token: int) -> HttpResponse:
    """End a key at once."""
    user: Any = request.user
    found = get_object_or_404(ApiToken.objects.visible_to(user), pk=token)
    writes.revoke_token(found, by=user, at=clock.real_now())
    messages.success(request, _("令牌“%(name)s”已停用。") % {"name": found.name})
    return redirect("api_tokens")
