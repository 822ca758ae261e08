"""What the interface sends: money and exact numbers as text, days and moments in ISO 8601."""

from __future__ import annotations

import datetime as when
from typing import Literal

from ninja import Schema
from pydantic import BaseModel


class Fault(Schema):
    """One wrong value of a request: where it stands and what is wrong with it."""

    place: str
    detail: str


class Problem(Schema):
    """Why something was not done (RFC 9457); `place` and `detail` are the first of `errors`."""

    title: str
    status: int
    detail: str
    place: str
    errors: list[Fault]


class DocumentOut(Schema):
    """One official text."""

    key: str
    number: str
    title: str
    issuer: str
    level: str
    date: when.date
    valid_from: when.date
    valid_until: when.date | None
    measures: list[str]


class Documents(Schema):
    """All texts of the published pack."""

    pack: str
    version: int
    documents: list[DocumentOut]


class MeasureOut(Schema):
    """One independent measure of a text, in our own words.

    `given_per` is for what it is given once: the enterprise, each of its sites, or each case (a
    loan, a contract, a tax period, a project).
    """

    id: str
    document: str
    clause: str
    label: str
    summary: str
    kind: str
    strength: str
    topic: str
    departments: list[str]
    apply: str
    given_per: Literal["enterprise", "site", "case"]
    valid_from: when.date
    valid_until: when.date | None
    facts: list[str]


class Measures(Schema):
    """Measures of the published pack."""

    pack: str
    version: int
    measures: list[MeasureOut]


VerdictName = Literal["eligible", "not_eligible", "unknown", "not_applicable"]
#: A fact as it was compared: numbers are exact text, days ISO 8601, null is not known.
Value = bool | str | list[str] | None

# These stand a hundred thousand times in one answer: django-ninja's own Schema takes four times as
# long for each.


class ConditionOut(BaseModel):
    """One condition as it was judged: `holds` is null while `actual` is not known.

    `fact` is null for a condition that the text does not print.
    """

    fact: str | None
    op: str
    threshold: Value
    actual: Value
    holds: bool | None
    clause: str


class ResultOut(BaseModel):
    """The verdict on one measure; `missing` are the facts that can still decide it."""

    verdict: VerdictName
    amount_yuan: str | None
    missing: list[str]
    reasons: list[ConditionOut]


class TopicOut(BaseModel):
    """The best verdict of the measures that give one benefit; `basis` are those it rests on."""

    verdict: VerdictName
    amount_yuan: str | None
    basis: list[str]


class Matched(Schema):
    """One judged profile, as the command `match_facts` prints it.

    `results` are by measure, `topics` by topic, `derived` by the name of what follows from the
    facts; `ask_next` are the missing facts, the most telling first.
    """

    id: str | None
    as_of: when.date
    derived: dict[str, Value]
    results: dict[str, ResultOut]
    topics: dict[str, TopicOut]
    ask_next: list[str]


class Matches(Schema):
    """The judged profiles in the order in which they came."""

    pack: str
    version: int
    profiles: list[Matched]


class FilingOut(Schema):
    """Where a filing stands. `shut` names the gates that do not stand open.

    `due_at` is until when the bureau has to decide; null while its time stands still, and when
    nothing is left to decide.
    """

    id: int
    enterprise: str
    uscc: str
    site: str
    district: str
    zone: str | None
    state: str
    state_label: str
    state_since: when.datetime
    version: int
    approved_version: int | None
    submitted_at: when.datetime | None
    due_at: when.datetime | None
    receipt_number: str | None
    shut: list[str]


class Filings(Schema):
    """A page of filings; `next` is the value of `after` that leads on."""

    filings: list[FilingOut]
    next: str | None


class Reason(Schema):
    """One condition as it was judged: `state` is pass, fail or unknown, `actual` the value used."""

    label: str
    requirement: str
    actual: str
    state: str
    clause: str
    sources: list[str]


class LinkOut(Schema):
    """The standing verdict on one measure, under which version, and what it rests on.

    `reasons` are for a no what failed, for an unknown what still matters, for a yes what holds.
    """

    measure: str
    label: str
    verdict: str
    amount_yuan: str | None
    missing: list[str]
    reasons: list[Reason]
    pack_version: int
    day: when.date
    valid_until: when.date | None
    since: when.datetime


class Links(Schema):
    """All standing verdicts of a filing but those of a duty of government."""

    filing: int
    links: list[LinkOut]
