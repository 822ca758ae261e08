"""Rules and values as people say them, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from jiaozuo_portal.lib.punctuation import listed
from policies.eligibility import FactError
from policies.eligibility.conditions import fact_type
from policies.eligibility.facts import FactType, Registry, Text
from policies.eligibility.packs import Kind, Pack
from policies.eligibility.verdicts import AS_OF

KINDS = {
    Kind.BENEFIT: gettext_lazy("优惠扶持"),
    Kind.SERVICE: gettext_lazy("服务渠道"),
    Kind.INFORMATION: gettext_lazy("提示信息"),
}

STRENGTHS = {
    "entitlement": gettext_lazy("符合即享受"),
    "application": gettext_lazy("需要申请"),
    "priority": gettext_lazy("优先安排"),
    "may": gettext_lazy("可以给予"),
    "encouraged": gettext_lazy("鼓励给予"),
    "service": gettext_lazy("提供服务"),
    "target": gettext_lazy("工作目标"),
}

_NUMBERS = {
    "eq": gettext_lazy("等于 %(value)s"),
    "ne": gettext_lazy("不等于 %(value)s"),
    "lt": gettext_lazy("低于 %(value)s"),
    "le": gettext_lazy("不超过 %(value)s"),
    "gt": gettext_lazy("高于 %(value)s"),
    "ge": gettext_lazy("不低于 %(value)s"),
}
_DAYS = {
    "eq": gettext_lazy("为 %(value)s"),
    "ne": gettext_lazy("不为 %(value)s"),
    "lt": gettext_lazy("早于 %(value)s"),
    "le": gettext_lazy("不晚于 %(value)s"),
    "gt": gettext_lazy("晚于 %(value)s"),
    "ge": gettext_lazy("不早于 %(value)s"),
    "not_after": gettext_lazy("这一天还没有过"),
    "after": gettext_lazy("这一天已经过去"),
    "within_months_after": gettext_lazy("这一天之后 %(value)s 个月以内"),
    "beyond_months_after": gettext_lazy("这一天之后 %(value)s 个月以外"),
}
#: What these compare with is the day of judging; their threshold is a number of months, or none.
_SINCE = ("not_after", "after", "within_months_after", "beyond_months_after")
_CHOICES = {
    "eq": gettext_lazy("为“%(value)s”"),
    "ne": gettext_lazy("不为“%(value)s”"),
    "in": gettext_lazy("为其中之一：%(value)s"),
    "not_in": gettext_lazy("不在其中：%(value)s"),
}


def say(text: Text) -> str:
    """A text of a pack in the reader's language."""
    return text.in_language(get_language() or "zh-hans")


def in_both(said: Callable[[], str] | Promise) -> dict[str, str]:
    """A sentence of the portal in both languages, as the files of a pack keep texts."""
    both = {}
    for key, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            both[key] = str(said() if callable(said) else said)
    return both


def day_words(day: date) -> str:
    """A day with its year: 2020年3月5日."""
    return date_format(day, _("Y年n月j日"))


def label_words(registry: Registry, name: str) -> str:
    """What a fact is called; the day of judging is one as well."""
    return _("今天的日期") if name == AS_OF else say(registry.label(name))


def value_words(registry: Registry, name: str, value: Any) -> str:
    """A value in plain JSON as the reader says it, with its unit; a dash while it is unknown."""
    if value is None:
        return "—"
    if isinstance(value, list):
        return listed(value_words(registry, name, one) for one in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == AS_OF or fact_type(registry, name) is FactType.DATE:
        return day_words(date.fromisoformat(value))
    spec = registry.facts.get(name)
    if spec is not None and value in spec.values:
        return say(spec.values[value])
    return _with_unit(figure_words(value), _unit(registry, name))


def figure_words(text: str) -> str:
    """Exact digits with their thousands parted; a fraction to four places, marked as such."""
    if "/" in text:
        above, below = text.split("/")
        return _("约 %(figure)s") % {"figure": f"{Decimal(above) / Decimal(below):,.4f}"}
    try:
        return f"{Decimal(text):,}"
    except InvalidOperation:
        return text


def requirement_words(reason: dict[str, Any], pack: Pack) -> str:
    """What one condition asks for: 不超过 20%, 为“否”."""
    name, op, threshold = reason["fact"], reason["op"], reason["threshold"]
    if name is None:
        note = reason.get("note")
        return say(Text(note["zh"], note["en"])) if note else _("文件没有写明的条件")
    if reason["clause"] in pack.jurisdictions:
        return _("在%(place)s") % {"place": say(pack.jurisdictions[reason["clause"]].label)}
    if op in _SINCE:
        return str(_DAYS[op]) % {"value": threshold}
    value = value_words(pack.registry, name, threshold)
    return str(_templates(pack.registry, name)[op]) % {"value": value}


def failure_words(reason: dict[str, Any], pack: Pack) -> str:
    """One condition that failed, as a sentence: what it asks for and what is the case."""
    name = reason["fact"]
    if name == AS_OF:
        day = day_words(date.fromisoformat(reason["threshold"]))
        if reason["op"] == "ge":
            return _("%(day)s才开始施行") % {"day": day}
        return _("已于%(day)s截止") % {"day": day}
    return _("%(label)s应%(requirement)s，目前%(actual)s") % {
        "label": label_words(pack.registry, name),
        "requirement": requirement_words(reason, pack),
        "actual": value_words(pack.registry, name, reason["actual"]),
    }


def fault_words(error: FactError, registry: Registry) -> str:
    """Why a value is refused, with facts under the names that people know."""

    def named(found: re.Match[str]) -> str:
        known = found[0] in registry
        return _("“%(label)s”") % {"label": label_words(registry, found[0])} if known else found[0]

    return re.sub(r"[a-z][a-z0-9_]+", named, str(error.reason))


def holding_words(reason: dict[str, Any], pack: Pack) -> str:
    """One condition that holds, as a sentence: what it asks for and what is the case."""
    name = reason["fact"]
    return _("%(label)s%(requirement)s（%(actual)s）") % {
        "label": label_words(pack.registry, name),
        "requirement": requirement_words(reason, pack),
        "actual": value_words(pack.registry, name, reason["actual"]),
    }


def clause_words(pack: Pack, key: str) -> str:
    """A clause as it is cited: 豫政〔2020〕9号 第17条; blank for a key that cites nothing."""
    document_key, _dash, point = key.rpartition("-")
    document = pack.documents.get(document_key)
    if document is None:
        return ""
    if re.fullmatch(r"\d+", point):
        return _("%(document)s 第%(number)s条") % {"document": document.number, "number": point}
    return _("%(document)s 第%(part)s部分") % {"document": document.number, "part": point}


def _templates(registry: Registry, name: str) -> dict[str, Any]:
    kind = FactType.DATE if name == AS_OF else fact_type(registry, name)
    if kind is FactType.DATE:
        return _DAYS | {op: _CHOICES[op] for op in ("in", "not_in")}
    if kind in (FactType.BOOL, FactType.ENUM):
        return _CHOICES
    return _NUMBERS | {op: _CHOICES[op] for op in ("in", "not_in")}


def _unit(registry: Registry, name: str) -> Text | None:
    spec = registry.facts.get(name) or registry.derived.get(name)
    return spec.unit if spec else None


def _with_unit(figure: str, unit: Text | None) -> str:
    if unit is None:
        return figure
    word = say(unit)
    return f"{figure}{word}" if word == "%" else f"{figure} {word}"
