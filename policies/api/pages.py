"""The page that explains the interface, made from its own description."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiaozuo_portal.lib.doors import PUBLIC, open_to
from policies.queries.api_reference import reference

from .endpoints import api


@open_to(PUBLIC)
def api_reference(request: HttpRequest) -> HttpResponse:
    """Every address with what it takes and gives."""
    described = reference(api.get_openapi_schema())
    return render(request, "policies/api/reference.html", {"reference": described})
