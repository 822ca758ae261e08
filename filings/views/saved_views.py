"""The views that reviewers keep: name one, change it, take it away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from filings import access
from filings.domain import saved_views as domain
from filings.forms.desk import DeskFilter
from filings.forms.saved_views import SavedViewForm
from filings.models import SavedView, User
from filings.queries import saved_views as reads
from filings.queries.assignment import bureaus_led_by
from filings.queries.desk import VIEWS, Choices, choices_of
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused


@open_to("bureau")
def saved_views(request: HttpRequest) -> HttpResponse:
    """The views that the person has, and those that the lead shares."""
    user: Any = request.user
    choices, views = choices_of(user), reads.saved_views(user)
    lines = [
        {
            "view": view,
            "conditions": _conditions(view.query, choices),
            "may_change": bool(access.may_change_view(user, view)),
        }
        for view in views
    ]
    return render(
        request,
        "filings/saved_views/list.html",
        {"lines": lines, "default": reads.default_of(views)},
    )


@open_to("bureau", methods=("GET", "POST"))
def saved_view_new(request: HttpRequest) -> HttpResponse:
    """Name what the address bar asks for."""
    user: Any = request.user
    form = DeskFilter(request.GET, choices=choices_of(user))
    return _page(request, None, urlencode(form.address(view="waiting")))


@open_to("bureau", methods=("GET", "POST"))
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a view."""
    view = _visible(request, pk)
    user: Any = request.user
    access.may_change_view(user, view).require()
    return _page(request, view, view.query)


@open_to("bureau", methods=("POST",))
def saved_view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a view away."""
    user: Any = request.user
    view = _visible(request, pk)
    domain.remove_view(view, by=user)
    messages.success(request, _("已删除视图：%(name)s") % {"name": view.name})
    return redirect("saved_views")


def _visible(request: HttpRequest, pk: int) -> SavedView:
    user: Any = request.user
    return get_object_or_404(SavedView.objects.visible_to(user), pk=pk)


def _conditions(query: str, choices: Choices) -> list[str]:
    """What a view asks for, in words."""
    form = DeskFilter(QueryDict(query), choices=choices)
    return [str(VIEWS[form.asked(view="waiting").view]), *(words for _n, words in form.narrowing())]


def _page(request: HttpRequest, view: SavedView | None, query: str) -> HttpResponse:
    user: Any = request.user
    form = SavedViewForm(
        request.POST or None, bureaus=bureaus_led_by(user), initial=_initial(view, user)
    )
    refusal, status = None, 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                kept = _keep(view, query, form.cleaned_data, user)
            except Refused as said:
                refusal, status = said, status_of(said)
            else:
                messages.success(request, _("已保存视图：%(name)s") % {"name": kept.name})
                return redirect(f"{reverse('desk')}?{kept.query}")
    return render(
        request,
        "filings/saved_views/view.html",
        {
            "form": form,
            "view": view,
            "conditions": _conditions(query, choices_of(user)),
            "query": query,
            "refusal": refusal,
        },
        status=status,
    )


def _initial(view: SavedView | None, user: User) -> dict[str, Any]:
    if view is None:
        return {}
    return {
        "name": view.name,
        "shared_with": view.shared_with_id,
        "is_default": reads.default_of(reads.saved_views(user)) == view,
    }


def _keep(view: SavedView | None, query: str, given: dict[str, Any], user: User) -> SavedView:
    if view is None:
        return domain.save_view(by=user, query=query, **given)
    return domain.change_view(view, by=user, **given)
