"""The addresses of the interface under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from ninja import Query
from ninja.decorators import decorate_view

from filings.public import Filing, filings_visible_to
from jiaozuo_portal.lib import clock
from policies.eligibility.matching import InputError, read_profiles
from policies.models import ApiToken
from policies.queries.packs import Rules, published_rules

from . import reads
from .examples import DescribedApi
from .keys import Key, bearer, count_stranger
from .problems import NoPack, NotJson, TooLarge
from .schemas import (
    DocumentOut,
    Documents,
    FilingOut,
    Filings,
    Links,
    Matches,
    MeasureOut,
    Measures,
    Problem,
)

#: The largest body, and the most profiles in it, that are judged in one request.
MOST_BYTES, MOST_PROFILES = 256 * 1024, 100

MATCH, FILINGS, LINKS = (
    ApiToken.Scope.MATCH.value,
    ApiToken.Scope.FILINGS.value,
    ApiToken.Scope.LINKS.value,
)
_OPEN = {429: Problem, 503: Problem}
_KEYED = {401: Problem, 403: Problem, **_OPEN}

api = DescribedApi(
    title="Reopening portal",
    version="1",
    urls_namespace="api-1",
    docs_url=None,
    openapi_url="openapi.json",
    auth=Key(),
)


def _rules() -> Rules:
    rules = published_rules()
    if rules is None:
        raise NoPack
    return rules


def _for_everybody(response: HttpResponse) -> None:
    """May be kept by anybody for five minutes; `conditional_page` then spares the body (ETag)."""
    patch_cache_control(response, public=True, max_age=300)
    # SECURITY: the cookie chooses the language too; a shared cache must not mix readers.
    patch_vary_headers(response, ("Accept-Language", "Cookie"))


@api.get("/documents", response={200: Documents, **_OPEN}, auth=None, tags=["policies"])
@decorate_view(conditional_page)
def documents(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """The official texts of the published pack, with the measures in each."""
    count_stranger(request)
    rules = _rules()
    _for_everybody(response)
    return {**reads.pack_line(rules), "documents": reads.documents(rules)}


@api.get(
    "/documents/{document}",
    response={200: DocumentOut, 404: Problem, **_OPEN},
    auth=None,
    tags=["policies"],
)
@decorate_view(conditional_page)
def document(request: HttpRequest, response: HttpResponse, document: str) -> dict[str, Any]:
    """One official text by its key, as the list of documents gives it."""
    count_stranger(request)
    found = next((one for one in reads.documents(_rules()) if one["key"] == document), None)
    if found is None:
        raise Http404
    _for_everybody(response)
    return found


@api.get("/measures", response={200: Measures, 422: Problem, **_OPEN}, auth=None, tags=["policies"])
@decorate_view(conditional_page)
def measures(
    request: HttpRequest, response: HttpResponse, document: str = Query("", max_length=40)
) -> dict[str, Any]:
    """The measures of the published pack, of one text when `document` names it by its key."""
    count_stranger(request)
    rules = _rules()
    wanted = [one for one in reads.offered(rules) if document in ("", one.document)]
    _for_everybody(response)
    shown = [reads.measure_out(rules, one) for one in wanted]
    return {**reads.pack_line(rules), "measures": shown}


@api.get(
    "/measures/{measure}",
    response={200: MeasureOut, 404: Problem, **_OPEN},
    auth=None,
    tags=["policies"],
)
@decorate_view(conditional_page)
def measure(request: HttpRequest, response: HttpResponse, measure: str) -> dict[str, Any]:
    """One measure by its id, such as 豫政9-17b."""
    count_stranger(request)
    rules = _rules()
    found = next((one for one in reads.offered(rules) if one.id == measure), None)
    if found is None:
        raise Http404
    _for_everybody(response)
    return reads.measure_out(rules, found)


_PROFILE = {
    "type": "object",
    "required": ["facts"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "maxLength": 500},
        "as_of": {"type": "string", "format": "date"},
        "facts": {
            "type": "object",
            "additionalProperties": {"type": ["boolean", "number", "string"]},
        },
    },
}


@api.post(
    "/match",
    response={200: Matches, 413: Problem, 415: Problem, 422: Problem, **_KEYED},
    tags=["policies"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            _PROFILE,
                            {"type": "array", "items": _PROFILE, "maxItems": MOST_PROFILES},
                        ]
                    }
                }
            },
        }
    },
)
def match(request: HttpRequest) -> dict[str, Any]:
    """Judge one profile or a list of them; nothing of it is stored.

    Takes what the command `match_facts` reads, and gives what it prints. Wrong values are refused,
    each with its place, and then nothing has been judged.
    """
    bearer(request, MATCH)
    rules = _rules()
    profiles = read_profiles(_json_of(request), rules.pack, clock.today())
    if len(profiles) > MOST_PROFILES:
        raise InputError("", _("一次最多 %(count)s 份") % {"count": MOST_PROFILES})
    return {**reads.pack_line(rules), "profiles": [reads.matched(rules, one) for one in profiles]}


def _json_of(request: HttpRequest) -> bytes:
    """The body, read only where it says that it is JSON and no longer than one may be."""
    if request.content_type != "application/json":
        raise NotJson
    said = request.headers.get("Content-Length", "")
    if (said.isdecimal() and int(said) > MOST_BYTES) or len(request.body) > MOST_BYTES:
        raise TooLarge(MOST_BYTES)
    return request.body


@api.get("/filings", response={200: Filings, 422: Problem, **_KEYED}, tags=["filings"])
def filings(
    request: HttpRequest,
    after: str = Query("", max_length=400),
    limit: int = Query(reads.PAGE, ge=1, le=reads.MOST),
) -> dict[str, Any]:
    """The filings that the key's holder may know of, by number, `limit` of them a page."""
    page = reads.filings(bearer(request, FILINGS), after, limit)
    return {"filings": [reads.filing_out(one) for one in page.rows], "next": page.next}


@api.get(
    "/filings/{filing}", response={200: FilingOut, 404: Problem, 422: Problem, **_KEYED},
    tags=["filings"],
)  # fmt: skip
def filing(request: HttpRequest, filing: int) -> dict[str, Any]:
    """Where one filing stands."""
    return reads.filing_out(_filing(request, filing, FILINGS))


@api.get(
    "/filings/{filing}/links",
    response={200: Links, 404: Problem, 422: Problem, **_KEYED},
    tags=["filings"],
)
def links(request: HttpRequest, filing: int) -> dict[str, Any]:
    """The standing verdicts of an enterprise's own filing, measure by measure."""
    found = _filing(request, filing, LINKS)
    shown = reads.links(found, bearer(request, LINKS), _rules())
    return {"filing": found.pk, "links": shown}


def _filing(request: HttpRequest, pk: int, scope: str) -> Filing:
    # A number that no table can hold is as unknown as one that it does not hold.
    found = filings_visible_to(bearer(request, scope)).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
