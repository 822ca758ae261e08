"""How the measures cover the city: matched, asked, applied for, granted, paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import District, OutSheet
from policies.eligibility.conditions import Leaf, leaves
from policies.eligibility.facts import Registry
from policies.eligibility.packs import Kind, Measure, Pack
from policies.states import GIVEN, ApplicationState

from .coverage_counts import (
    ApplicationCount,
    VerdictCount,
    answer_counts,
    application_counts,
    count_filings,
    verdict_counts,
)
from .facts import Way, way_to_give
from .packs import Rules
from .wording import clause_words, label_words, say

#: The columns in their order: name of the figure in `Row`, its heading, whether it is money.
COLUMNS = (
    ("eligible", gettext_lazy("可以享受"), False),
    ("unknown", gettext_lazy("还差信息"), False),
    ("not_eligible", gettext_lazy("不符合"), False),
    ("answered", gettext_lazy("已有回答"), False),
    ("unanswered", gettext_lazy("等待回答"), False),
    ("applied", gettext_lazy("已申请"), False),
    ("granted", gettext_lazy("已同意"), False),
    ("refused", gettext_lazy("不同意"), False),
    ("paid", gettext_lazy("已兑付"), False),
    ("granted_yuan", gettext_lazy("同意金额（元）"), True),
    ("paid_yuan", gettext_lazy("已兑付金额（元）"), True),
)
#: So many of the facts that are waited for stand on the page.
MOST_FACTS = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """What the officer chose to see; blanks leave nothing out. `sort` is a column, `-` turns it."""

    document: str = ""
    district: str = ""
    fact: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], pack: Pack, districts: Iterable[District]) -> Choice:
        """The choices of an address; what is no choice is left out."""
        known: dict[str, set[str]] = {
            "document": set(pack.documents),
            "district": {district.code for district in districts},
            "fact": set(pack.registry.facts),
            "sort": {sign + name for name, _label, _money in COLUMNS for sign in ("", "-")},
        }
        chosen = {name: query.get(name, "") for name in known}
        return cls(**{name: value for name, value in chosen.items() if value in known[name]})

    @property
    def query(self) -> str:
        """The choices as the query of an address."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return urlencode({name: value for name, value in pairs if value})


@dataclass(frozen=True, slots=True)
class Row:
    """One measure with its figures: filings by verdict, answers, applications, yuan."""

    key: str
    label: str
    clause: str
    url: str
    eligible: int
    unknown: int
    not_eligible: int
    answered: int
    unanswered: int
    applied: int
    granted: int
    refused: int
    paid: int
    granted_yuan: Decimal
    paid_yuan: Decimal

    @property
    def cells(self) -> list[tuple[str, int | Decimal, bool]]:
        """The figures in the order of the columns: heading, figure, whether it is money."""
        return [(str(label), getattr(self, name), money) for name, label, money in COLUMNS]


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact that is waited for: by how many verdicts and measures; its measures by a link."""

    name: str
    label: str
    verdicts: int
    measures: int
    answered: int
    url: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The page: measures, the facts that are waited for most, and what was counted over."""

    rows: tuple[Row, ...]
    totals: tuple[tuple[str, int | Decimal, bool], ...]
    open_facts: tuple[OpenFact, ...]
    filings: int
    choice: Choice
    fact_label: str


def coverage_of(rules: Rules, choice: Choice) -> Coverage:
    """The measures of the published pack over the current filings. Four queries, however many."""
    pack = rules.pack
    verdicts = verdict_counts(choice.district)
    answers = answer_counts(choice.district)
    applied = application_counts(choice.district)
    shown = [one for one in pack.measures.values() if _is_shown(one, choice, verdicts)]
    rows = _sorted([_row(one, pack, verdicts, answers, applied) for one in shown], choice.sort)
    return Coverage(
        rows=tuple(rows),
        totals=tuple(
            (str(label), sum((getattr(row, name) for row in rows), 0), money)
            for name, label, money in COLUMNS
        ),
        open_facts=_open_facts(pack, {one.id for one in shown}, verdicts, answers, choice),
        filings=count_filings(choice.district),
        choice=choice,
        fact_label=label_words(pack.registry, choice.fact) if choice.fact else "",
    )


