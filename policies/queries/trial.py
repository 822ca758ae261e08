"""What would be if some facts, or the day, were others: judged, shown, and written nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from policies.eligibility import Basis, Result, judge
from policies.eligibility.amounts import fact_terms
from policies.eligibility.conditions import Leaf, leaves, plain
from policies.eligibility.facts import FactType
from policies.eligibility.finding import inputs
from policies.eligibility.packs import Kind, Pack
from policies.eligibility.turning import STEPS, nearest_turns

from .benefits import Benefit, Question, Used
from .facts import Gathered, Origin, gather
from .kept import kept_for
from .support import Support
from .wording import day_words, holding_words, say, value_words

TRIED = "tried"
#: So many ways to turn a refusal are offered at once.
MOST_HINTS = 6


@dataclass(frozen=True)
class Supposed(Support):
    """The support of a filing with some values that are only tried."""

    def given(self, name: str) -> Used:
        """A tried value is said to be one."""
        if self.gathered.origins[name].source != TRIED:
            return super().given(name)
        registry = self.rules.pack.registry
        value = value_words(registry, name, plain(self.judgement.situation.facts[name]))
        return Used(say(registry.label(name)), value, _("试改的值"))


@dataclass(frozen=True, slots=True)
class Tried:
    """A fact that is tried: what is known now, what is tried, and where it would be recorded."""

    fact: str
    label: str
    now: str
    value: str
    question: Question


@dataclass(frozen=True, slots=True)
class Turned:
    """A benefit whose verdict, or only its money, is another.

    `sort` is won, lost, undecided, refused (undecided before) or money; `before` and `why` say
    in words what was in the way and what is now.
    """

    sort: str
    benefit: Benefit
    was: Benefit
    before: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def difference(self) -> Decimal:
        """How many yuan more or less."""
        return (self.benefit.amount or Decimal(0)) - (self.was.amount or Decimal(0))


@dataclass(frozen=True, slots=True)
class Hint:
    """A number that would turn a refusal, each by itself."""

    fact: str
    label: str
    now: str
    value: str
    plain: str
    benefits: tuple[Benefit, ...]


@dataclass(frozen=True)
class Trial:
    """The support as it is and as it would be. `tried` are the facts that differ."""

    before: Support
    after: Supposed
    tried: tuple[Tried, ...]

    @property
    def is_another_day(self) -> bool:
        """Whether the day is another one."""
        return self.before.day != self.after.day

    @property
    def is_tried(self) -> bool:
        """Whether anything is tried at all."""
        return bool(self.tried) or self.is_another_day

    @property
    def money(self) -> Decimal:
        """How many yuan more or less in all."""
        return self.after.sums.money - self.before.sums.money

    @cached_property
    def turned(self) -> list[Turned]:
        """What turns, in the order of its sort."""
        was = {benefit.key: benefit for benefit in self.before.benefits}
        found = [
            self._turned(sort, was[new.key], new)
            for new in self.after.benefits
            if new.key in was and (sort := _sort(was[new.key], new))
        ]
        order = ("won", "lost", "money", "undecided", "refused")
        return sorted(found, key=lambda one: order.index(one.sort))

    @cached_property
    def hints(self) -> list[Hint]:
        """The nearest numbers that would turn a benefit that is refused as things are tried."""
        refused = [b for b in self.after.benefits if b.verdict == "not_eligible"]
        benefit_of = {card.key: benefit for benefit in refused for card in benefit.cards}
        results = (
            result
            for key, result in self.after.results.items()
            if key in benefit_of and result.basis is Basis.CONDITIONS
        )
        found: dict[tuple[str, Any], dict[str, Benefit]] = {}
        for turn in nearest_turns(results, self.after.judgement.situation):
            benefit = benefit_of[turn.measure]
            found.setdefault((turn.fact, turn.value), {})[benefit.key] = benefit
        ranked = sorted(found.items(), key=lambda one: -len(one[1]))
        return [self._hint(name, value, by.values()) for (name, value), by in ranked][:MOST_HINTS]

    def _hint(self, name: str, value: Any, benefits: Iterable[Benefit]) -> Hint:
        registry = self.after.rules.pack.registry
        now = self.after.judgement.situation.facts[name]
        return Hint(
            fact=name,
            label=say(registry.label(name)),
            now=value_words(registry, name, plain(now)),
            value=value_words(registry, name, plain(value)),
            plain=str(plain(value)),
            benefits=tuple(benefits),
        )

    def _turned(self, sort: str, was: Benefit, new: Benefit) -> Turned:
        return Turned(sort, new, was, _standing(was), self._why(sort, new))

    def _why(self, sort: str, new: Benefit) -> tuple[str, ...]:
        if sort in ("won", "money"):
            return self._holding(self.after.results[new.lead.key])
        return _standing(new)

    def _holding(self, result: Result) -> tuple[str, ...]:
        """What holds, as far as it rests on what is tried."""
        pack = self.after.rules.pack
        tried = {one.fact for one in self.tried}
        said = [
            holding_words(reason.as_json(), pack)
            for reason in result.reasons
            if reason.holds
            and reason.fact in pack.registry
            and tried.intersection(inputs(str(reason.fact), pack.registry))
        ]
        if self.is_another_day and not said:
            said = [_("%(day)s在有效期内") % {"day": day_words(self.after.day)}]
        return tuple(dict.fromkeys(said))


def trial_of(before: Support, values: Mapping[str, Any], day: date) -> Trial:
    """The support of a filing with `values` (as the registry takes them) on `day`.

    Values that are what is known already are not counted as tried. Lists and announcements are
    those of the day. Raises FactError for values that cannot be together.
    """
    registry = before.rules.pack.registry
    then = before.gathered
    if day != before.day:
        kept = kept_for([before.filing.enterprise.uscc], day)
        then = gather(before.filing, registry, kept=kept)
    parsed = registry.parse(values)
    known = before.judgement.situation.facts
    differing = {name: value for name, value in values.items() if parsed[name] != known.get(name)}
    gathered = Gathered(
        values={**then.values, **differing},
        origins={**then.origins, **{name: Origin(TRIED) for name in differing}},
    )
    after = Supposed(
        rules=before.rules,
        gathered=gathered,
        judgement=judge(before.rules.pack, gathered.values, day),
        contacts=before.contacts,
        filing=before.filing,
        match=None,
    )
    tried = tuple(_tried(name, before, after) for name in differing)
    return Trial(before, after, tried)


def now_words(support: Support, name: str) -> str:
    """What is known of a fact, in words; that it is not known otherwise."""
    if name not in support.gathered.values:
        return _("还不知道")
    return support.given(name).value


@dataclass(frozen=True, slots=True)
class Choices:
    """The facts that some measure uses, as pairs of name and label, and those tried most often."""

    known: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]
    often: tuple[tuple[str, str], ...]


def choices_of(support: Support, taken: Iterable[str]) -> Choices:
    """What can still be tried beside the facts that are `taken`."""
    taken = set(taken)
    facts = support.facts
    used = [name for name in facts if name in _used_facts(support.rules.pack) - taken]
    known = [name for name in used if name in support.gathered.values]
    places = {where.fact for where in support.rules.pack.jurisdictions.values()}
    often = [name for name in known if facts[name].type in STEPS or name in places]
    often += [name for name in known if facts[name].type is FactType.BOOL]

    def pairs(names: list[str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, say(facts[name].label)) for name in names)

    unknown = [name for name in used if name not in support.gathered.values]
    return Choices(pairs(known), pairs(unknown), pairs(often[:6]))


def _used_facts(pack: Pack) -> frozenset[str]:
    """Every fact that a measure, its amount or its document's place asks for."""
    measures = [m for m in pack.measures.values() if m.kind is not Kind.DUTY]
    asked = {leaf.fact for m in measures for leaf in leaves(m.when) if isinstance(leaf, Leaf)}
    asked |= {name for m in measures if m.amount for name in fact_terms(m.amount.formula)}
    asked |= {m.jurisdiction.fact for m in measures}
    return frozenset(base for name in asked for base in inputs(name, pack.registry))


def _tried(name: str, before: Support, after: Supposed) -> Tried:
    question = before.question(name)
    return Tried(name, question.label, now_words(before, name), after.given(name).value, question)


def _sort(was: Benefit, new: Benefit) -> str:
    if was.verdict == new.verdict:
        differs = new.verdict == "eligible" and was.amount != new.amount
        return "money" if differs else ""
    if new.verdict == "eligible":
        return "won"
    if new.verdict == "unknown":
        return "undecided"
    return "lost" if was.verdict == "eligible" else "refused"


def _standing(benefit: Benefit) -> tuple[str, ...]:
    """What is in the way of a benefit: what failed, or the questions that are open."""
    if benefit.verdict == "unknown":
        return tuple(question.text for question in benefit.lead.missing[:3])
    return benefit.lead.against[:3]
