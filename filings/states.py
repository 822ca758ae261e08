"""The states of a filing and the table of moves: the whole workflow as data.

Nothing else in the portal decides which state may follow which. `domain.moves.moving` reads
this table, checks actor, gates and remark, and is the only place that assigns `Filing.state`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a filing stands. The values are stored; the labels are shown."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回补正")
    APPROVED = "approved", _("已备案")
    READY = "ready", _("可以开工")
    STARTED = "started", _("已开工")
    WITHDRAWN = "withdrawn", _("已撤回")
    SUSPENDED = "suspended", _("已暂停")
    REVOKED = "revoked", _("已撤销")


class Actor(StrEnum):
    """In which capacity somebody acts on one filing; `access.actors` derives them."""

    OWNER = "owner"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    HOLDER = "holder"
    LEAD = "lead"


class GateSet(StrEnum):
    """Which gates stand before a move."""

    APPROVAL = "approval"
    START = "start"


class Remark(StrEnum):
    """Whether a move asks for a reason in words."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: who may take a filing from where to where, and through which gates.

    `rule` names the row of the guide that the move rests on (R1.5: point 1).
    """

    name: str
    label: Promise | str
    sources: frozenset[State]
    target: State
    actors: frozenset[Actor]
    rule: str
    gates: GateSet | None = None
    remark: Remark = Remark.NONE
    decides: bool = False
    danger: bool = False


def _move(
    name: str,
    label: Promise | str,
    sources: set[State],
    target: State,
    actors: set[Actor],
    rule: str,
    **rest: object,
) -> Move:
    return Move(name, label, frozenset(sources), target, frozenset(actors), rule, **rest)  # type: ignore[arg-type]


_ENTERPRISE = {Actor.OWNER, Actor.CLERK}
_BUREAU = {Actor.REVIEWER, Actor.LEAD}
_DECIDERS = {Actor.HOLDER, Actor.LEAD}
_STANDING = {State.APPROVED, State.READY, State.STARTED}

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        _move(
            "submit",
            _("提交备案"),
            {State.DRAFT, State.RETURNED, State.APPROVED, State.READY},
            State.SUBMITTED,
            _ENTERPRISE,
            "R1.5",
            gates=GateSet.APPROVAL,
        ),
        _move(
            "withdraw",
            _("撤回备案"),
            {State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.RETURNED},
            State.WITHDRAWN,
            {Actor.OWNER},
            "R1.5",
            remark=Remark.REQUIRED,
            danger=True,
        ),
        _move("reopen", _("重新填报"), {State.WITHDRAWN}, State.DRAFT, _ENTERPRISE, "R1.5"),
        _move("claim", _("领取审核"), {State.SUBMITTED}, State.IN_REVIEW, _BUREAU, "R1.5"),
        _move(
            "assign",
            _("分派审核"),
            {State.SUBMITTED},
            State.SUBMITTED,
            {Actor.LEAD},
            "R1.5",
            remark=Remark.OPTIONAL,
        ),
        _move(
            "hand_over",
            _("移交审核"),
            {State.IN_REVIEW},
            State.IN_REVIEW,
            _DECIDERS,
            "R1.5",
            remark=Remark.OPTIONAL,
        ),
        _move(
            "return",
            pgettext_lazy("move", "退回补正"),
            {State.IN_REVIEW},
            State.RETURNED,
            _DECIDERS,
            "R1.5",
            remark=Remark.OPTIONAL,
            decides=True,
        ),
        _move(
            "approve",
            _("准予备案"),
            {State.IN_REVIEW},
            State.APPROVED,
            _DECIDERS,
            "R1.5",
            gates=GateSet.APPROVAL,
            remark=Remark.OPTIONAL,
            decides=True,
        ),
        _move(
            "report",
            _("提交开工前报告"),
            {State.APPROVED},
            State.READY,
            _ENTERPRISE,
            "R2.8",
            gates=GateSet.START,
        ),
        _move(
            "start",
            _("确认开工"),
            {State.READY},
            State.STARTED,
            _ENTERPRISE,
            "R2.9",
            gates=GateSet.START,
        ),
        _move(
            "suspend",
            _("暂停备案"),
            _STANDING,
            State.SUSPENDED,
            {Actor.LEAD},
            "R2.7",
            remark=Remark.REQUIRED,
            danger=True,
        ),
        _move(
            "resume",
            _("恢复备案"),
            {State.SUSPENDED},
            State.APPROVED,
            {Actor.LEAD},
            "R2.7",
            remark=Remark.REQUIRED,
        ),
        _move(
            "revoke",
            _("撤销备案"),
            _STANDING | {State.SUSPENDED},
            State.REVOKED,
            {Actor.LEAD},
            "R2.7",
            remark=Remark.REQUIRED,
            danger=True,
        ),
        _move("revise", _("重新填报"), {State.REVOKED}, State.DRAFT, _ENTERPRISE, "R1.5"),
    )
}

#: Nobody types any more into a filing in one of these states.
CLOSED = frozenset({State.WITHDRAWN, State.REVOKED})

#: The bureau has to do something.
WITH_BUREAU = frozenset({State.SUBMITTED, State.IN_REVIEW})

#: The enterprise has to do something.
WITH_ENTERPRISE = frozenset({State.DRAFT, State.RETURNED, State.APPROVED, State.READY})
