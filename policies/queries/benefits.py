"""What follows from facts and a day, as pages show it: benefits with verdicts, sums, questions.

A benefit is shown once with the measures that give it. Whose facts they are, and where a question
is answered, is for those who inherit: `support` for a filing, `check` for a stranger.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filings.public import AgencyContact
from policies.eligibility import Judgement, Result, Verdict
from policies.eligibility.amounts import in_words
from policies.eligibility.facts import FactSpec
from policies.eligibility.overriding import overridden_on
from policies.eligibility.packs import GIVEN_ONCE, GivenPer, Kind, Measure, Override, Pack

from .departments import Office, offices_of
from .facts import Gathered, Way
from .packs import Rules
from .verdicts import offers
from .wording import KINDS, STRENGTHS, clause_words, day_words, failure_words, say


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
class Used:
    """A value that a condition was judged on, and where it comes from."""

    label: str
    value: str
    source: str
    by: str = ""
    at: Any = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One measure on the page.

    `amount` is what an eligible enterprise gets, `stake` what an undecided one would get; each
    only where every figure is known.
    """

    key: str
    label: str
    summary: str
    verdict: str
    is_over: bool
    kind: str
    kind_word: str
    strength_word: str
    amount: Decimal | None
    stake: Decimal | None
    amount_name: str
    formula: str
    offices: tuple[Office, ...]
    first_day: date
    last_day: date | None
    is_inferred: bool
    clause: str
    apply: str
    needs_application: bool
    papers: tuple[str, ...]
    given_per: GivenPer
    missing: tuple[Question, ...]
    amount_missing: tuple[Question, ...]
    is_unprinted: bool
    against: tuple[str, ...]
    url: str

    @property
    def departments(self) -> tuple[str, ...]:
        """The names of the departments."""
        return tuple(office.name for office in self.offices)

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
    def deciding(self) -> tuple[Card, ...]:
        """The measures that give the benefit its verdict."""
        return tuple(card for card in self.cards if card.verdict == self.verdict)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that the verdict rests on, each once."""
        return tuple(dict.fromkeys(card.clause for card in self.deciding))

    @property
    def money(self) -> Decimal | None:
        """What it pays, or would pay once it is decided in favour; None where that is open."""
        return self.lead.stake if self.amount is None else self.amount

    @property
    def is_help(self) -> bool:
        """More than a service or a piece of information."""
        return self.lead.kind == Kind.BENEFIT.name.lower()

    @property
    def is_close(self) -> bool:
        """One answer away from being settled."""
        return self.verdict == "unknown" and any(card.is_close for card in self.cards)


@dataclass(frozen=True, slots=True)
class Replacement:
    """The measure that has taken the place of another: since when, and by which words.

    `url` is blank where it has no page of its own.
    """

    label: str
    clause: str
    first: date
    basis: str
    url: str

    @property
    def words(self) -> str:
        """That the other one is replaced, and that nobody applies for it any more."""
        return _("自%(day)s起由“%(label)s”（%(clause)s）取代，不能再申请。") % {
            "day": day_words(self.first), "label": self.label, "clause": self.clause,
        }  # fmt: skip


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


@dataclass(frozen=True)
class Judged(ABC):
    """Everything that pages show of one judgement. `contacts` are those that agencies publish."""

    rules: Rules
    gathered: Gathered
    judgement: Judgement
    contacts: tuple[AgencyContact, ...]

    # -- whose facts they are

    @abstractmethod
    def way(self, name: str) -> Way:
        """How a missing fact can be given."""

    @abstractmethod
    def place_to_give(self, name: str, way: Way) -> str:
        """The address at which a missing fact is given; blank where nobody here can."""

    @abstractmethod
    def place_of(self, measure: str) -> str:
        """The address of a measure's own page; blank where it has none."""

    @abstractmethod
    def given(self, name: str) -> Used:
        """A known fact with its value and source."""

    # -- what follows

    @property
    def day(self) -> date:
        """The day judged on."""
        return self.judgement.as_of

    @property
    def facts(self) -> Mapping[str, FactSpec]:
        """The facts of the pack by name."""
        return self.rules.pack.registry.facts

    @cached_property
    def results(self) -> dict[str, Result]:
        """The results by measure, without the duties of government."""
        return offers(self.judgement)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Every measure as a card."""
        return {key: self._card(result) for key, result in self.results.items()}

    @cached_property
    def replaced(self) -> dict[str, Replacement]:
        """The measures whose place another has taken on the day; they are in no benefit."""
        measures = self.rules.pack.measures
        return {
            key: self._replacement(measures[by], override)
            for key, (by, override) in overridden_on(measures, self.day).items()
        }

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
        known = self._questions.get(name)
        if known is None:
            known = self._questions[name] = self._question(name)
        return known

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {}

    def _question(self, name: str) -> Question:
        spec = self.facts[name]
        way = self.way(name)
        waiting = self._waiting.get(name, [])
        return Question(
            fact=name,
            text=say(spec.question),
            label=say(spec.label),
            way=way,
            url=self.place_to_give(name, way),
            measures=len(waiting),
            stake=max(filter(None, waiting), default=None),
        )

    @cached_property
    def _waiting(self) -> dict[str, list[Decimal | None]]:
        """For each missing fact the measures that wait for it, as the yuan that they would pay."""
        waiting: dict[str, list[Decimal | None]] = {}
        for result in self.results.values():
            stake = self._stake(result) if result.missing or result.amount_missing else None
            for name in (*result.missing, *result.amount_missing):
                waiting.setdefault(name, []).append(stake)
        return waiting

    def _stake(self, result: Result) -> Decimal | None:
        amount = result.measure.amount
        return amount.in_yuan(self.judgement.situation) if amount else None

    def _each_benefit(self) -> Iterable[Benefit]:
        for topic in self.judgement.topics.values():
            members = (key for key in topic.topic.members if key not in topic.overridden)
            cards = [self.cards[key] for key in members if key in self.cards]
            if not cards:
                continue
            if topic.topic.combine not in GIVEN_ONCE:
                yield from (_alone(card) for card in cards)
                continue
            lead = next(
                (card for card in cards if card.key in topic.basis[:1]), min(cards, key=lead_rank)
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

    def _replacement(self, measure: Measure, override: Override) -> Replacement:
        return Replacement(
            label=say(measure.label),
            clause=clause_words(self.rules.pack, measure.clause),
            first=override.first,
            basis=say(override.basis),
            url=self.place_of(measure.id) if measure.id in self.results else "",
        )

    def _card(self, result: Result) -> Card:
        measure, pack = result.measure, self.rules.pack
        missing = tuple(self.question(name) for name in result.missing)
        is_open = result.verdict is Verdict.UNKNOWN
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
            stake=self._stake(result) if is_open else None,
            amount_name=say(measure.amount.name) if measure.amount else "",
            formula=self._formula(measure),
            offices=offices_of(pack, measure, self.contacts),
            first_day=measure.validity.first,
            last_day=result.last_day,
            is_inferred=measure.validity.inferred,
            clause=clause_words(pack, measure.clause),
            apply=say(measure.apply),
            needs_application=measure.needs_application,
            papers=tuple(say(paper) for paper in measure.papers),
            given_per=measure.given_per,
            missing=missing,
            amount_missing=tuple(self.question(name) for name in result.amount_missing),
            is_unprinted=is_open and not missing,
            against=_against(result, pack),
            url=self.place_of(measure.id),
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


@dataclass(frozen=True, slots=True)
class Change:
    """A measure whose verdict, or only its amount, is another than before."""

    card: Card
    is_verdict: bool


def changes_between(before: Judged, after: Judged) -> list[Change]:
    """What turned, the verdicts before the amounts; what is replaced is no news."""
    pairs = [
        (before.cards[key], card)
        for key, card in after.cards.items()
        if key in before.cards and key not in after.replaced
    ]
    verdicts = [Change(new, True) for old, new in pairs if old.verdict != new.verdict]
    amounts = [
        Change(new, False)
        for old, new in pairs
        if old.verdict == new.verdict and old.amount != new.amount
    ]
    return verdicts + amounts


def lead_rank(card: Card) -> tuple[Any, ...]:
    """What is decided in favour first, then what takes fewest answers, then what pays."""
    order = {"eligible": 0, "unknown": 1, "not_eligible": 2}[card.verdict]
    return (order, card.is_unprinted, len(card.missing), not card.amount_name)


def _rank(benefit: Benefit) -> tuple[Any, ...]:
    """Verdict, help before services before information, few answers, money, an early end."""
    card = benefit.lead
    verdict, unprinted, answers, _pays = lead_rank(card)
    money = -(benefit.amount or Decimal(0))
    kind = (Kind.BENEFIT, Kind.SERVICE, Kind.INFORMATION).index(Kind[card.kind.upper()])
    last = card.last_day or date.max
    return (verdict, kind, unprinted, answers, money, not card.amount_name, last)
