"""The declared policy of every route: who may knock, by which methods, and how a no is told.

A view without `@open_to` fails the tests. The door is the coarse check (kind of person, second
factor, method); what exactly somebody may do with one object is asked by `access` inside the
domain, and what they may not know of is kept back by `visible_to`, answered 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from .refusals import NotAllowed, Refused, Stale

View = Callable[..., HttpResponse]

PUBLIC = "public"
SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route (`User.stands_as` names) and by which methods."""

    audiences: frozenset[str]
    methods: frozenset[str]
    second_factor: bool = True


def open_to(
    *audiences: str, methods: tuple[str, ...] = ("GET",), second_factor: bool = True
) -> Callable[[View], View]:
    """Declare a view's policy and hold it.

    `audiences` are `public`, `signed_in`, or standings that `User.stands_as` knows (`member`,
    `clerk`, `owner`, `bureau`, `lead`, `zone`, `health`, `city`, `policy`, `agency`, `staff`).
    `second_factor=False` is for the pages on which the factor itself is set up or given.
    """
    policy = Policy(
        frozenset(audiences),
        frozenset(methods) | ({"HEAD"} if "GET" in methods else set()),
        second_factor,
    )

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            turned_away = _turned_away(request, policy)
            if turned_away is not None:
                return turned_away
            try:
                response = view(request, *args, **kwargs)
            except Refused as refusal:
                response = refused(request, refusal)
            if PUBLIC not in policy.audiences:
                # SECURITY: no shared cache and no back button after signing out shows a page.
                add_never_cache_headers(response)
            return response

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded

    return wrap


def _turned_away(request: HttpRequest, policy: Policy) -> HttpResponse | None:
    if request.method not in policy.methods:
        return HttpResponseNotAllowed(sorted(policy.methods))
    if PUBLIC in policy.audiences:
        return None
    user: Any = request.user
    if not user.is_authenticated:
        if wants_json(request):
            return JsonResponse({"error": _("登录已过期，请重新登录。")}, status=401)
        return redirect_to_login(request.get_full_path())
    if policy.second_factor:
        if user.must_change_password:
            return redirect("password_change")
        if not user.is_verified() and user.needs_second_factor:
            return redirect("second_factor")
    if SIGNED_IN in policy.audiences or any(user.stands_as(name) for name in policy.audiences):
        return None
    return refused(request, NotAllowed(_("您的账号没有打开这个页面的权限。")))


def wants_json(request: HttpRequest) -> bool:
    """The page's scripts ask for JSON; people get a page."""
    return "application/json" in request.headers.get("Accept", "")


def status_of(refusal: Refused) -> int:
    """403 for a missing right, 409 for a page that is too old, 422 for anything else."""
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Stale) else 422


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say no, with the reason, the clause and what now; as JSON where the page asked for it."""
    status = status_of(refusal)
    if wants_json(request):
        return JsonResponse(
            {"error": refusal.message, "rule": refusal.rule, "details": refusal.details},
            status=status,
        )
    return render(request, "errors/refused.html", {"refusal": refusal}, status=status)
