"""The second factor: giving a code, setting it up, and turning it off."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as verify_session

from filings.domain import second_factor as factor
from filings.forms.people import CodeForm, FirstCodeForm
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import SIGNED_IN, open_to
from jiaozuo_portal.lib.refusals import Refused

from .people import next_url

_NEW_CODES = "recovery_codes_to_show"


@sensitive_post_parameters("code")
@open_to(SIGNED_IN, methods=("GET", "POST"), second_factor=False)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code; who has no device yet is led to the set-up."""
    user: Any = request.user
    if user.is_verified() or not user.needs_second_factor:
        return redirect("home")
    if not user.has_second_factor:
        return redirect("second_factor_set_up")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        checked = factor.check_code(user, form.cleaned_data["code"])
        if checked.device is not None:
            _verified(request, checked.device)
            return redirect(next_url(request) or "home")
        form.add_error("code", _why_not(checked))
    return render(
        request,
        "filings/people/second_factor.html",
        {"form": form, "next": next_url(request)},
        status=422 if form.errors else 200,
    )


def _why_not(checked: factor.Checked) -> str:
    if checked.locked_until is None:
        return _("动态口令不对，或者已经用过。请输入应用里当前显示的数字。")
    wait = max(1, int((checked.locked_until - clock.real_now()).total_seconds()) + 1)
    return _("输错次数太多，请等 %(seconds)s 秒再试。") % {"seconds": wait}


def _verified(request: HttpRequest, device: Any) -> None:
    # SECURITY: a new key for the session that may do more, as after signing in.
    request.session.cycle_key()
    verify_session(request, device)


@sensitive_post_parameters("code")
@open_to(SIGNED_IN, methods=("GET", "POST"), second_factor=False)
def second_factor_set_up(request: HttpRequest) -> HttpResponse:
    """Scan the picture, give the first code, note down the recovery codes."""
    user: Any = request.user
    if user.must_change_password:
        return redirect("password_change")
    # SECURITY: with the password alone nobody replaces a device that is in use.
    if user.has_second_factor and not user.is_verified():
        return redirect("second_factor")
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = factor.confirm_set_up(user, form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            _verified(request, device)
            request.session[_NEW_CODES] = codes
            return redirect("recovery_codes")
    device = factor.begin_set_up(user)
    picture = segno.make(device.config_url, error="m")
    return render(
        request,
        "filings/people/second_factor_set_up.html",
        {
            "form": form,
            "picture": picture.svg_data_uri(scale=5, border=2, dark="#1a2430", light="#ffffff"),
            "secret": _in_fours(device.key),
            "is_required": user.must_have_second_factor,
            "is_replacing": user.has_second_factor,
        },
        status=422 if form.errors else 200,
    )


def _in_fours(key: str) -> str:
    """The secret as people type it into an app: base32 in groups of four."""
    from base64 import b32encode

    text = b32encode(bytes.fromhex(key)).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@open_to(SIGNED_IN)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The new recovery codes, shown this once."""
    codes = request.session.pop(_NEW_CODES, None)
    if codes is None:
        return redirect("account")
    return render(request, "filings/people/recovery_codes.html", {"codes": codes})


@open_to(SIGNED_IN, methods=("POST",))
def recovery_codes_renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones end."""
    user: Any = request.user
    if not user.has_second_factor:
        raise Refused(_("您还没有启用动态口令。"))
    request.session[_NEW_CODES] = factor.renew_recovery_codes(user)
    return redirect("recovery_codes")


@open_to(SIGNED_IN, methods=("POST",))
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Do without a second factor again, where nobody requires it."""
    user: Any = request.user
    factor.turn_off(user, by=user)
    messages.success(request, _("动态口令已停用。"))
    return redirect("account")
