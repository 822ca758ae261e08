"""The support pages of one filing: benefits with verdicts, sums, questions and reasons.

Verdicts are judged when the page is shown, with the facts and the portal day of that moment;
nothing is written. The rows that `domain.matching` keeps tell since when a verdict stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language

from filings.public import Filing
from jiaozuo_portal.lib import clock
from policies.eligibility import Judgement, Result, Verdict, judge
from policies.eligibility.amounts import in_words
from policies.eligibility.packs import GIVEN_ONCE, Kind, Measure, Pack
from policies.models import Match

from .facts import Gathered, Way, declarations_by_enterprise, gather, way_to_give
from .packs import Rules, published_rules
from .verdicts import offers
from .wording import KINDS, STRENGTHS, clause_words, department_words, failure_words, say

#: The order of the page, and the filters by verdict; `close` is one answer away.
VERDICTS = ("eligible", "close", "unknown", "not_eligible")


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact: what is asked, where it is answered, and what hangs on it.

    `stake` is the largest amount in yuan of a measure that waits for it, where it is known.
    """

    fact: str
    text: str
    label: str
    way: Way
    url: str
    measures: int = 0
    stake: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One measure on the page."""

    key: str
    label: str
    summary: str
    verdict: str
    is_over: bool
    kind: str
    kind_word: str
    strength_word: str
    amount: Decimal | None
    amount_name: str
    formula: str
    departments: tuple[str, ...]
    first_day: date
    last_day: date | None
    is_inferred: bool
    clause: str
    apply: str
    missing: tuple[Question, ...]
    amount_missing: tuple[Question, ...]
    is_unprinted: bool
    against: tuple[str, ...]
    url: str

    @property
    def state(self) -> str:
        """The verdict, or that the text is over."""
        return "expired" if self.is_over else self.verdict

    @property
    def is_close(self) -> bool:
        """One answer away."""
        return self.verdict == "unknown" and len(self.missing) == 1


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit with the measures that give it; `lead` is the one to show first."""

    key: str
    label: str
    verdict: str
    amount: Decimal | None
    lead: Card
    others: tuple[Card, ...]
    rule: str

    @property
    def state(self) -> str:
        """The verdict, or that every text that gives it is over."""
        return "expired" if all(card.is_over for card in self.cards) else self.verdict

    @property
    def cards(self) -> tuple[Card, ...]:
        """All measures of the benefit."""
        return (self.lead, *self.others)

    @property
    def is_help(self) -> bool:
        """More than a service or a piece of information."""
        return self.lead.kind == Kind.BENEFIT.name.lower()

    @property
    def is_close(self) -> bool:
        """One answer away from being settled."""
        return self.verdict == "unknown" and any(card.is_close for card in self.cards)


