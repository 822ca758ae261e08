"""The reviewer's desk, and the homes of zone, health authority and city."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from filings import access
from filings.domain import review
from filings.forms.desk import DeskFilter, ListFilter
from filings.forms.review import OfVersion, OpinionForm
from filings.models import District, SavedView, User
from filings.queries import agencies, team
from filings.queries import desk as reads
from filings.queries import saved_views as saved
from filings.queries.acts import acts_on
from filings.queries.desk import Asked, Choices
from filings.states import State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale

from .scope import frame, visible_filing


def _tabs(views: dict[str, Any], counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "count": counts[name], "current": name == current}
        for name, label in views.items()
        if name in counts
    ]


def _chips(request: HttpRequest, form: DeskFilter) -> list[dict[str, str]]:
    """The conditions that are set, each with the address without it."""
    chips = []
    for name, label in form.narrowing():
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("after", None)
        chips.append({"label": label, "url": f"?{query.urlencode()}"})
    return chips


def _beside(
    asked: Asked, views: list[SavedView], user: User, at: datetime, choices: Choices
) -> saved.Beside:
    """The saved views, each read by the form of the desk."""

    def reading(query: str) -> Asked:
        return DeskFilter(QueryDict(query), choices=choices).asked(view="waiting")

    return saved.beside(asked, views, user=user, at=at, reading=reading)


@open_to("bureau")
def desk(request: HttpRequest) -> HttpResponse:
    """The queue of the person's district."""
    user: Any = request.user
    at = clock.now()
    views = saved.saved_views(user)
    if not request.GET and (begins_with := saved.default_of(views)):
        return redirect(f"{request.path}?{begins_with.query}")
    choices = reads.choices_of(user)
    form = DeskFilter(request.GET, choices=choices)
    asked = form.asked(view="waiting")
    address = form.address(view="waiting")
    beside = _beside(asked, views, user, at, choices)
    queue = reads.desk_queue(asked, user=user, at=at, total=beside.total)
    return render(
        request,
        "filings/desk/desk.html",
        {
            "form": form,
            "asked": asked,
            "queue": queue,
            "tabs": _tabs(reads.VIEWS, queue.counts, asked.view),
            "districts": [name for _code, name in choices.districts],
            "leads": user.stands_as("lead"),
            "kept": beside.views,
            "here": urlencode(address),
            "address": address.items(),
            "chips": _chips(request, form),
        },
    )


@open_to("bureau")
def desk_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on to the filing that waits for this person after the filing `pk`."""
    user: Any = request.user
    following = reads.next_for(user, pk)
    if following is None:
        messages.info(request, _("没有别的备案在等您审核。"))
        return redirect("desk")
    return redirect("review", pk=following)


@open_to("lead")
def desk_team(request: HttpRequest) -> HttpResponse:
    """What every colleague of the bureau holds."""
    user: Any = request.user
    return render(request, "filings/desk/team.html", {"load": team.team_load(user)})


@open_to("city")
def city_home(request: HttpRequest) -> HttpResponse:
    """Districts by states, and the filings behind a figure or that filters find."""
    user: Any = request.user
    lines, sums = agencies.city_table(user)
    form = DeskFilter(request.GET, choices=reads.choices_in(District.objects.all()))
    asked = form.asked(view="all")
    chips = _chips(request, form)
    queue = (
        reads.queue(reads.city_entries(user), asked, user=user, at=clock.now()) if chips else None
    )
    return render(
        request,
        "filings/desk/city.html",
        {
            "lines": lines,
            "sums": sums,
            "total": sum(line.total for line in lines),
            "states": list(State),
            "asked": asked,
            "form": form,
            "chips": chips,
            "queue": queue,
        },
    )


@open_to("zone")
def zone_home(request: HttpRequest) -> HttpResponse:
    """What the cluster zone has to receive."""
    user: Any = request.user
    form = ListFilter(request.GET, views=agencies.ZONE_VIEWS)
    asked = form.asked()
    listing = agencies.zone_list(user, asked)
    return render(
        request,
        "filings/desk/zone.html",
        {
            "form": form,
            "asked": asked,
            "listing": listing,
            "tabs": _tabs(agencies.ZONE_VIEWS, listing.counts, asked.view),
        },
    )


@open_to("zone", methods=("POST",))
def zone_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The zone records that it has received the version on the page."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    review.receive_for_zone(filing, by=user, at=clock.now(), version=_version(request))
    messages.success(request, _("已登记接收：%(name)s") % {"name": filing.enterprise.name})
    return redirect("zone_home")


def _version(request: HttpRequest) -> int:
    form = OfVersion(request.POST)
    if not form.is_valid():
        raise Stale(_("页面已经过期，请刷新后再办理。"))
    return form.cleaned_data["version"]


@open_to("health")
def health_home(request: HttpRequest) -> HttpResponse:
    """The filings of the district, those without an opinion first."""
    user: Any = request.user
    form = ListFilter(request.GET, views=agencies.HEALTH_VIEWS)
    asked = form.asked()
    listing = agencies.health_list(user, asked)
    return render(
        request,
        "filings/desk/health.html",
        {
            "form": form,
            "asked": asked,
            "listing": listing,
            "tabs": _tabs(agencies.HEALTH_VIEWS, listing.counts, asked.view),
        },
    )


@open_to("health", methods=("GET", "POST"))
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """The health authority writes its guidance on a filing (R1.6)."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    if access.health_agency(user, filing) is None:
        raise NotAllowed(_("只有本县区的卫生防疫部门可以提出指导意见。"))
    form = OpinionForm(request.POST or None, initial={"version": filing.version})
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                review.give_opinion(
                    filing, text=given["text"], by=user, at=clock.now(), version=given["version"]
                )
            except Refused as said:
                refusal, status = said, 409
            else:
                messages.success(request, _("指导意见已发给企业和工信部门。"))
                return redirect("health_home")
    return render(
        request,
        "filings/desk/opinion.html",
        {
            **frame(request, filing, clock.now()),
            "form": form,
            "refusal": refusal,
            "opinions": acts_on(filing).opinions,
        },
        status=status,
    )
