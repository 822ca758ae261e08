"""The self-check of a stranger: judged from answers that the page itself carries.

Nothing is read but the published pack, what the authorities have announced and the contacts, and
nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from filings.public import published_contacts
from policies.eligibility import judge
from policies.eligibility.conditions import plain
from policies.eligibility.facts import SourceKind

from .benefits import Benefit, Judged, Question, Used
from .facts import Gathered, Origin, Way, announced_facts_of
from .kept import kept_for
from .packs import Rules
from .reasons import Line, lines_of
from .support import announced_value
from .wording import say, value_words


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A benefit that can be had, with the conditions that hold for it."""

    benefit: Benefit
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of the self-check in words, and as its control shows it."""

    fact: str
    label: str
    value: str


@dataclass(frozen=True)
class Check(Judged):
    """What follows from a stranger's answers; `put_off` are the questions left for later."""

    put_off: tuple[str, ...]

    def way(self, name: str) -> Way:
        """A stranger answers everything but what the authorities announce."""
        is_setting = self.facts[name].source is SourceKind.SETTING
        return Way.SETTING if is_setting else Way.DECLARE

    def place_to_give(self, name: str, way: Way) -> str:
        """Questions are asked in the page; they have no address."""
        return ""

    def place_of(self, measure: str) -> str:
        """Reasons stand in the page as well."""
        return ""

    def given(self, name: str) -> Used:
        """An answer of this page, or what the authorities have announced."""
        value = plain(self.judgement.situation.facts[name])
        registry = self.rules.pack.registry
        label, said = say(registry.label(name)), value_words(registry, name, value)
        announced = self.gathered.origins[name].announced
        if announced is not None:
            return announced_value(label, said, announced)
        return Used(label, said, _("您的回答"))

    @cached_property
    def answers(self) -> list[Given]:
        """What was answered, in the order of the answers."""
        origins = self.gathered.origins
        return [self._answer(name) for name in origins if origins[name].announced is None]

    @cached_property
    def waiting(self) -> list[Question]:
        """What to ask, first place and size, then what settles most; without what was put off."""
        order = dict.fromkeys((*self._first(), *(q.fact for q in self.questions)))
        return [
            self.question(name)
            for name in order
            if name not in self.gathered.values
            and name not in self.put_off
            and self.way(name) is Way.DECLARE
            and not self._follows(name)
        ]

    @cached_property
    def having(self) -> list[Reasoned]:
        """The benefits that can be had, each with its reasons; help before services."""
        found = [benefit for benefit in self.benefits if benefit.verdict == "eligible"]
        return [Reasoned(benefit, self._lines(benefit)) for benefit in found]

    def _lines(self, benefit: Benefit) -> tuple[Line, ...]:
        result = self.results[benefit.lead.key]
        return lines_of((r.as_json() for r in result.reasons if r.holds), self)

    def _answer(self, name: str) -> Given:
        used = self.given(name)
        return Given(name, used.label, used.value)

    def _first(self) -> Iterator[str]:
        """Where the enterprise is, and the figures from which its size follows."""
        yield from dict.fromkeys(where.fact for where in self.rules.pack.jurisdictions.values())
        size, standard = self.rules.pack.registry.size_inputs, self.rules.pack.size_standard
        if size is None or standard is None or self._is_known(size.size):
            return
        yield size.industry
        industry = self.gathered.values.get(size.industry)
        if industry is not None:
            yield from (name for name in size.indicators if name in standard.industries[industry])

    def _follows(self, name: str) -> bool:
        """Whether a fact follows from questions that are still to come: the size class."""
        size = self.rules.pack.registry.size_inputs
        if size is None or name != size.size:
            return False
        return any(
            one not in self.gathered.values and one not in self.put_off for one in self._first()
        )

    def _is_known(self, name: str) -> bool:
        return self.judgement.situation.value(name) is not None


def check_of(
    rules: Rules, values: Mapping[str, Any], day: date, put_off: Iterable[str] = ()
) -> Check:
    """Judge a stranger's answers (as the registry takes them).

    What was announced holds for a stranger too. Raises FactError for values that cannot be
    together.
    """
    announced = announced_facts_of(rules.pack.registry, kept_for((), day))
    known = {**{name: value for name, (value, _) in announced.items()}, **values}
    origins = {name: origin for name, (_, origin) in announced.items()}
    return Check(
        rules=rules,
        gathered=Gathered(known, {**origins, **{name: Origin("check") for name in values}}),
        judgement=judge(rules.pack, known, day),
        contacts=tuple(published_contacts()),
        put_off=tuple(put_off),
    )
