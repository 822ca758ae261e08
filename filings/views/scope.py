"""Fetching a filing within what the person may know of; anything else is a 404."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls.converters import StringConverter

from filings import access
from filings.models import Filing, User
from filings.queries.standing import standing_of
from filings.sections import SECTIONS, Section


class SectionKey(StringConverter):
    """The sections that have a form, as part of an address."""

    regex = "|".join(SECTIONS)


def person(request: HttpRequest) -> User:
    """Who asks. The door let nobody through who is not signed in."""
    return cast(User, request.user)


def visible_filing(request: HttpRequest, pk: int) -> Filing:
    """A filing that this person may know of."""
    return get_object_or_404(
        Filing.objects.visible_to(person(request)).select_related(
            "enterprise", "site", "district", "zone", "holder"
        ),
        pk=pk,
    )


def own_filing(request: HttpRequest, pk: int) -> Filing:
    """A filing of the person's own enterprise. SECURITY: drafts are nobody else's to read."""
    filing = visible_filing(request, pk)
    if not access.may_see_draft(person(request), filing):
        raise Http404
    return filing


def known_section(key: str) -> Section:
    """The section called `key`, or a 404."""
    if key not in SECTIONS:
        raise Http404
    return SECTIONS[key]


def frame(request: HttpRequest, filing: Filing, at: datetime) -> dict[str, Any]:
    """What every page of a filing shows around its own content."""
    return {"filing": filing, "standing": standing_of(filing, person(request), at)}
