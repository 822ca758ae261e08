"""People with a second factor, and the codes that their phones show."""

from __future__ import annotations

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from filings.domain import second_factor
from filings.models import User


def code_of(device: TOTPDevice, *, steps: int = 0) -> str:
    """What the person's app shows `steps` half minutes from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06d}"


def with_device(person: User) -> tuple[TOTPDevice, list[str]]:
    """Give the person a device in use; the device and its recovery codes."""
    device = second_factor.begin_set_up(person)
    return second_factor.confirm_set_up(person, code_of(device, steps=-1))
