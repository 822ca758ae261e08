"""Reasons, values and questions as plain text in the language of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .conditions import Reason
from .exact import decimal_text
from .facts import FactValue, Registry
from .words import Words, _

_REQUIREMENTS: Mapping[str, Words] = {
    "eq": _("%(label)s应为%(threshold)s"),
    "ne": _("%(label)s不应为%(threshold)s"),
    "in": _("%(label)s应为以下之一：%(threshold)s"),
    "not_in": _("%(label)s不应为：%(threshold)s"),
    "lt": _("%(label)s应低于%(threshold)s"),
    "le": _("%(label)s应不高于%(threshold)s"),
    "gt": _("%(label)s应高于%(threshold)s"),
    "ge": _("%(label)s应不低于%(threshold)s"),
    "not_after": _("应不晚于%(label)s"),
    "after": _("应晚于%(label)s"),
    "within_months_after": _("应在%(label)s后 %(threshold)s 个月之内"),
    "beyond_months_after": _("应在%(label)s后 %(threshold)s 个月之外"),
}
_AS_OF = {
    "ge": _("自 %(threshold)s 起才有效"),
    "le": _("只到 %(threshold)s 有效"),
}
YES, NO, NOT_GIVEN = _("是"), _("否"), _("未填写")


def requirement(reason: Reason, registry: Registry, language: str) -> str:
    """What the clause asks, e.g. “裁员率应不高于5.5%”; a condition that is not printed by its note.

    Args:
        reason: one leaf of a judgement.
        registry: labels, units and names of values.
        language: ``zh…`` or another language code; the sentence itself follows the active one.
    """
    if reason.fact is None:
        return reason.note.in_language(language) if reason.note else ""
    if reason.fact not in registry:
        return str(_AS_OF[reason.op].with_values(threshold=reason.threshold.isoformat()))
    pattern = _REQUIREMENTS[reason.op]
    months = reason.op.endswith("months_after")
    threshold = (
        str(reason.threshold)
        if months
        else value_text(reason.fact, reason.threshold, registry, language)
    )
    label = registry.label(reason.fact).in_language(language)
    return str(pattern.with_values(label=label, threshold=threshold))


def value_text(
    name: str, value: FactValue | tuple[FactValue, ...] | None, registry: Registry, language: str
) -> str:
    """A value with its unit, the label of an option, yes or no, or that it is not given."""
    if value is None:
        return str(NOT_GIVEN)
    if isinstance(value, tuple):
        return ", ".join(value_text(name, one, registry, language) for one in value)
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return registry.facts[name].values[value].in_language(language)
    return decimal_text(value) + _unit(name, registry, language)


def _unit(name: str, registry: Registry, language: str) -> str:
    spec: Any = registry.facts.get(name) or registry.derived[name]
    if spec.unit is None:
        return ""
    unit = spec.unit.in_language(language)
    return unit if unit == "%" else f" {unit}"
