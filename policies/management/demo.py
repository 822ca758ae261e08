"""The demonstration of the policies: a list, an announced value, answers, and applications.

Everything goes through the domain, so the demonstration shows nothing that could not happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from filings.public import Filing, Refused, User
from policies.domain import applications, declarations, kept
from policies.models import Application, Declaration

_SAID: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class _Stage:
    officer: User
    until: datetime

    def ago(self, *, hours: float) -> datetime:
        return self.until - timedelta(hours=hours)


def seed_support(*, until: datetime) -> bool:
    """Fill lists, values, answers and applications into the demonstration city.

    Needs its people and filings and a published pack; `until` is the portal's present. False where
    somebody has answered something already.
    """
    if Declaration.objects.exists():
        return False
    stage = _Stage(User.objects.get(username="zhengce"), until)
    filings = list(
        Filing.objects.exclude(state__in=("draft", "withdrawn", "revoked"))
        .select_related("enterprise", "site", "district", "zone")
        .order_by("pk")
    )
    with transaction.atomic():
        _announce(stage)
        _list(stage, filings)
        for number, filing in enumerate(filings[:16]):
            _answer(stage, filing, number)
        _apply(stage, filings)
    return True


def _owner(filing: Filing) -> User:
    memberships = filing.enterprise.memberships.filter(role="owner").select_related("user")
    found: User = memberships.order_by("pk")[0].user
    return found


def _announce(stage: _Stage) -> None:
    said = _SAID["announced"]
    kept.announce(
        said["fact"], said["value"], since=said["day"], source=said["source"],
        source_date=said["day"], by=stage.officer, at=stage.ago(hours=60),
    )  # fmt: skip


def _list(stage: _Stage, filings: list[Filing]) -> None:
    said = _SAID["list"]
    makers = [one.enterprise for one in filings if one.enterprise.makes_epidemic_supplies]
    lines = [
        kept.Line(firm.uscc, firm.name, said["day"], None, said["source"], said["day"])
        for firm in {firm.uscc: firm for firm in makers}.values()
    ]
    kept.enter(said["fact"], lines, by=stage.officer, at=stage.ago(hours=58))


def _answer(stage: _Stage, filing: Filing, number: int) -> None:
    answers = _SAID["answers"]
    owner, at = _owner(filing), stage.ago(hours=48 - number)
    for fact, value in answers[number % len(answers)].items():
        try:
            declarations.declare(filing, fact, value, by=owner, at=at)
        except Refused:
            # The profile says it already, or something that cannot be together with it.
            continue


def _apply(stage: _Stage, filings: list[Filing]) -> None:
    for way, application in zip(_SAID["ways"], _prepared(stage, filings), strict=False):
        at = stage.ago(hours=20)
        for move in way:
            at += timedelta(hours=2)
            by = _owner(application.filing) if move == "send" else stage.officer
            application = applications.move_application(
                application, move, by=by, at=at, revision=application.revision,
                remark=_SAID["remarks"].get(move, ""),
            )  # fmt: skip


def _prepared(stage: _Stage, filings: list[Filing]) -> Iterator[Application]:
    """A draft of each enterprise that may have the money."""
    for filing in filings:
        try:
            yield applications.prepare_application(
                filing, _SAID["measure"], by=_owner(filing), at=stage.ago(hours=20)
            )
        except Refused:
            continue
