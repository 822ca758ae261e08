"""How the interface says no: one shape for every refusal (RFC 9457), whatever refused.

`PortalApi` also answers in it what django-ninja leaves to Django: an address that there is not, a
method that is not offered, and a fault of the portal itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, re_path
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from jiaozuo_portal.lib import throttle
from policies.eligibility.words import PlacedError

from .keys import PER, NoScope, TooMany

PROBLEM_JSON = "application/problem+json"


class TooLarge(Exception):
    """A body of more than `most` bytes; answered with 413."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class NotJson(Exception):
    """A body that is not said to be JSON; answered with 415."""


class NoPack(Exception):
    """No policy pack has been published; answered with 503."""


class PortalApi(NinjaAPI):
    """The interface: every answer beyond 399 is a problem, in its description too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for kind, answer in _ANSWERS.items():
            self.add_exception_handler(kind, answer)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses under the root of the interface, and a 404 of its own for any other."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _answering(pattern.callback)
        return [*patterns, re_path("", _answering(_nowhere), name="nowhere")], app, namespace

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description of every address. django-ninja calls each answer `application/json`."""
        schema = super().get_openapi_schema(**where)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {PROBLEM_JSON: answer["content"]["application/json"]}
        return schema


def problem(
    status: int, title: str, detail: str = "", errors: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """The answer that says why something was not done; `errors` are places with their reasons."""
    told = [{"place": place, "detail": reason} for place, reason in errors]
    first = told[0] if told else {"place": "", "detail": detail or title}
    body = {"title": title, "status": status, **first, "errors": told}
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=PROBLEM_JSON)


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, with a problem in place of Django's pages for 404, 405 and 500."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return _unknown(request, error)
        except Exception as error:  # noqa: BLE001 - the caller is a program, and reads no page
            return _broken(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            offered = response["Allow"]
            response = problem(
                405, _("没有这种方法"), _("可用：%(methods)s") % {"methods": offered}
            )
            response["Allow"] = offered
        return response

    return answer


def _nowhere(request: HttpRequest) -> HttpResponse:
    raise Http404


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of the portal: logged and signalled as Django does, told without anything inside."""
    response = problem(500, _("平台出错了"), _("请稍后再试；如果仍然出错，请联系平台管理员。"))
    got_request_exception.send(sender=PortalApi, request=request)
    log_response(
        "%s: %s", response.reason_phrase, request.path,
        response=response, request=request, exception=error,
    )  # fmt: skip
    return response


def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = problem(401, _("没有有效的令牌"), _("请在 Authorization 中用 Bearer 写上有效的令牌。"))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _no_scope(request: HttpRequest, error: NoScope) -> HttpResponse:
    return problem(403, _("权限不够"), str(error))


def _unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("没有找到"))


def _wrong_values(request: HttpRequest, error: PlacedError) -> HttpResponse:
    faults = [(one.place, str(one.reason)) for one in (error, *error.also)]
    return problem(422, _("内容有误"), errors=faults)


#: Why a parameter is refused, by pydantic's name of the fault; its own words are English only.
_WHY = {
    "missing": gettext_lazy("没有给出"),
    "int_parsing": gettext_lazy("应为整数"),
    "int_parsing_size": gettext_lazy("数值过大"),
    "string_too_long": gettext_lazy("最多 %(max_length)s 个字符"),
    "greater_than_equal": gettext_lazy("不能小于 %(ge)s"),
    "less_than_equal": gettext_lazy("不能大于 %(le)s"),
}


def _wrong_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, _("内容有误"), errors=[_fault(one) for one in error.errors])


def _fault(said: dict[str, Any]) -> tuple[str, str]:
    why = str(_WHY.get(said["type"], _("不能用这个值")))
    return ".".join(str(part) for part in said["loc"]), why % said.get("ctx", {})


def _not_json(request: HttpRequest, error: NotJson) -> HttpResponse:
    return problem(415, _("不是 JSON"), _("请用 Content-Type: application/json 发送。"))


def _too_large(request: HttpRequest, error: TooLarge) -> HttpResponse:
    return problem(413, _("内容太大"), _("一次最多 %(size)s kB") % {"size": error.most // 1024})


def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    answer = problem(429, _("请求太频繁"), _("请稍后再试。"))
    answer["Retry-After"] = str(throttle.seconds_left(PER))
    return answer


def _no_pack(request: HttpRequest, error: NoPack) -> HttpResponse:
    return problem(503, _("还没有发布政策包"))


_ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    AuthenticationError: _no_key,
    NoScope: _no_scope,
    Http404: _unknown,
    PlacedError: _wrong_values,
    ValidationError: _wrong_request,
    NotJson: _not_json,
    TooLarge: _too_large,
    TooMany: _too_many,
    NoPack: _no_pack,
    Exception: _broken,
}
