"""Why a measure has its verdict, in words: what settled it, or what still matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from filings.public import User
from policies.eligibility import Verdict
from policies.eligibility.finding import finding_of, inputs

from .benefits import Card, Judged, Question, Replacement, Used
from .past_reasons import Past, links_of, past_of
from .support import Support
from .verdicts import is_kept, sheet_of, told
from .wording import clause_words, label_words, requirement_words, say, value_words


@dataclass(frozen=True, slots=True)
class Line:
    """One condition in words: `state` is pass, fail or unknown.

    `given` is where the value comes from when somebody gave it as it stands; `used` are the
    values from which it follows otherwise.
    """

    label: str
    requirement: str
    actual: str
    state: str
    clause: str
    given: Used | None = None
    used: tuple[Used, ...] = ()
    missing: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasoning for one measure: what settled it, or what still matters, and the rest.

    `replaced` says which measure has taken its place, if one has.
    """

    card: Card
    lines: tuple[Line, ...]
    rest: tuple[Line, ...]
    notes: tuple[str, ...]
    scope_note: str
    validity: str
    is_kept: bool
    history: tuple[Past, ...]
    siblings: tuple[Card, ...]
    replaced: Replacement | None


def explain(support: Support, key: str, user: User) -> Explanation | None:
    """Why a measure has its verdict; None for a measure that is not offered.

    `lines` are for a no only what failed, for an unknown only what still matters, for a yes what
    holds; `rest` are the conditions that did not decide.
    """
    result = support.results.get(key)
    if result is None:
        return None
    finding, measure = finding_of(result), result.measure
    sheet = sheet_of(support.gathered, support.judgement.situation, finding.rests_on)
    content = told(finding.as_json(), sheet, result.amount, support.day)
    shown = content["reasons"]
    if result.verdict is Verdict.ELIGIBLE:
        shown = [reason for reason in shown if reason["holds"]]
    rest = [reason for reason in content["trace"] if reason not in shown]
    links = links_of(support.filing, key, user)
    current = next((link for link in links if link.superseded_at is None), None)
    groups = ([card.key for card in benefit.cards] for benefit in support.benefits)
    siblings = next((keys for keys in groups if key in keys), ())
    return Explanation(
        card=support.cards[key],
        lines=lines_of(shown, support),
        rest=lines_of(rest, support),
        notes=tuple(say(note.text) for note in measure.notes),
        scope_note=say(measure.scope_note) if measure.scope_note else "",
        validity=say(measure.validity.basis),
        is_kept=current is not None and is_kept(current, finding, result.amount, sheet),
        history=past_of(links, support.gathered),
        siblings=tuple(support.cards[one] for one in siblings if one != key),
        replaced=support.replaced.get(key),
    )


_STATES = {True: "pass", False: "fail", None: "unknown"}


def lines_of(reasons: Iterable[Mapping[str, Any]], support: Judged) -> tuple[Line, ...]:
    """Each condition once, though a tree may ask it in several branches."""
    return tuple(dict.fromkeys(_line(reason, support) for reason in reasons))


def _line(reason: Mapping[str, Any], support: Judged) -> Line:
    pack, name = support.rules.pack, reason["fact"]
    registry = pack.registry
    requirement = requirement_words(dict(reason), pack)
    clause = clause_words(pack, reason["clause"])
    state = _STATES[reason["holds"]]
    if name is None:
        return Line(_("另有条件"), requirement, "", state, clause)
    label, actual = (
        label_words(registry, name),
        value_words(registry, name, reason["actual"]),
    )
    if name not in registry:
        return Line(label, requirement, actual, state, clause)
    given = support.given(name) if name in support.gathered.values else None
    open_facts = support.judgement.situation.missing_facts(name) if state == "unknown" else ()
    asked = registry.in_order(frozenset(open_facts))
    return Line(
        label=label,
        requirement=requirement,
        actual="" if reason["actual"] is None else actual,
        state=state,
        clause=clause,
        given=given,
        used=() if given else tuple(_used(name, support)),
        missing=tuple(support.question(one) for one in asked),
    )


def _used(name: str, support: Judged) -> Iterable[Used]:
    """The values behind a fact, down to those that somebody gave, with their sources."""
    registry = support.rules.pack.registry
    for base in inputs(name, registry):
        if base in support.gathered.values:
            yield support.given(base)
        elif base in registry.facts and registry.facts[base].default is not None:
            spec = registry.facts[base]
            value = value_words(registry, base, spec.default)
            yield Used(say(spec.label), value, _("没有填写时的默认值"))
