"""The routes of the interface tests: the style page, a bare form, and the error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from jiaozuo_portal.lib.refusals import Refused
from tests.portal.ui.samples import sample_context

_REFUSAL = Refused(
    "有一个车间没有责任人，不能提交。", rule="指南 R1.3", details=["二车间", "包装班"]
)
_ROOMS = {"clerk": "room-clerk", "desk": "room-desk"}


class _Person:
    is_authenticated = True

    def __init__(self, pk: str) -> None:
        self.pk = pk

    def __str__(self) -> str:
        return "王会计"


def style(request: HttpRequest, room: str) -> HttpResponse:
    context = {
        **sample_context(),
        "room": _ROOMS[room],
        "kept_done": request.GET.get("done", ""),
        "user": _Person(request.GET.get("user", "7")),
    }
    return render(request, "style_page.html", context)


def error(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html", {"refusal": _REFUSAL})


urlpatterns = [
    path("style/<str:room>/", style),
    path("", style, {"room": "clerk"}, name="home"),
    path("sign-out/", style, {"room": "clerk"}, name="sign_out"),
    path("sign-in/", style, {"room": "clerk"}, name="sign_in"),
    path("error/<path:name>/", error),
    path("i18n/", include("django.conf.urls.i18n")),
]
