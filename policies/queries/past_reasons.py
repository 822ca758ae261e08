"""What was shown of a measure on an earlier day, with the reasons of that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import Filing, User
from policies.eligibility import Pack
from policies.eligibility.finding import inputs
from policies.models import Declaration, SupportLink

from .benefits import Used
from .facts import Gathered
from .packs import rules_of
from .verdicts import content_of_link
from .wording import clause_words, label_words, requirement_words, say, value_words

#: The newest of them; what is older stays in the tables.
MOST = 20

_SOURCES = {
    "profile": gettext_lazy("企业资料"),
    "filing": gettext_lazy("本备案"),
    "list": gettext_lazy("官方名单"),
    "setting": gettext_lazy("主管部门公布"),
    "declaration": gettext_lazy("贵企业的回答"),
}
_STATES = {True: "pass", False: "fail", None: "unknown"}


@dataclass(frozen=True, slots=True)
class PastLine:
    """One condition as it was judged: the value of that day, where it came from, the clause.

    `given` and `used` as in `reasons.Line`.
    """

    label: str
    requirement: str
    actual: str
    state: str
    clause: str
    given: Used | None = None
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A verdict as it was shown from a day on, under a version of the pack, with its reasons.

    `until` is when another took its place, None for the one that stands.
    """

    verdict: str
    amount: Decimal | None
    day: date
    version: int
    until: datetime | None
    lines: tuple[PastLine, ...]

    @property
    def word(self) -> str:
        """The verdict in the words of its badge."""
        return str(SupportLink.Verdict(self.verdict).label)


def links_of(filing: Filing, measure: str, user: User) -> list[SupportLink]:
    """The verdicts on a measure that the person may see, the newest first. One query."""
    links = SupportLink.objects.visible_to(user).filter(filing=filing, measure=measure)
    return list(
        links.select_related("pack", "reasoning", "sheet")
        .defer("pack__content")
        .order_by("-pk")[:MOST]
    )


def past_of(links: Iterable[SupportLink], gathered: Gathered) -> tuple[Past, ...]:
    """These verdicts in words, each by the rules of its own version of the pack.

    Who answered what is read in one query, if it is not among what is `gathered` now.
    """
    told = [(link, content_of_link(link)) for link in links]
    answers = {
        origin.declaration.pk: origin.declaration
        for origin in gathered.origins.values()
        if origin.declaration is not None
    }
    wanted = {
        fact["declaration"]
        for _link, content in told
        for fact in content["facts"].values()
        if "declaration" in fact
    }
    if missing := wanted - answers.keys():
        answers |= Declaration.objects.select_related("by").in_bulk(missing)
    return tuple(
        Past(
            verdict=link.verdict,
            amount=link.amount_yuan,
            day=link.day,
            version=link.pack.version,
            until=link.superseded_at,
            lines=_lines(content, rules_of(link.pack), answers),
        )
        for link, content in told
    )


def lines_of_link(link: SupportLink) -> tuple[PastLine, ...]:
    """What settled one verdict or still mattered; an answer is told without who gave it."""
    return _lines(content_of_link(link), rules_of(link.pack), {})


def _lines(
    content: Mapping[str, Any], pack: Pack, answers: Mapping[int, Declaration]
) -> tuple[PastLine, ...]:
    """What settled the verdict or still mattered, each condition once."""
    shown = content["reasons"]
    if content["verdict"] == SupportLink.Verdict.ELIGIBLE:
        shown = [reason for reason in shown if reason["holds"]]
    return tuple(dict.fromkeys(_line(one, content["facts"], pack, answers) for one in shown))


def _line(
    reason: Mapping[str, Any],
    facts: Mapping[str, Any],
    pack: Pack,
    answers: Mapping[int, Declaration],
) -> PastLine:
    registry, name = pack.registry, reason["fact"]
    requirement = requirement_words(dict(reason), pack)
    clause, state = clause_words(pack, reason["clause"]), _STATES[reason["holds"]]
    if name is None:
        return PastLine(_("另有条件"), requirement, "", state, clause)
    actual = "" if reason["actual"] is None else value_words(registry, name, reason["actual"])
    bases = [name] if name in facts else [one for one in _inputs(name, pack) if one in facts]
    used = tuple(_used(base, facts[base], pack, answers) for base in bases)
    given, used = (used[0], ()) if name in facts else (None, used)
    return PastLine(label_words(registry, name), requirement, actual, state, clause, given, used)


def _inputs(name: str, pack: Pack) -> Iterable[str]:
    return inputs(name, pack.registry) if name in pack.registry else ()


def _used(
    name: str, fact: Mapping[str, Any], pack: Pack, answers: Mapping[int, Declaration]
) -> Used:
    registry = pack.registry
    label, value = say(registry.label(name)), value_words(registry, name, fact["value"])
    answer = answers.get(fact.get("declaration", 0))
    if answer is not None:
        return Used(label, value, _("贵企业的回答"), answer.by.get_full_name(), answer.at)
    return Used(label, value, str(_SOURCES[fact["source"]]))
