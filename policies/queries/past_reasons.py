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
from policies.models import Announced, Declaration, ListEntry, SupportLink

from .benefits import Used
from .facts import Gathered
from .packs import rules_of
from .support import announced_value, entry_words
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
#: The rows that a kept fact names, by the key under which it does.
_MODELS: dict[str, Any] = {"declaration": Declaration, "announced": Announced, "entry": ListEntry}
#: Such rows by that key and their number.
Rows = Mapping[tuple[str, int], Any]


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

    Who answered what, what was announced and who stood on which list is read in one query each,
    as far as it is not among what is `gathered` now.
    """
    told = [(link, content_of_link(link)) for link in links]
    rows = _rows((fact for _link, kept in told for fact in kept["facts"].values()), gathered)
    return tuple(
        Past(
            verdict=link.verdict,
            amount=link.amount_yuan,
            day=link.day,
            version=link.pack.version,
            until=link.superseded_at,
            lines=_lines(content, rules_of(link.pack), rows),
        )
        for link, content in told
    )


def lines_of_link(link: SupportLink) -> tuple[PastLine, ...]:
    """What settled one verdict or still mattered; of a source only its kind is told."""
    return _lines(content_of_link(link), rules_of(link.pack), {})


def _rows(facts: Iterable[Mapping[str, Any]], gathered: Gathered) -> Rows:
    """The rows that these kept facts name."""
    wanted = {(key, fact[key]) for fact in facts for key in _MODELS if key in fact}
    found = {
        (key, row.pk): row
        for origin in gathered.origins.values()
        for key in _MODELS
        if (row := getattr(origin, key)) is not None
    }
    for key, model in _MODELS.items():
        if missing := {pk for kind, pk in wanted - found.keys() if kind == key}:
            rows = model.objects.select_related("by").in_bulk(missing)
            found |= {(key, pk): row for pk, row in rows.items()}
    return found


def _lines(content: Mapping[str, Any], pack: Pack, rows: Rows) -> tuple[PastLine, ...]:
    """What settled the verdict or still mattered, each condition once."""
    shown = content["reasons"]
    if content["verdict"] == SupportLink.Verdict.ELIGIBLE:
        shown = [reason for reason in shown if reason["holds"]]
    return tuple(dict.fromkeys(_line(one, content["facts"], pack, rows) for one in shown))


def _line(reason: Mapping[str, Any], facts: Mapping[str, Any], pack: Pack, rows: Rows) -> PastLine:
    registry, name = pack.registry, reason["fact"]
    requirement = requirement_words(dict(reason), pack)
    clause, state = clause_words(pack, reason["clause"]), _STATES[reason["holds"]]
    if name is None:
        return PastLine(_("另有条件"), requirement, "", state, clause)
    actual = "" if reason["actual"] is None else value_words(registry, name, reason["actual"])
    bases = [name] if name in facts else [one for one in _inputs(name, pack) if one in facts]
    used = tuple(_used(base, facts[base], pack, rows) for base in bases)
    given, used = (used[0], ()) if name in facts else (None, used)
    return PastLine(label_words(registry, name), requirement, actual, state, clause, given, used)


def _inputs(name: str, pack: Pack) -> Iterable[str]:
    return inputs(name, pack.registry) if name in pack.registry else ()


def _used(name: str, fact: Mapping[str, Any], pack: Pack, rows: Rows) -> Used:
    registry = pack.registry
    label, value = say(registry.label(name)), value_words(registry, name, fact["value"])
    row = next((rows[key, fact[key]] for key in _MODELS if (key, fact.get(key)) in rows), None)
    if isinstance(row, Declaration):
        return Used(label, value, _("贵企业的回答"), row.by.get_full_name(), row.at)
    if isinstance(row, Announced):
        return announced_value(label, value, row)
    if isinstance(row, ListEntry):
        return Used(label, value, entry_words(row))
    return Used(label, value, str(_SOURCES[fact["source"]]))
