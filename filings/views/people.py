"""Signing in and out, accounts, and passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.utils import reset as unlock
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from filings.domain import people
from filings.forms.people import (
    AccountForm,
    NewPasswordForm,
    OwnPasswordForm,
    RegisterForm,
    ResetForm,
    SignInForm,
)
from filings.models import User
from jiaozuo_portal.lib import throttle, visitors
from jiaozuo_portal.lib.doors import PUBLIC, SIGNED_IN, open_to
from jiaozuo_portal.lib.refusals import Refused

_RESET_KEY = "password_reset"
_HOUR = timedelta(hours=1)


def next_url(request: HttpRequest) -> str:
    """Where to go after signing in: the page that was asked for, if it is one of ours.

    SECURITY: another host in `next` would lead people away with our sign-in page as the bait.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""


def _too_often(request: HttpRequest, action: str, *, limit: int) -> HttpResponse | None:
    """The page for an address that does something public too often in an hour."""
    if throttle.allow(action, visitors.address_of(request), limit=limit, per=_HOUR):
        return None
    return render(request, "429.html", status=429)


@sensitive_post_parameters("password")
@never_cache
@open_to(PUBLIC, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by user name or mobile number."""
    leads_to = next_url(request)
    if request.user.is_authenticated:
        return redirect(leads_to or "home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(
            request, username=_user_name(form), password=form.cleaned_data["password"]
        )
        if user is not None:
            return _welcome(request, user, leads_to)
        form.add_error(None, _("用户名（手机号码）或密码不对，请检查后再试。"))
    return render(
        request,
        "filings/people/sign_in.html",
        {"form": form, "next": leads_to, "lock_after": settings.AXES_FAILURE_LIMIT},
        status=422 if form.errors else 200,
    )


def _user_name(form: SignInForm) -> str:
    """The user name to check. A mobile number that nobody has is checked like any wrong name.

    SECURITY: known and unknown names take the same way, so neither words nor time tell them apart.
    """
    mobile = form.mobile()
    if not mobile:
        return str(form.cleaned_data["username"])
    found = people.user_by_mobile(mobile)
    return found.username if found else mobile


def _welcome(request: HttpRequest, user: Any, leads_to: str) -> HttpResponse:
    login(request, user)
    response = redirect(leads_to or "home")
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        set_language_cookie(response, user.language)
    return response


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Show the portal in this language from now on, in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )


@open_to(PUBLIC, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.success(request, _("您已退出登录。"))
    return redirect("sign_in")


@sensitive_post_parameters("password", "password_again")
@never_cache
@open_to(PUBLIC, methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """Make an account; the enterprise is registered on the next page."""
    if request.user.is_authenticated:
        return redirect("home")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        turned_away = _too_often(request, "register", limit=30)
        if turned_away is not None:
            return turned_away
        if make_account(request, form) is not None:
            return redirect(next_url(request) or "home")
    return render(
        request,
        "filings/people/register.html",
        {"form": form, "next": next_url(request)},
        status=422 if form.errors else 200,
    )


def make_account(request: HttpRequest, form: RegisterForm) -> User | None:
    """Make the account of a valid form and sign in with it; None with the fault in the form."""
    try:
        user = people.register_account(**form.account())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return None
    login(request, user, backend="filings.backend.PeopleBackend")
    return user


@sensitive_post_parameters("password")
@open_to(SIGNED_IN, methods=("GET", "POST"))
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: name, e-mail, mobile number, language."""
    user: Any = request.user
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            changed = people.change_account(user, **form.changes())
        except Refused as refusal:
            form.add_error("mobile", refusal.message)
        else:
            messages.success(request, _("账号资料已保存。"))
            response = redirect("account")
            set_language_cookie(response, changed.language)
            return response
    return render(
        request,
        "filings/people/account.html",
        {"form": form, "person": user},
        status=422 if form.errors else 200,
    )


@sensitive_post_parameters()
@open_to(SIGNED_IN, methods=("GET", "POST"), second_factor=False)
def password_change(request: HttpRequest) -> HttpResponse:
    """Another password; whoever has a second factor gives it first."""
    user: Any = request.user
    if user.has_second_factor and not user.is_verified():
        return redirect("second_factor")
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.set_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, _("密码已修改，其他设备上的登录已失效。"))
        return redirect("home")
    return render(
        request,
        "filings/people/password_change.html",
        {"form": form, "is_forced": user.must_change_password},
        status=422 if form.errors else 200,
    )


@open_to(PUBLIC, methods=("GET", "POST"))
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password; the answer is the same for every address."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        turned_away = _too_often(request, "password_reset", limit=10)
        if turned_away is not None:
            return turned_away
        people.ask_password_reset(form.cleaned_data["email"])
        return redirect("password_reset_sent")
    return render(
        request,
        "filings/people/password_reset.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@open_to(PUBLIC)
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return render(request, "filings/people/password_reset_sent.html", {"hours": hours})


@never_cache
@open_to(PUBLIC)
def password_reset_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The link of the mail: its token goes into the session and out of the address."""
    request.session[_RESET_KEY] = [uid, token]
    return redirect("password_reset_new")


@sensitive_post_parameters()
@never_cache
@open_to(PUBLIC, methods=("GET", "POST"))
def password_reset_new(request: HttpRequest) -> HttpResponse:
    """Choose the new password."""
    user = _whose_link(request)
    if user is None:
        return render(request, "filings/people/password_reset_over.html", status=410)
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.set_password(user, form.cleaned_data["new_password1"])
        request.session.pop(_RESET_KEY, None)
        unlock(username=visitors.index_of_name(user.username))
        messages.success(request, _("新密码已生效，请用它登录。"))
        return redirect("sign_in")
    return render(
        request,
        "filings/people/password_reset_new.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _whose_link(request: HttpRequest) -> User | None:
    uid, token = request.session.get(_RESET_KEY) or ("", "")
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        return None
    return user
