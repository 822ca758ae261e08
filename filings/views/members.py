"""The people of an enterprise, and invitations into enterprises and agencies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from filings import access
from filings.domain import people
from filings.forms.people import AgencyInvitationForm, MemberInvitationForm, RegisterForm
from filings.models import Enterprise, Invitation, Membership
from filings.queries.enterprise import (
    agency_invitations,
    invitable_agencies,
    members_of,
    open_invitations,
    open_joins,
)
from jiaozuo_portal.lib.doors import PUBLIC, SIGNED_IN, open_to
from jiaozuo_portal.lib.refusals import NotAllowed

from .enterprise import visible
from .people import make_account


@open_to("member", "bureau")
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works for the enterprise, who asks to, and who is invited."""
    return _members_page(request, visible(request, pk), MemberInvitationForm())


def _members_page(
    request: HttpRequest, enterprise: Enterprise, form: MemberInvitationForm
) -> HttpResponse:
    user: Any = request.user
    may_manage = access.may_manage_members(user, enterprise)
    return render(
        request,
        "filings/enterprise/members.html",
        {
            "enterprise": enterprise,
            "members": members_of(enterprise),
            "roles": Membership.Role.choices,
            "may_manage": may_manage,
            "joins": open_joins(enterprise) if may_manage else [],
            "invitations": open_invitations(enterprise) if may_manage else [],
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _membership(request: HttpRequest, pk: int, member: int) -> Membership:
    rows = Membership.objects.select_related("enterprise", "user")
    return get_object_or_404(rows, enterprise=visible(request, pk), pk=member)


@open_to("owner", "bureau", methods=("POST",))
def member_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Give a member another role."""
    user: Any = request.user
    changed = people.change_role(
        _membership(request, pk, member), request.POST.get("role", ""), by=user
    )
    said = _("%(name)s现在是%(role)s。")
    messages.success(request, said % {"name": changed.user, "role": changed.get_role_display()})
    return _after_change(request, pk)


@open_to("owner", "bureau", methods=("GET", "POST"))
def member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Take somebody out of the enterprise, after asking once."""
    user: Any = request.user
    membership = _membership(request, pk, member)
    access.may_manage_members(user, membership.enterprise).require()
    if request.method != "POST":
        return render(
            request,
            "filings/enterprise/member_remove.html",
            {"enterprise": membership.enterprise, "member": membership},
        )
    people.remove_member(membership, by=user)
    messages.success(request, _("已移除%(name)s。") % {"name": membership.user})
    return _after_change(request, pk)


def _after_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The members page, or home for who has just taken themselves out."""
    user: Any = request.user
    user.forget_standing()
    if Enterprise.objects.visible_to(user).filter(pk=pk).exists():
        return redirect("members", pk)
    return redirect("home")


@open_to("owner", "bureau", methods=("POST",))
def member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite a colleague by an e-mail link."""
    user: Any = request.user
    enterprise = visible(request, pk)
    access.may_manage_members(user, enterprise).require()
    form = MemberInvitationForm(request.POST)
    if not form.is_valid():
        return _members_page(request, enterprise, form)
    people.invite(by=user, enterprise=enterprise, **form.cleaned_data)
    _say_sent(request, form.cleaned_data["email"])
    return redirect("members", pk)


def _say_sent(request: HttpRequest, email: str) -> None:
    messages.success(
        request, _("邀请已发到 %(email)s，7 天内有效，只能用一次。") % {"email": email}
    )


@open_to("agency", "staff", methods=("GET", "POST"))
def invitation_new(request: HttpRequest) -> HttpResponse:
    """Invite a colleague into an agency: its lead, or an administrator."""
    user: Any = request.user
    agencies = invitable_agencies(user)
    if not agencies:
        raise NotAllowed(_("只有本部门负责人或平台管理员可以邀请同事。"))
    form = AgencyInvitationForm(request.POST or None, agencies=agencies)
    if request.method == "POST" and form.is_valid():
        people.invite(by=user, **form.cleaned_data)
        _say_sent(request, form.cleaned_data["email"])
        return redirect("invitation_new")
    return render(
        request,
        "filings/people/invitation_new.html",
        {"form": form, "invitations": agency_invitations(user)},
        status=422 if form.errors else 200,
    )


@open_to("owner", "agency", "staff", methods=("POST",))
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an invitation that nobody has used."""
    user: Any = request.user
    rows = Invitation.objects.select_related("agency", "enterprise")
    mine = rows.filter(agency__in=invitable_agencies(user)) | rows.filter(
        enterprise__in=Enterprise.objects.visible_to(user)
    )
    invitation = get_object_or_404(mine, pk=pk, used_at=None)
    people.withdraw_invitation(invitation, by=user)
    messages.success(request, _("邀请已撤回。"))
    if invitation.enterprise_id:
        return redirect("members", invitation.enterprise_id)
    return redirect("invitation_new")


@sensitive_post_parameters("password", "password_again")
@never_cache
@open_to(PUBLIC, methods=("GET", "POST"))
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Follow an invitation: with the own account, or with a new one."""
    user: Any = request.user
    invitation = people.open_invitation(token)
    if invitation is None:
        return render(request, "filings/people/invitation_over.html", status=410)
    form = None
    if not user.is_authenticated:
        form = RegisterForm(
            request.POST or None,
            fixed_email=invitation.email,
            initial={"name": invitation.name},
        )
    if request.method == "POST":
        done = _accept(request, token, form)
        if done is not None:
            return done
    return render(
        request,
        "filings/people/invitation_accept.html",
        {"invitation": invitation, "form": form, "token": token},
        status=422 if form is not None and form.errors else 200,
    )


def _accept(request: HttpRequest, token: str, form: RegisterForm | None) -> HttpResponse | None:
    user: Any = request.user
    if form is not None:
        user = make_account(request, form) if form.is_valid() else None
        if user is None:
            return None
    elif user.must_change_password or (not user.is_verified() and user.needs_second_factor):
        return redirect("home")
    accepted = people.accept_invitation(token, by=user)
    messages.success(
        request,
        _("您已加入“%(place)s”。") % {"place": accepted.agency or accepted.enterprise},
    )
    return redirect("home")


@open_to(SIGNED_IN, methods=("POST",))
def sign_out_to_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Follow an invitation with another account than the one that is signed in."""
    logout(request)
    return redirect("invitation_accept", token)