def _is_shown(measure: Measure, choice: Choice, verdicts: Iterable[VerdictCount]) -> bool:
    if measure.kind is Kind.DUTY or choice.document not in ("", measure.document):
        return False
    return not choice.fact or any(
        one.measure == measure.id and choice.fact in one.missing for one in verdicts
    )


def _row(
    measure: Measure,
    pack: Pack,
    verdicts: Iterable[VerdictCount],
    answers: Mapping[str, int],
    applied: Iterable[ApplicationCount],
) -> Row:
    by_verdict: Counter[str] = Counter()
    unanswered = 0
    for one in verdicts:
        if one.measure == measure.id:
            by_verdict[one.verdict] += one.filings
            unanswered += one.filings * len(one.missing)
    mine = [one for one in applied if one.measure == measure.id]
    document = pack.documents[measure.document]
    place = reverse("library_clause", args=[document.folder, measure.number])
    return Row(
        key=measure.id,
        label=say(measure.label),
        clause=clause_words(pack, measure.clause),
        url=f"{place}#{measure.id}",
        eligible=by_verdict["eligible"],
        unknown=by_verdict["unknown"],
        not_eligible=by_verdict["not_eligible"],
        answered=sum(answers.get(name, 0) for name in _asked_facts(measure, pack.registry)),
        unanswered=unanswered,
        applied=sum(one.number for one in mine),
        granted=sum(one.number for one in mine if one.state in GIVEN),
        refused=sum(one.number for one in mine if one.state == ApplicationState.REFUSED),
        paid=sum(one.number for one in mine if one.state == ApplicationState.PAID),
        granted_yuan=sum((one.yuan for one in mine if one.state in GIVEN), Decimal(0)),
        paid_yuan=sum((one.yuan for one in mine if one.state == ApplicationState.PAID), Decimal(0)),
    )


def _asked_facts(measure: Measure, registry: Registry) -> set[str]:
    """The facts of a measure's conditions that enterprises answer, lists included."""
    named = (leaf.fact for leaf in leaves(measure.when) if isinstance(leaf, Leaf))
    bases = {base for name in named if name in registry for base in registry.base_facts(name)}
    return {
        name
        for name in bases
        if name in registry.facts and way_to_give(registry, name) is Way.DECLARE
    }


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    if not sort:
        return rows
    name = sort.removeprefix("-")
    return sorted(rows, key=lambda row: getattr(row, name), reverse=sort.startswith("-"))


def _open_facts(
    pack: Pack,
    shown: set[str],
    verdicts: Iterable[VerdictCount],
    answers: Mapping[str, int],
    choice: Choice,
) -> tuple[OpenFact, ...]:
    waiting: Counter[str] = Counter()
    measures: dict[str, set[str]] = {}
    for one in verdicts:
        if one.measure in shown:
            for name in one.missing:
                waiting[name] += one.filings
                measures.setdefault(name, set()).add(one.measure)
    kept = {"document": choice.document, "district": choice.district}
    return tuple(
        OpenFact(
            name=name,
            label=label_words(pack.registry, name),
            verdicts=number,
            measures=len(measures[name]),
            answered=answers.get(name, 0),
            url="?" + urlencode({k: v for k, v in kept.items() if v} | {"fact": name}),
        )
        for name, number in sorted(waiting.items(), key=lambda pair: (-pair[1], pair[0]))
        if name in pack.registry
    )[:MOST_FACTS]


def coverage_sheet(coverage: Coverage) -> OutSheet:
    """The measures as they are shown, to be written as csv or xlsx."""
    headings = [_("编号"), _("措施"), _("条款"), *(label for _name, label, _money in COLUMNS)]
    rows = [
        [row.key, row.label, row.clause, *(figure for _label, figure, _money in row.cells)]
        for row in coverage.rows
    ]
    return OutSheet(_("政策覆盖"), headings, rows, {1: 36, 2: 30})
