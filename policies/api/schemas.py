"""What the interface sends: money and exact numbers as text, days and moments in ISO 8601."""

from __future__ import annotations

import datetime as when
from typing import Any

from ninja import Schema


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
    """One independent measure of a text, in our own words."""

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
    valid_from: when.date
    valid_until: when.date | None
    facts: list[str]


class Measures(Schema):
    """Measures of the published pack."""

    pack: str
    version: int
    measures: list[MeasureOut]


class Matched(Schema):
    """One judged profile, as the command `match_facts` prints it."""

    id: str | None
    as_of: when.date
    derived: dict[str, Any]
    results: dict[str, Any]
    topics: dict[str, Any]
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
