"""The front door: where each reader lands, and the pages that everybody may read."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from filings.queries import people
from filings.queries.enterprise import contacts_by_district
from jiaozuo_portal.lib.doors import PUBLIC, open_to


@open_to(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The landing page for a visitor; for everybody else the page with what is to be done next."""
    user: Any = request.user
    if not user.is_authenticated:
        return render(request, "filings/home/landing.html")
    if user.must_change_password:
        return redirect("password_change")
    if not user.is_verified() and user.needs_second_factor:
        return redirect("second_factor")
    places = people.places_of(user)
    if not places:
        return redirect("enterprise_new")
    if len(places) == 1:
        return redirect(places[0].route, *places[0].arguments)
    links = [(place, reverse(place.route, args=place.arguments)) for place in places]
    return render(request, "filings/home/choose.html", {"places": links})


@open_to(PUBLIC)
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom to call, by district, as the bureaus publish it (R2.6)."""
    found = contacts_by_district()
    with_district = [agency for agency in found if _district(agency)]
    with_district.sort(key=lambda agency: (_district(agency).order, agency.kind, agency.pk))
    return render(
        request,
        "filings/home/contacts.html",
        {
            "city": [agency for agency in found if not _district(agency)],
            "districts": [
                (district, list(agencies))
                for district, agencies in groupby(with_district, _district)
            ],
        },
    )


def _district(agency: Any) -> Any:
    return agency.district or (agency.zone.district if agency.zone else None)


@open_to(PUBLIC)
def how_it_works(request: HttpRequest) -> HttpResponse:
    """How it works, what one needs at hand, how long it takes."""
    return render(request, "filings/home/help.html", {"limits": people.time_limits()})