@dataclass(frozen=True, slots=True)
class Sums:
    """Benefits by verdict, and the yuan of the eligible ones, each benefit counted once.

    `help` are the eligible ones that are more than a service or a piece of information.
    """

    eligible: int
    help: int
    close: int
    unknown: int
    not_eligible: int
    money: Decimal
    with_money: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader chose to see."""

    verdict: str = ""
    kind: str = ""
    department: str = ""

    @property
    def is_set(self) -> bool:
        """Anything chosen at all."""
        return bool(self.verdict or self.kind or self.department)

    def wants(self, benefit: Benefit) -> bool:
        """Whether a benefit is to be shown."""
        if self.verdict == "close" and not benefit.is_close:
            return False
        if self.verdict not in ("", "close") and benefit.verdict != self.verdict:
            return False
        return any(
            self.kind in ("", card.kind)
            and (not self.department or self.department in card.departments)
            for card in benefit.cards
        )


@dataclass(frozen=True)
class Support:
    """Everything that the support pages of a filing show, judged at one moment."""

    filing: Filing
    rules: Rules
    gathered: Gathered
    judgement: Judgement
    match: Match | None

    @property
    def day(self) -> date:
        """The day judged on."""
        return self.judgement.as_of

    @cached_property
    def results(self) -> dict[str, Result]:
        """The results by measure, without the duties of government."""
        return offers(self.judgement)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Every measure as a card."""
        return {key: self._card(result) for key, result in self.results.items()}

    @cached_property
    def benefits(self) -> list[Benefit]:
        """Each benefit once: what can be had, then what is closest, then what is not for them."""
        return sorted(self._each_benefit(), key=_rank)

    @cached_property
    def sums(self) -> Sums:
        """The figures at the top."""
        having = [benefit for benefit in self.benefits if benefit.verdict == "eligible"]
        amounts = [benefit.amount for benefit in having if benefit.amount is not None]
        return Sums(
            eligible=len(having),
            help=sum(benefit.is_help for benefit in having),
            close=sum(benefit.is_close for benefit in self.benefits),
            unknown=sum(benefit.verdict == "unknown" for benefit in self.benefits),
            not_eligible=sum(benefit.verdict == "not_eligible" for benefit in self.benefits),
            money=sum(amounts, Decimal("0.00")),
            with_money=len(amounts),
        )

    @cached_property
    def departments(self) -> list[str]:
        """Every department of the measures, each once."""
        found = (name for card in self.cards.values() for name in card.departments)
        return sorted(dict.fromkeys(found))

    @cached_property
    def questions(self) -> list[Question]:
        """What to ask, the most telling first; after that what an amount waits for."""
        for_money = (name for result in self.results.values() for name in result.amount_missing)
        return [
            self.question(name) for name in dict.fromkeys((*self.judgement.ask_next, *for_money))
        ]

    def question(self, name: str) -> Question:
        """The question for one fact of the pack."""
        registry = self.rules.pack.registry
        spec = registry.facts[name]
        way = way_to_give(registry, name)
        return Question(
            fact=name,
            text=say(spec.question),
            label=say(spec.label),
            way=way,
            url=self._place_to_give(way, name),
            measures=len(self._waiting.get(name, ())),
            stake=max(filter(None, self._waiting.get(name, ())), default=None),
        )

    @cached_property
    def _waiting(self) -> dict[str, list[Decimal | None]]:
        """For each missing fact the measures that wait for it, as the yuan that they would pay."""
        waiting: dict[str, list[Decimal | None]] = {}
        for result in self.results.values():
            amount = result.measure.amount
            for name in (*result.missing, *result.amount_missing):
                yuan = amount.in_yuan(self.judgement.situation) if amount else None
                waiting.setdefault(name, []).append(yuan)
        return waiting

    def _place_to_give(self, way: Way, name: str) -> str:
        if way is Way.DECLARE:
            return f"{reverse('support', args=[self.filing.pk])}?ask={name}#ask"
        if way is Way.PROFILE:
            return reverse("enterprise_profile", args=[self.filing.enterprise_id])
        return reverse("filing", args=[self.filing.pk]) if way is Way.FILING else ""

    def _each_benefit(self) -> Iterable[Benefit]:
        for topic in self.judgement.topics.values():
            cards = [self.cards[key] for key in topic.topic.members if key in self.cards]
            if not cards:
                continue
            if topic.topic.combine not in GIVEN_ONCE:
                yield from (_alone(card) for card in cards)
                continue
            lead = next(
                (card for card in cards if card.key in topic.basis[:1]), min(cards, key=_lead_rank)
            )
            yield Benefit(
                key=topic.topic.key,
                label=say(topic.topic.label),
                verdict=topic.verdict,
                amount=topic.amount,
                lead=lead,
                others=tuple(card for card in cards if card is not lead),
                rule=say(topic.topic.note) if topic.topic.note and len(cards) > 1 else "",
            )

    def _card(self, result: Result) -> Card:
        measure, pack = result.measure, self.rules.pack
        missing = tuple(self.question(name) for name in result.missing)
        return Card(
            key=measure.id,
            label=say(measure.label),
            summary=say(measure.summary),
            verdict=result.verdict.value,
            is_over=measure.validity.last is not None and self.day > measure.validity.last,
            kind=measure.kind.name.lower(),
            kind_word=str(KINDS.get(measure.kind, "")),
            strength_word=str(STRENGTHS.get(measure.strength, "")),
            amount=result.amount,
            amount_name=say(measure.amount.name) if measure.amount else "",
            formula=self._formula(measure),
            departments=department_words(pack, measure),
            first_day=measure.validity.first,
            last_day=measure.validity.last,
            is_inferred=measure.validity.inferred,
            clause=clause_words(pack, measure.clause),
            apply=say(measure.apply),
            missing=missing,
            amount_missing=tuple(self.question(name) for name in result.amount_missing),
            is_unprinted=result.verdict is Verdict.UNKNOWN and not missing,
            against=_against(result, pack),
            url=reverse("support_measure", args=[self.filing.pk, measure.id]),
        )

    def _formula(self, measure: Measure) -> str:
        if measure.amount is None:
            return ""
        language = get_language() or "zh-hans"
        situation = self.judgement.situation
        return in_words(measure.amount.formula, self.rules.pack.registry, language, situation)


def _against(result: Result, pack: Pack) -> tuple[str, ...]:
    if result.verdict is not Verdict.NOT_ELIGIBLE:
        return ()
    said = (failure_words(reason.as_json(), pack) for reason in result.reasons if reason.fact)
    return tuple(dict.fromkeys(said))


def _alone(card: Card) -> Benefit:
    return Benefit(card.key, card.label, card.verdict, card.amount, card, (), "")


def _lead_rank(card: Card) -> tuple[Any, ...]:
    """What is decided in favour first, then what takes fewest answers, then what pays."""
    order = {"eligible": 0, "unknown": 1, "not_eligible": 2}[card.verdict]
    return (order, card.is_unprinted, len(card.missing), not card.amount_name)


def _rank(benefit: Benefit) -> tuple[Any, ...]:
    """Verdict, help before services before information, few answers, money, an early end."""
    card = benefit.lead
    verdict, unprinted, answers, _pays = _lead_rank(card)
    money = -(benefit.amount or Decimal(0))
    kind = (Kind.BENEFIT, Kind.SERVICE, Kind.INFORMATION).index(Kind[card.kind.upper()])
    last = card.last_day or date.max
    return (verdict, kind, unprinted, answers, money, not card.amount_name, last)


def support_of(filing: Filing, at: datetime) -> Support | None:
    """The support measures of a filing at a moment of the portal's clock; None without a pack."""
    return next(iter(supports_of([filing], at)), None)


def supports_of(filings: Iterable[Filing], at: datetime) -> list[Support]:
    """The same for several filings, in three queries; empty without a pack."""
    rules = published_rules()
    if rules is None:
        return []
    filings = list(filings)
    declared = declarations_by_enterprise(filing.enterprise_id for filing in filings)
    matches = {match.filing_id: match for match in Match.objects.filter(filing__in=filings)}
    found = []
    for filing in filings:
        gathered = gather(filing, rules.pack.registry, declared.get(filing.enterprise_id, []))
        judgement = judge(rules.pack, gathered.values, clock.day_of(at))
        found.append(Support(filing, rules, gathered, judgement, matches.get(filing.pk)))
    return found
