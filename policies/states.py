"""The states of an application for a support measure and the table of its moves, as data.

Nothing else decides which state may follow which: `domain.applications` reads this table, checks
who acts and what has to be said, and is the only place that assigns `Application.state`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ApplicationState(TextChoices):
    """Where an application stands."""

    DRAFT = "draft", _("待提交")
    SENT = "sent", _("已提交")
    RECEIVED = "received", _("已受理")
    ASKED_BACK = "asked_back", _("待补充")
    GRANTED = "granted", _("已同意")
    REFUSED = "refused", _("不同意")
    PAID = "paid", _("已兑付")
    WITHDRAWN = "withdrawn", _("已撤回")


class Side(StrEnum):
    """Who acts: the enterprise that applies, or the department's desk."""

    ENTERPRISE = "enterprise"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class ApplicationMove:
    """Who may take an application from where to where, and what has to be said with it."""

    name: str
    label: Promise | str
    sources: frozenset[ApplicationState]
    target: ApplicationState
    side: Side
    needs_remark: bool = False
    needs_amount: bool = False
    needs_day: bool = False


_S = ApplicationState

APPLICATION_MOVES: dict[str, ApplicationMove] = {
    move.name: move
    for move in (
        ApplicationMove(
            "send", _("提交申请"), frozenset({_S.DRAFT, _S.ASKED_BACK}), _S.SENT, Side.ENTERPRISE
        ),
        ApplicationMove(
            "outside", _("登记已在别处申请"), frozenset({_S.DRAFT, _S.ASKED_BACK}), _S.SENT,
            Side.ENTERPRISE, needs_day=True,
        ),
        ApplicationMove("receive", _("受理"), frozenset({_S.SENT}), _S.RECEIVED, Side.DESK),
        ApplicationMove(
            "ask_back", _("要求补充"), frozenset({_S.RECEIVED}), _S.ASKED_BACK, Side.DESK,
            needs_remark=True,
        ),
        ApplicationMove(
            "grant", _("同意"), frozenset({_S.RECEIVED}), _S.GRANTED, Side.DESK, needs_amount=True
        ),
        ApplicationMove(
            "refuse", _("不同意"), frozenset({_S.RECEIVED}), _S.REFUSED, Side.DESK,
            needs_remark=True,
        ),
        ApplicationMove("pay", _("登记兑付"), frozenset({_S.GRANTED}), _S.PAID, Side.DESK),
        ApplicationMove(
            "withdraw", _("撤回申请"),
            frozenset({_S.DRAFT, _S.SENT, _S.RECEIVED, _S.ASKED_BACK}),
            _S.WITHDRAWN, Side.ENTERPRISE,
        ),
    )
}  # fmt: skip

#: The benefit is being asked for or has been given: no second application beside it.
STANDING = frozenset(_S) - {_S.REFUSED, _S.WITHDRAWN}
#: What was granted, whether it is paid yet or not.
GIVEN = frozenset({_S.GRANTED, _S.PAID})

#: Somebody has to do something: the department, or the enterprise.
WITH_DESK = frozenset({_S.SENT, _S.RECEIVED, _S.GRANTED})
WITH_APPLICANT = frozenset({_S.DRAFT, _S.ASKED_BACK})
