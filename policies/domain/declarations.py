"""Answers of an enterprise: given, corrected and withdrawn, each with name and time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings.public import Enterprise, Filing, Refused, Stale, User, record_audit
from jiaozuo_portal.outbox.queue import enqueue
from policies import access
from policies.eligibility import FactError
from policies.eligibility.conditions import plain
from policies.eligibility.facts import Registry
from policies.models import Declaration
from policies.queries.facts import Way, gather, way_to_give
from policies.queries.packs import published_rules
from policies.queries.wording import fault_words, say

from .matching import match_filing


def declare(filing: Filing, fact: str, value: Any, *, by: User, at: datetime) -> Declaration:
    """Record an answer for the enterprise of `filing` and judge its measures again.

    `value` is plain (bool, int, Decimal, str) in the unit of the fact. The answer before it, if
    any, is kept as corrected; the same answer again writes nothing. Other filings of the
    enterprise are judged by the outbox. Raises Refused for a fact that profile, filing or portal
    give, and for a value that cannot be.
    """
    access.may_declare(by, filing.enterprise).require()
    registry = _registry()
    _require_askable(registry, fact)
    plain_value = _accepted(registry, fact, value)
    with transaction.atomic():
        _lock(filing.enterprise_id)
        _require_possible_together(filing, registry, fact, value)
        current = _current(filing.enterprise_id, fact)
        if current is not None and current.value == plain_value:
            return current
        if current is not None:
            _end(current, Declaration.Ending.CORRECTED, by=by, at=at)
        made = Declaration.objects.create(
            enterprise_id=filing.enterprise_id, fact=fact, value=plain_value, by=by, at=at
        )
        record_audit("declare", made, by=by, field=fact)
        _judge_again(filing, made, at=at)
    return made


def withdraw_declaration(
    declaration: Declaration, *, filing: Filing, by: User, at: datetime
) -> None:
    """Take an answer back: the fact is unknown again. Raises Stale when it no longer counts."""
    access.may_declare(by, declaration.enterprise).require()
    with transaction.atomic():
        _lock(declaration.enterprise_id)
        current = _current(declaration.enterprise_id, declaration.fact)
        if current is None or current.pk != declaration.pk:
            raise Stale(_("这个回答已经更正或撤回。"))
        _end(current, Declaration.Ending.WITHDRAWN, by=by, at=at)
        record_audit("withdraw", current, by=by, field=current.fact)
        _judge_again(filing, current, at=at)


def _registry() -> Registry:
    rules = published_rules()
    if rules is None:
        raise Refused(_("政策还没有发布，暂时不能回答。"))
    return rules.pack.registry


def _require_askable(registry: Registry, fact: str) -> None:
    if fact not in registry.facts:
        raise Refused(_("没有这个问题，可能政策已经更新。请回到支持政策页重新选择。"))
    way = way_to_give(registry, fact)
    if way is Way.PROFILE:
        raise Refused(_("这一项以企业资料为准，请在企业资料中填写或修改。"))
    if way is Way.FILING:
        raise Refused(_("这一项由备案得出，提交备案后自动确认。"))
    if way is Way.SETTING:
        raise Refused(_("这一项由主管部门公布，不需要企业填写。"))


def _accepted(registry: Registry, fact: str, value: Any) -> Any:
    try:
        return plain(registry.facts[fact].parse(value))
    except FactError as error:
        raise Refused(str(error.reason)) from None


def _require_possible_together(filing: Filing, registry: Registry, fact: str, value: Any) -> None:
    """Refuse what each answer allows alone but not both, such as layoffs out of a staff of 0."""
    known = gather(filing, registry)
    if fact in known.values and known.origins[fact].source != "declaration":
        raise Refused(_("这一项企业资料或备案中已有，以其中的内容为准。"))
    try:
        registry.parse(dict(known.values) | {fact: value})
    except FactError as error:
        label = registry.label(error.place.removeprefix("facts."))
        raise Refused(
            _("“%(label)s”%(reason)s")
            % {"label": say(label), "reason": fault_words(error, registry)}
        ) from None


def _lock(enterprise_id: int) -> None:
    """Two answers at once come one after the other."""
    Enterprise.objects.select_for_update().get(pk=enterprise_id)


def _current(enterprise_id: int, fact: str) -> Declaration | None:
    return Declaration.objects.filter(enterprise_id=enterprise_id, fact=fact).current().first()


def _end(declaration: Declaration, ending: str, *, by: User, at: datetime) -> None:
    declaration.ended_at, declaration.ended_by, declaration.ending = at, by, ending
    declaration.save(update_fields=["ended_at", "ended_by", "ending"])


def _judge_again(filing: Filing, cause: Declaration, *, at: datetime) -> None:
    match_filing(filing.pk, at=at, notify=False)
    others = Filing.objects.filter(enterprise_id=cause.enterprise_id).exclude(pk=filing.pk)
    for pk in others.values_list("pk", flat=True):
        enqueue("support.match", pk, key=f"support:{pk}:answer:{cause.pk}:{cause.ending}")
