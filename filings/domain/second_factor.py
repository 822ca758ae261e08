"""One-time codes (TOTP) as a second factor, and the recovery codes for a lost phone.

All of it runs on real time. django-otp slows down whoever guesses.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from filings.models import User
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.refusals import Refused

from . import audit

HOW_MANY_RECOVERY_CODES = 8
#: No letter or digit that can be taken for another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PURPOSE = "second-factor.recovery"
_DEVICE_NAME = "phone"


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a code: the device that took it, or how long the person has to wait."""

    device: TOTPDevice | StaticDevice | None
    locked_until: datetime | None = None


def begin_set_up(user: User) -> TOTPDevice:
    """The device that waits for its first code; the same one until it is confirmed."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
        return waiting or TOTPDevice.objects.create(user=user, name=_DEVICE_NAME, confirmed=False)


def confirm_set_up(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """Turn the second factor on with the first code of the app; the new recovery codes.

    An earlier device is replaced. Raises Refused when the code does not fit.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        fits = device is not None and device.verify_token(_folded(code))
        if fits and device is not None:
            TOTPDevice.objects.filter(user=user, confirmed=True).delete()
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            audit.record("second_factor_on", user, by=user)
            user.forget_standing()
            return device, _new_codes(user)
    # Outside the transaction: the count of failures that slows guessing has to stay.
    raise Refused(_("动态口令不对。请确认手机时间准确，输入应用里当前显示的 6 位数字。"))


def renew_recovery_codes(user: User) -> list[str]:
    """New recovery codes; the old ones end."""
    with transaction.atomic():
        audit.record("recovery_codes", user, by=user)
        return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    codes = [
        "".join(secrets.choice(_LETTERS) for _n in range(10))
        for _n in range(HOW_MANY_RECOVERY_CODES)
    ]
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    for code in codes:
        device.token_set.create(token=_stored(code))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _stored(code: str) -> str:
    """What is kept of a recovery code: 64 bits of a keyed index, which give no code back."""
    return crypto.blind_index(code, purpose=_PURPOSE)[-16:]


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    device = StaticDevice.objects.filter(user=user, confirmed=True).first()
    return device.token_set.count() if device else 0


def check_code(user: User, code: str) -> Checked:
    """Check a code of the app (six digits) or a recovery code, which works once."""
    code = _folded(code)
    with transaction.atomic():
        kind = TOTPDevice if re.fullmatch(r"\d{6}", code) else StaticDevice
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return Checked(None)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            return Checked(None, (why or {}).get("locked_until"))
        typed = code if kind is TOTPDevice else _stored(code)
        if not device.verify_token(typed):
            return Checked(None)
        audit.record("second_factor", user, by=user, field=kind._meta.model_name or "")
        return Checked(device)


def turn_off(user: User, *, by: User) -> None:
    """Take the second factor away: the person's own wish, or an administrator's after a loss.

    Raises Refused when the person's agency requires it and the person asks for it.
    """
    if by.pk == user.pk and user.must_have_second_factor:
        raise Refused(_("您所在的部门要求使用动态口令，不能停用。"))
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        audit.record("second_factor_off", user, by=by)
        user.forget_standing()


def _folded(code: str) -> str:
    text = unicodedata.normalize("NFKC", code).lower()
    return "".join(char for char in text if char.isalnum())
