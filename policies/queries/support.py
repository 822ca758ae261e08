"""The support pages of one filing: benefits with verdicts, sums, questions and reasons.

Verdicts are judged when the page is shown, with the facts and the portal day of that moment;
nothing is written. The rows that `domain.matching` keeps tell since when a verdict stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import Filing, published_contacts
from jiaozuo_portal.lib import clock
from policies.eligibility import judge
from policies.eligibility.conditions import plain
from policies.models import Announced, ListEntry, Match, OfficialList

from .benefits import Judged, Used
from .facts import Way, declarations_by_enterprise, gather, way_to_give
from .kept import kept_for
from .packs import Rules, published_rules
from .wording import day_words, say, value_words


@dataclass(frozen=True)
class Support(Judged):
    """Everything that the support pages of a filing show, judged at one moment."""

    filing: Filing
    match: Match | None

    def way(self, name: str) -> Way:
        """Declared, or given by the profile, the filing or the portal."""
        return way_to_give(self.rules.pack.registry, name)

    def place_to_give(self, name: str, way: Way) -> str:
        """The question on the support page, or the page on which the fact is kept."""
        if way is Way.DECLARE:
            return f"{reverse('support', args=[self.filing.pk])}?ask={name}#ask"
        if way is Way.PROFILE:
            return reverse("enterprise_profile", args=[self.filing.enterprise_id])
        return reverse("filing", args=[self.filing.pk]) if way is Way.FILING else ""

    def place_of(self, measure: str) -> str:
        """The page that explains a measure."""
        return reverse("support_measure", args=[self.filing.pk, measure])

    def given(self, name: str) -> Used:
        """A known fact, where it stands, and for an answer who gave it and when."""
        registry = self.rules.pack.registry
        origin = self.gathered.origins[name]
        value = value_words(registry, name, plain(self.judgement.situation.facts[name]))
        label = say(registry.label(name))
        if origin.declaration is not None:
            return Used(
                label, value, _("贵企业的回答"), origin.declaration.by.get_full_name(),
                origin.declaration.at, reverse("support_answers", args=[self.filing.pk]),
            )  # fmt: skip
        if origin.announced is not None:
            return announced_value(label, value, origin.announced)
        if origin.entry is not None:
            return Used(label, value, entry_words(origin.entry))
        if origin.official_list is not None:
            return Used(label, value, _complete_words(origin.official_list))
        if origin.source == "filing":
            return Used(label, value, _("本备案"), url=reverse("filing", args=[self.filing.pk]))
        url = reverse("enterprise_profile", args=[self.filing.enterprise_id])
        return Used(label, value, _("企业资料"), url=url)


def support_of(filing: Filing, at: datetime) -> Support | None:
    """The support measures of a filing at a moment of the portal's clock; None without a pack."""
    return next(iter(supports_of([filing], at)), None)


def supports_of(
    filings: Iterable[Filing], at: datetime, rules: Rules | None = None
) -> list[Support]:
    """The same for several filings, in seven queries; empty without a pack.

    Who has read the published `rules` gives them. The filings come with their `match`: where they
    do not, each costs a query more.
    """
    rules = rules or published_rules()
    if rules is None:
        return []
    filings = list(filings)
    declared = declarations_by_enterprise(filing.enterprise_id for filing in filings)
    contacts = tuple(published_contacts())
    kept = kept_for((filing.enterprise.uscc for filing in filings), clock.day_of(at))
    found = []
    for filing in filings:
        gathered = gather(filing, rules.pack.registry, declared.get(filing.enterprise_id, []), kept)
        judgement = judge(rules.pack, gathered.values, clock.day_of(at))
        found.append(
            Support(rules, gathered, judgement, contacts, filing, getattr(filing, "match", None))
        )
    return found


def announced_value(label: str, value: str, announced: Announced) -> Used:
    """A value that the authorities have announced: by what, and from which day on."""
    said = _("%(source)s（%(day)s起适用）") % {
        "source": announced.source, "day": day_words(announced.since),
    }  # fmt: skip
    return Used(label, value, said, at=announced.at)


def entry_words(entry: ListEntry) -> str:
    """What put an enterprise on an official list, and from when to when it is on it."""
    if entry.valid_until is not None:
        return _("官方名单（%(source)s，%(first)s至%(last)s）") % {
            "source": entry.source,
            "first": day_words(entry.valid_from),
            "last": day_words(entry.valid_until),
        }
    return _("官方名单（%(source)s，%(first)s列入）") % {
        "source": entry.source,
        "first": day_words(entry.valid_from),
    }


def _complete_words(official: OfficialList) -> str:
    """That a list is complete without the enterprise, and since when."""
    day = official.complete_from
    return _("官方名单，自%(day)s起完整") % {"day": day_words(day) if day else "—"}
