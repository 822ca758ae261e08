"""The addresses of the interface under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, ValidationError

from filings.public import Filing, filings_visible_to
from jiaozuo_portal.lib import clock, throttle
from policies.eligibility.matching import InputError, read_profiles
from policies.eligibility.verdicts import judge
from policies.eligibility.words import PlacedError
from policies.models import ApiToken
from policies.queries.packs import Rules, published_rules

from . import reads
from .keys import PER, Key, NoScope, TooMany, bearer, count_stranger
from .schemas import (
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

api = NinjaAPI(
    title="Reopening portal",
    version="1",
    urls_namespace="api-1",
    docs_url=None,
    openapi_url="openapi.json",
    auth=Key(),
)


class TooLarge(Exception):
    """A body beyond `MOST_BYTES`; answered with 413."""


class NoPack(Exception):
    """No policy pack has been published; answered with 503."""


def _rules() -> Rules:
    rules = published_rules()
    if rules is None:
        raise NoPack
    return rules


def _for_everybody(response: HttpResponse) -> None:
    patch_cache_control(response, public=True, max_age=300)
    # SECURITY: the cookie chooses the language too; a shared cache must not mix readers.
    patch_vary_headers(response, ("Accept-Language", "Cookie"))


@api.get("/documents", response={200: Documents, **_OPEN}, auth=None, tags=["policies"])
def documents(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """The official texts of the published pack, with the measures in each."""
    count_stranger(request)
    rules = _rules()
    _for_everybody(response)
    return {**reads.pack_line(rules), "documents": reads.documents(rules)}


@api.get("/measures", response={200: Measures, 422: Problem, **_OPEN}, auth=None, tags=["policies"])
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
        "facts": {"type": "object"},
    },
}


@api.post(
    "/match",
    response={200: Matches, 413: Problem, 422: Problem, **_KEYED},
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

    Takes what the command `match_facts` reads, and gives what it prints. A wrong value is refused
    with its place, and then nothing has been judged.
    """
    bearer(request, MATCH)
    rules = _rules()
    if len(request.body) > MOST_BYTES:
        raise TooLarge
    profiles = read_profiles(request.body, rules.pack, clock.today())
    if len(profiles) > MOST_PROFILES:
        raise InputError("", _("一次最多 %(count)s 份") % {"count": MOST_PROFILES})
    judged = [
        {
            "id": profile.id,
            "as_of": profile.as_of,
            **judge(rules.pack, profile.facts, profile.as_of).as_json(),
        }
        for profile in profiles
    ]
    return {**reads.pack_line(rules), "profiles": judged}


@api.get("/filings", response={200: Filings, 422: Problem, **_KEYED}, tags=["filings"])
def filings(request: HttpRequest, after: str = Query("", max_length=400)) -> dict[str, Any]:
    """The filings that the key's holder may know of, 50 a page, by number."""
    page = reads.filings(bearer(request, FILINGS), after)
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


def _problem(
    request: HttpRequest, status: int, title: str, detail: str = "", place: str = ""
) -> HttpResponse:
    told = {"title": title, "status": status, "detail": detail or title, "place": place}
    return api.create_response(request, told, status=status)


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = _problem(
        request, 401, _("没有有效的令牌"), _("请在 Authorization 中用 Bearer 写上有效的令牌。")
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(NoScope)
def _no_scope(request: HttpRequest, error: NoScope) -> HttpResponse:
    return _problem(request, 403, _("权限不够"), str(error))


@api.exception_handler(Http404)
def _unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, 404, _("没有找到"))


@api.exception_handler(PlacedError)
def _wrong_value(request: HttpRequest, error: PlacedError) -> HttpResponse:
    return _problem(request, 422, _("内容有误"), str(error.reason), error.place)


@api.exception_handler(ValidationError)
def _wrong_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    place = ".".join(str(part) for part in first.get("loc", ()))
    return _problem(request, 422, _("内容有误"), str(first.get("msg", "")), place)


@api.exception_handler(RequestDataTooBig)
@api.exception_handler(TooLarge)
def _too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    most = _("一次最多 %(size)s kB") % {"size": MOST_BYTES // 1024}
    return _problem(request, 413, _("内容太大"), most)


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    answer = _problem(request, 429, _("请求太频繁"), _("请稍后再试。"))
    answer["Retry-After"] = str(throttle.seconds_left(PER))
    return answer


@api.exception_handler(NoPack)
def _no_pack(request: HttpRequest, error: NoPack) -> HttpResponse:
    return _problem(request, 503, _("还没有发布政策包"))
