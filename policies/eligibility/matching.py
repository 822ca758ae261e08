"""Profiles in JSON in, verdicts in JSON out: what ``match_facts`` reads and prints.

Everything is read and checked before anything is judged, so that a refused file gives no output.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .facts import FactError, Facts, parse_day
from .packs import Pack
from .verdicts import judge
from .words import Faults, PlacedError, _

MAX_BYTES = 200_000_000
MAX_DIGITS = 400
MAX_ID_LENGTH = 500
KEYS = frozenset({"id", "as_of", "facts"})


class InputError(PlacedError):
    """A file of profiles that is refused, with the place and the reason."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One enterprise to judge on one day."""

    id: str | None
    as_of: date
    facts: Facts


def match(raw: bytes, pack: Pack, today: date) -> list[dict[str, Any]]:
    """Judge every profile of a JSON file, in its order.

    Args:
        raw: the file: one object or a list of ``{"id", "as_of", "facts"}``.
        pack: the rules.
        today: the day for profiles that name none.

    Raises:
        InputError, FactError: with the place; then nothing has been judged.
    """
    profiles = read_profiles(raw, pack, today)
    return [
        {"id": profile.id, **judge(pack, profile.facts, profile.as_of).as_json()}
        for profile in profiles
    ]


def read_profiles(raw: bytes, pack: Pack, today: date) -> list[Profile]:
    """The profiles of a JSON file, every value checked.

    Raises:
        InputError, FactError: with the place; it carries what else was wrong.
    """
    content = read_json(raw)
    if not isinstance(content, list):
        return [_profile(content, "", pack, today)]
    faults, profiles = Faults(), []
    for number, one in enumerate(content):
        with faults.noted():
            profiles.append(_profile(one, f"[{number}]", pack, today))
    faults.raise_noted()
    return profiles


def read_json(raw: bytes) -> Any:
    """JSON with exact numbers; no duplicate keys, no NaN, UTF-8 with or without a mark.

    Raises:
        InputError: the bytes are none of that.
    """
    if len(raw) > MAX_BYTES:
        raise InputError("", _("文件过大"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _("第 %(byte)s 个字节").with_values(byte=error.start + 1)
        raise InputError(str(place), _("不是 UTF-8 编码")) from None
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as error:
        place = _("第 %(line)s 行第 %(column)s 列").with_values(
            line=error.lineno, column=error.colno
        )
        raise InputError(
            str(place), _("不是正确的 JSON：%(problem)s").with_values(problem=error.msg)
        ) from None
    except RecursionError:
        raise InputError("", _("嵌套过深")) from None


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InputError(digits[:20] + "…", _("数值过大"))
    return int(digits)


def _no_constant(word: str) -> None:
    raise InputError(word, _("应为有限的数字"))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(_printable(twice), _("同一个名称写了两次"))
    return found


def _profile(data: Any, place: str, pack: Pack, today: date) -> Profile:
    if not isinstance(data, Mapping):
        raise InputError(place, _("应为一个对象，含 id、as_of、facts"))
    faults, day, name, facts = Faults(), today, None, Facts({})
    for key in data:
        with faults.noted():
            if key not in KEYS:
                raise InputError(_inside(place, _printable(key)), _("只能有 id、as_of、facts"))
    with faults.noted():
        name = _id(data.get("id"), "id" in data, _inside(place, "id"))
    with faults.noted():
        if "as_of" in data:
            day = parse_day(data["as_of"], _inside(place, "as_of"))
    with faults.noted():
        if "facts" not in data:
            raise InputError(_inside(place, "facts"), _("没有给出"))
        facts = pack.registry.parse(data["facts"], _inside(place, "facts"))
    faults.raise_noted()
    return Profile(name, day, facts)


def _id(value: Any, is_given: bool, place: str) -> str | None:
    if not is_given:
        return None
    if not isinstance(value, str):
        raise InputError(place, _("应为文字"))
    if len(value) > MAX_ID_LENGTH or any("\ud800" <= c <= "\udfff" for c in value):
        raise InputError(place, _("过长或含有无效字符"))
    return value


def _inside(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text[:80])


__all__ = ["FactError", "InputError", "Profile", "match", "read_json", "read_profiles"]
