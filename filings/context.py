"""What the frame of every page takes: name, navigation, account menu, bell and contact."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filings.models import User
from filings.queries import people

Entry = dict[str, Any]


def portal(request: HttpRequest) -> dict[str, Any]:
    """The frame for this reader; each part is read only by a page that shows it."""
    user: Any = getattr(request, "user", None)
    name = people.portal_name(get_language() or "")
    found: dict[str, Any] = {"portal_name": name} if name else {}
    found["portal_contact"] = SimpleLazyObject(people.portal_contact)
    if user is None or not user.is_authenticated:
        check = _entry(request, "check", _("政策自测"))
        return found | {"portal_nav": [check, *_public_nav(request)]}
    return found | {
        "portal_nav": SimpleLazyObject(lambda: _nav(request, user)),
        "account_name": user.get_full_name(),
        "account_role": SimpleLazyObject(lambda: people.role_line(user)),
        "account_links": SimpleLazyObject(lambda: _account_links(user)),
        "notices_url": reverse("notices"),
        "unread_notices": SimpleLazyObject(lambda: user.reader.unread),
    }


def _entry(request: HttpRequest, route: str, label: str) -> Entry:
    match = request.resolver_match
    current = match is not None and match.view_name == route
    return {"label": label, "url": reverse(route), "current": current}


def _public_nav(request: HttpRequest) -> list[Entry]:
    return [
        _entry(request, "library", _("政策库")),
        _entry(request, "help", _("怎么办")),
        _entry(request, "contacts", _("联系方式")),
    ]


def _nav(request: HttpRequest, user: User) -> list[Entry]:
    entries = []
    if user.roles or not user.posts:
        entries.append(_entry(request, "home", _("首页")))
    if user.roles:
        entries.append(_entry(request, "support_home", _("支持政策")))
        entries.append(_entry(request, "applications", _("我的申请")))
    desks = {
        "bureau": ("desk", _("审核")),
        "zone": ("zone_home", _("集聚区")),
        "health": ("health_home", _("卫生防疫")),
        "city": ("city_home", _("全市")),
    }
    for kind, (route, label) in desks.items():
        if user.posts_of(kind):
            entries.append(_entry(request, route, label))
    if user.posts_of("bureau", "city"):
        entries.append(_entry(request, "board", _("进度图")))
    if user.posts_of("policy") and not user.roles:
        entries.append(_entry(request, "support_home", _("支持政策")))
    if user.posts_of("policy"):
        entries.append(_entry(request, "policy_packs", _("政策维护")))
        entries.append(_entry(request, "official_texts", _("政策原文")))
    if user.posts_of("policy", "city"):
        entries.append(_entry(request, "coverage", _("政策覆盖")))
    if user.posts_of("policy", "bureau", "city"):
        entries.append(_entry(request, "applications_desk", _("政策申请")))
    if user.posts_of("policy", "city"):
        entries.append(_entry(request, "official_lists", _("官方名单")))
    if user.posts_of("bureau"):
        entries.append(_entry(request, "join_requests", _("加入申请")))
    return entries + _public_nav(request)


def _account_links(user: User) -> list[Entry]:
    links = [{"label": _("我的账号"), "url": reverse("account"), "icon": "user"}]
    if user.is_superuser or any(post.role == "lead" for post in user.posts):
        links.append({"label": _("邀请同事"), "url": reverse("invitation_new"), "icon": "users"})
    if "owner" in user.roles.values() or any(post.role == "lead" for post in user.posts):
        links.append({"label": _("接口令牌"), "url": reverse("api_tokens"), "icon": "shield"})
    if user.is_staff:
        links.append({"label": _("平台管理"), "url": reverse("admin:index"), "icon": "shield"})
    return links
