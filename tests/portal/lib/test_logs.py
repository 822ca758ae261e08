import logging
import sys

import pytest

from jiaozuo_portal.lib.logs import MaskingFormatter, mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("id 41080219900101123X found", f"id {'*' * 18} found"),
        ("old id 410802900101123.", f"old id {'*' * 15}."),
        ("call 13800001234, please", f"call {'*' * 11}, please"),
        ("电话13800001234。", f"电话{'*' * 11}。"),
        ("+8613800001234", "*" * 14),
    ],
)
def test_ids_and_mobiles_are_masked(text, masked):
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "filing 17 of 2020-03-02 08:00:00,123",
        "token 5f13800001234abc",
        "uuid 0b6f1f43-9a40-4d5c-8a53-13800001234a",
        "code 91410800MA44D1AB2X",
    ],
)
def test_tokens_dates_and_codes_stay(text):
    assert mask_personal(text) == text


def test_traceback_is_masked_as_well():
    try:
        raise ValueError("13800001234 is not known")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())

    line = MaskingFormatter("{message}", style="{").format(record)

    assert "13800001234" not in line
    assert "ValueError" in line


def test_settings_mask_every_line(settings):
    handlers = settings.LOGGING["handlers"].values()
    formatters = settings.LOGGING["formatters"]

    used = {formatters[handler["formatter"]]["()"] for handler in handlers}

    assert used == {"jiaozuo_portal.lib.logs.MaskingFormatter"}
