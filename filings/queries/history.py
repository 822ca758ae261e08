"""Who did what and when on one filing: one timeline, without a personal value in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filings.models import (
    AuditEntry,
    Correction,
    Filing,
    GateWaiver,
    Opinion,
    Receipt,
    Step,
    User,
    ZoneReceipt,
)
from filings.models.filing import filing_scope

#: What is shown at once; older entries follow on the next pages.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline (`_timeline.html`). `at` is of the portal's clock."""

    at: datetime
    what: str
    who: str
    state: str = ""
    icon: str = ""
    tone: str = ""
    remark: str = ""


#: What was done by each move; as buttons they say what to do.
_MOVED: dict[str, Promise | str] = {
    "withdraw": pgettext_lazy("history", "撤回备案"),
    "reopen": pgettext_lazy("history", "重新填报"),
    "claim": pgettext_lazy("history", "领取审核"),
    "assign": pgettext_lazy("history", "分派审核"),
    "hand_over": pgettext_lazy("history", "移交审核"),
    "return": pgettext_lazy("history", "退回补正"),
    "approve": pgettext_lazy("history", "准予备案"),
    "report": pgettext_lazy("history", "提交开工前报告"),
    "start": pgettext_lazy("history", "确认开工"),
    "suspend": pgettext_lazy("history", "暂停备案"),
    "resume": pgettext_lazy("history", "恢复备案"),
    "revoke": pgettext_lazy("history", "撤销备案"),
    "revise": pgettext_lazy("history", "重新填报"),
}

_AUDITED: dict[str, Promise | str] = {
    "reveal": gettext_lazy("查看了一个完整号码"),
    "import_roster": gettext_lazy("从表格导入了花名册"),
    "tell": gettext_lazy("给企业发了通知"),
    "purge_roster": gettext_lazy("花名册已按保存期限删除"),
}


def history_of(filing: Filing, user: User, *, shift: timedelta) -> list[Event]:
    """Everything that happened to the filing, the newest first.

    `shift` is how far the portal's clock is ahead of the real one: audit stamps are real time, and
    are put in their place among the steps by it. SECURITY: names of staff on the roster, numbers
    and typed content never stand here, for all who may see the filing read it.
    """
    events = [
        *_steps(filing, user),
        *_corrections(filing, user),
        *_waivers(filing, user),
        *_opinions(filing, user),
        *_zone_receipts(filing, user),
        *_receipts(filing, user),
        *_audit(filing, user, shift),
    ]
    # Of two at the same moment the one written later comes first.
    events.reverse()
    return sorted(events, key=lambda event: event.at, reverse=True)


def _steps(filing: Filing, user: User) -> Iterator[Event]:
    rows = Step.objects.visible_to(user).filter(filing=filing).select_related("by", "to")
    for step in rows:
        yield Event(step.at, _step_words(step), _person(step.by), step.target, remark=step.remark)


def _step_words(step: Step) -> str:
    if step.move == "open":
        return _("建立备案")
    if step.move == "submit":
        return _("提交备案（第 %(version)s 版）") % {"version": step.version}
    done = str(_MOVED.get(step.move, step.move))
    return _("%(done)s，交给%(name)s") % {"done": done, "name": step.to} if step.to else done


def _person(person: Any) -> str:
    return str(person) if person else _("系统")


def _corrections(filing: Filing, user: User) -> Iterator[Event]:
    """Points that were ticked off; that they were asked stands with the step that returned them."""
    mended = Correction.objects.visible_to(user).filter(filing=filing, mended_at__isnull=False)
    for point in mended.select_related("mended_by"):
        yield Event(
            point.mended_at,
            _("勾选“已补正”：%(label)s") % {"label": point.place or point.text[:40]},
            _person(point.mended_by),
            "handled",
            remark=point.answer,
        )


def _waivers(filing: Filing, user: User) -> Iterator[Event]:
    for waiver in GateWaiver.objects.visible_to(user).filter(filing=filing).select_related("by"):
        yield Event(
            waiver.at, _("免于核对一项要求"), _person(waiver.by), "waived", remark=waiver.reason
        )


def _opinions(filing: Filing, user: User) -> Iterator[Event]:
    rows = Opinion.objects.visible_to(user).filter(filing=filing)
    for opinion in rows.select_related("agency", "by", "handled_by"):
        yield Event(
            opinion.at,
            _("%(agency)s提出指导意见") % {"agency": opinion.agency},
            _person(opinion.by),
            icon="health",
            tone="brand",
            remark=opinion.text,
        )
        if opinion.handled_at:
            yield Event(
                opinion.handled_at,
                _("企业已处理指导意见"),
                _person(opinion.handled_by),
                "handled",
                remark=opinion.answer,
            )


def _zone_receipts(filing: Filing, user: User) -> Iterator[Event]:
    rows = ZoneReceipt.objects.visible_to(user).filter(filing=filing)
    for receipt in rows.select_related("agency", "by"):
        yield Event(
            receipt.at,
            _("%(agency)s已接收第 %(version)s 版")
            % {"agency": receipt.agency, "version": receipt.version},
            _person(receipt.by),
            icon="check-circle",
            tone="good",
        )


def _receipts(filing: Filing, user: User) -> Iterator[Event]:
    for receipt in Receipt.objects.visible_to(user).filter(filing=filing):
        yield Event(
            receipt.issued_at,
            _("开具备案回执 %(number)s") % {"number": receipt.number},
            _("系统"),
            icon="stamp",
            tone="good",
        )


def _audit(filing: Filing, user: User, shift: timedelta) -> Iterator[Event]:
    rows = AuditEntry.objects.filter(filing_scope(user, "filing__"), filing=filing)
    for entry in rows.filter(action__in=_AUDITED).select_related("by"):
        yield Event(
            entry.at + shift,
            str(_AUDITED[entry.action]),
            _person(entry.by),
            icon="eye",
            tone="warn",
            remark=entry.reason,
        )
