"""An enterprise: registration, home page, profile, sites, and asking to join."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from filings import access
from filings.domain import enterprise as domain
from filings.domain.notices import words
from filings.forms.enterprise import EnterpriseForm, JoinForm, ProfileForm, SiteForm
from filings.models import Enterprise, JoinRequest
from filings.queries.enterprise import (
    enterprise_home,
    joins_to_decide,
    size_of_enterprise,
)
from filings.queries.standing import standings_of
from filings.size import INDICATORS, citation, size_of
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import SIGNED_IN, open_to
from jiaozuo_portal.lib.refusals import Refused


def visible(request: HttpRequest, pk: int) -> Enterprise:
    """The enterprise, or 404 for whom it is none of their business."""
    user: Any = request.user
    rows = Enterprise.objects.visible_to(user).select_related("district", "zone")
    return get_object_or_404(rows, pk=pk)


@open_to(SIGNED_IN, methods=("GET", "POST"))
def enterprise_new(request: HttpRequest) -> HttpResponse:
    """Register an enterprise; a code that exists leads to asking to join."""
    user: Any = request.user
    form = EnterpriseForm(request.POST or None, initial={"contact_name": user.name})
    known = ""
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["uscc"]
        try:
            made = domain.register_enterprise(
                by=user, at=clock.now(), uscc=code, **_first_profile(form)
            )
        except Refused as refusal:
            known = code if Enterprise.objects.filter(uscc=code).exists() else ""
            form.add_error("uscc" if known else None, refusal.message)
        else:
            messages.success(request, _("企业已注册。下面可以开始填写备案。"))
            return redirect("enterprise", made.pk)
    return render(
        request,
        "filings/enterprise/new.html",
        {
            "form": form,
            "known_code": known,
            "size": _typed_size(request.POST),
            "citation": citation(),
            "waiting": user.join_requests.filter(status=JoinRequest.Status.OPEN).select_related(
                "enterprise"
            ),
        },
        status=422 if form.errors else 200,
    )


def _first_profile(form: ProfileForm) -> dict[str, Any]:
    profile = form.profile()
    return profile | {"contact_mobile": profile["contact_mobile"] or ""}


@open_to(SIGNED_IN)
def enterprise_size(request: HttpRequest) -> HttpResponse:
    """The size class that the figures in a form give, before they are saved: a part of a page."""
    return render(
        request,
        "filings/enterprise/_size.html",
        {"size": _typed_size(request.GET), "citation": citation()},
    )


def _typed_size(data: Any) -> Any:
    form = ProfileForm(data)
    form.is_valid()
    typed = form.cleaned_data
    return size_of(typed.get("sme_industry") or "", {name: typed.get(name) for name in INDICATORS})


@open_to("member", "agency")
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """The home page of an enterprise: its sites, their filings, what is new, who asks to join."""
    user: Any = request.user
    found = enterprise_home(visible(request, pk), user)
    standings = standings_of(found.filings, user, clock.now())
    return render(
        request,
        "filings/enterprise/home.html",
        {
            "page": found,
            "enterprise": found.enterprise,
            "sites": list(zip(found.filings, standings, strict=True)),
            "notices": [(notice, words(notice)) for notice in found.notices],
            "size": found.size,
            "citation": citation(),
        },
    )


@open_to("member", methods=("GET", "POST"))
def enterprise_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """What the enterprise states of itself, and changes to it."""
    user: Any = request.user
    found = visible(request, pk)
    may_edit = access.may_edit_enterprise(user, found)
    if request.method == "POST":
        may_edit.require()
    form = ProfileForm(request.POST or None, enterprise=found)
    if request.method == "POST" and form.is_valid():
        try:
            domain.change_profile(found, by=user, at=clock.now(), **form.profile())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("企业资料已保存，支持政策会重新核对。"))
            return redirect("enterprise_profile", pk)
    return render(
        request,
        "filings/enterprise/profile.html",
        {
            "enterprise": found,
            "form": form,
            "may_edit": may_edit,
            "size": _typed_size(request.POST) if request.POST else size_of_enterprise(found),
            "citation": citation(),
        },
        status=422 if form.errors else 200,
    )


@open_to("clerk", methods=("GET", "POST"))
def site_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a site and open its filing."""
    user: Any = request.user
    found = visible(request, pk)
    access.may_edit_enterprise(user, found).require()
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            filing = domain.add_site(found, by=user, at=clock.now(), **form.site())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("厂区已添加，它的备案可以开始填写。"))
            return redirect("filing", filing.pk)
    return render(
        request,
        "filings/enterprise/site_new.html",
        {"enterprise": found, "form": form},
        status=422 if form.errors else 200,
    )


@open_to(SIGNED_IN, methods=("GET", "POST"))
def join_ask(request: HttpRequest) -> HttpResponse:
    """Ask to join an enterprise by its code."""
    user: Any = request.user
    form = JoinForm(request.POST or None, initial={"uscc": request.GET.get("uscc", "")})
    if request.method == "POST" and form.is_valid():
        found = Enterprise.objects.filter(uscc=form.cleaned_data["uscc"]).first()
        try:
            if found is None:
                raise Refused(_("这个统一社会信用代码还没有注册，您可以直接注册企业。"))
            domain.ask_to_join(found, by=user, at=clock.now(), remark=form.cleaned_data["remark"])
        except Refused as refusal:
            form.add_error("uscc", refusal.message)
        else:
            messages.success(request, _("申请已送出。企业负责人或工信部门处理后，您会收到消息。"))
            return redirect("home")
    return render(
        request,
        "filings/enterprise/join.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@open_to("owner", "bureau")
def join_requests(request: HttpRequest) -> HttpResponse:
    """Everybody who asks to join and on whom this person decides."""
    user: Any = request.user
    return render(request, "filings/enterprise/joins.html", {"joins": joins_to_decide(user)})


@open_to("owner", "bureau", methods=("POST",))
def join_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or refuse somebody who asks to join."""
    user: Any = request.user
    rows = JoinRequest.objects.filter(enterprise__in=Enterprise.objects.visible_to(user))
    asked = get_object_or_404(rows.select_related("enterprise", "user"), pk=pk)
    accept = request.POST.get("answer") == "accept"
    if not accept and request.POST.get("answer") != "refuse":
        raise Refused(_("请选择同意或拒绝。"))
    domain.decide_join(
        asked,
        accept=accept,
        role=request.POST.get("role") or "clerk",
        by=user,
        at=clock.now(),
    )
    said = _("已同意%(name)s加入。") if accept else _("已拒绝%(name)s的申请。")
    messages.success(request, said % {"name": asked.user})
    if asked.enterprise_id in user.roles:
        return redirect("members", asked.enterprise_id)
    return redirect("join_requests")
