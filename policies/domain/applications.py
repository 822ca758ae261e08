"""Applying for a measure: preparing, sending, and what the department decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import (
    Filing,
    NotAllowed,
    Refused,
    Stale,
    User,
    notify_agency,
    notify_enterprise,
    record_audit,
)
from jiaozuo_portal.lib import clock
from policies import access
from policies.eligibility import Verdict
from policies.models import Application, ApplicationStep
from policies.queries.applications import (
    benefit_of,
    content_for,
    desk_for,
    given_to,
    standing_application,
)
from policies.queries.support import Support, support_of
from policies.queries.wording import day_words, say
from policies.states import APPLICATION_MOVES, ApplicationMove, ApplicationState, Side

#: No application is about more than this; a slip of the keyboard is no grant.
MOST_YUAN = Decimal(1000000000000)


class AppliedAlready(Refused):
    """The benefit is applied for or given already; `application` is the one that stands."""

    def __init__(self, application: Application, message: str) -> None:
        super().__init__(message)
        self.application = application


def prepare_application(filing: Filing, measure: str, *, by: User, at: datetime) -> Application:
    """A draft for one measure, filled from what the portal knows of the filing at `at`.

    Preparing twice gives the same draft. Raises NotAllowed for who may not answer for the
    enterprise, Refused for a measure that is not offered, that another one has taken the place of,
    that needs no application, that the enterprise cannot use or that nobody decides, and
    AppliedAlready where its benefit has been applied for: by this site, or by any site of the
    enterprise where the pack gives it once an enterprise.
    """
    access.may_declare(by, filing.enterprise).require()
    support = _support(filing, at)
    result = support.results.get(measure)
    if result is None:
        raise Refused(_("现在没有这项措施。请回到支持政策页重新选择。"))
    _refuse_replaced(support, measure)
    if not result.measure.needs_application:
        raise Refused(
            _("这项措施不用申请：%(how)s") % {"how": say(result.measure.apply)},
        )
    if result.verdict is Verdict.NOT_ELIGIBLE:
        raise Refused(_("按现有资料不符合这项措施的条件，不能申请。请先看“为什么不符合”。"))
    pack = support.rules.pack
    running = standing_application(filing, result.measure, pack)
    if running is not None:
        return _same_draft(running, filing, measure)
    agency = desk_for(pack, result.measure, filing)
    if agency is None:
        raise Refused(_("平台上还没有负责这项措施的部门，请按页面上的电话联系。"))
    try:
        with transaction.atomic():
            made = Application.objects.create(
                filing=filing,
                enterprise=filing.enterprise,
                measure=measure,
                benefit=benefit_of(pack, result.measure),
                given_to=given_to(filing, result.measure),
                agency=agency,
                state_since=at,
                created_at=at,
                last_day=result.measure.validity.last,
                **_said(support, measure),
            )
            ApplicationStep.objects.create(
                application=made, move="prepare", target=ApplicationState.DRAFT, by=by, at=at
            )
    except IntegrityError:
        # A colleague pressed at the same moment; theirs is the one.
        found = standing_application(filing, result.measure, pack)
        if found is None:
            raise
        return _same_draft(found, filing, measure)
    return made


def _same_draft(running: Application, filing: Filing, measure: str) -> Application:
    is_own = running.filing_id == filing.pk
    if is_own and (running.measure, running.state) == (measure, ApplicationState.DRAFT):
        return running
    told = {"state": running.get_state_display(), "site": running.filing.site.name}
    if not is_own:
        said = _("“%(site)s”已经申请过这项优惠（%(state)s），一家企业只能享受一次。") % told
    elif running.is_next_case:
        said = _("上一笔申请还没有办完（%(state)s），同意以后才能再申请下一笔。") % told
    else:
        said = _("这项优惠已经申请过（%(state)s），同一优惠只能享受一次。") % told
    raise AppliedAlready(running, said)


def _support(filing: Filing, at: datetime) -> Support:
    support = support_of(filing, at)
    if support is None:
        raise Refused(_("政策刚刚撤下，请稍后再看。"))
    return support


def _refuse_replaced(support: Support, measure: str) -> None:
    if measure in support.replaced:
        raise Refused(support.replaced[measure].words)


def _said(support: Support, measure: str) -> dict[str, Any]:
    content = content_for(support, measure)
    return {"content": content, "asked_yuan": support.cards[measure].amount}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An application made outside the portal: on which day, and under which number."""

    day: date
    number: str = ""


def move_application(
    application: Application,
    name: str,
    *,
    by: User,
    at: datetime,
    revision: int,
    remark: str = "",
    amount: Decimal | None = None,
    handed_in: HandedIn | None = None,
) -> Application:
    """Take an application one move on (`states.APPLICATION_MOVES`), under its lock.

    `revision` is that of the page; `amount` is in yuan and only for granting, None keeps the one
    that was applied for; `handed_in` is for an application made elsewhere. Raises NotAllowed,
    Stale when somebody acted meanwhile, Refused when a reason or a day is missing; then nothing is
    written. Both sides hear of it by notice.
    """
    move = APPLICATION_MOVES[name]
    remark = remark.strip()
    with transaction.atomic():
        locked = (
            Application.objects.select_for_update(of=("self",))
            .select_related("enterprise", "agency", "filing")
            .get(pk=application.pk)
        )
        if not may_take(move, locked, by):
            raise NotAllowed(_("您没有“%(move)s”的权限。") % {"move": move.label})
        if revision != locked.revision or locked.state not in move.sources:
            raise Stale(
                _("这份申请刚才已有变化，现在是“%(state)s”。请看过最新内容后再办理。")
                % {"state": locked.get_state_display()}
            )
        if move.needs_remark and not remark:
            raise Refused(_("请写明“%(move)s”的理由。") % {"move": move.label})
        _apply(move, locked, at=at, amount=amount)
        if move.needs_day:
            _hand_in(locked, handed_in, at=at)
        source, locked.state = locked.state, move.target
        locked.state_since = at
        locked.revision += 1
        locked.save()
        ApplicationStep.objects.create(
            application=locked, move=name, source=source, target=move.target, by=by, at=at,
            remark=remark[:1000],
        )  # fmt: skip
        record_audit(f"application_{name}", locked, by=by)
        _tell(move, locked, at=at)
    return locked


def may_take(move: ApplicationMove, application: Application, user: User) -> bool:
    """Whether this person stands on the side that takes this move.

    Nobody decides on an enterprise that they work for, whatever post they hold.
    """
    is_own = application.enterprise_id in user.roles
    if move.side is Side.ENTERPRISE:
        return is_own and bool(access.may_declare(user, application.enterprise))
    return not is_own and any(post.agency_id == application.agency_id for post in user.posts)


def moves_open_to(user: User, application: Application) -> list[ApplicationMove]:
    """The moves that this person may take now."""
    return [
        move
        for move in APPLICATION_MOVES.values()
        if application.state in move.sources and may_take(move, application, user)
    ]


def _apply(
    move: ApplicationMove, application: Application, *, at: datetime, amount: Decimal | None
) -> None:
    if move.name == "send":
        support = _support(application.filing_with_places(), at)
        result = support.results.get(application.measure)
        if result is None or result.verdict is Verdict.NOT_ELIGIBLE:
            raise Refused(_("资料变化以后已不符合这项措施的条件，不能提交。"))
        _refuse_replaced(support, application.measure)
        for field, value in _said(support, application.measure).items():
            setattr(application, field, value)
        application.sent_at = at
    if move.name == "grant":
        granted = application.asked_yuan if amount is None else amount
        if granted is not None and not 0 <= granted <= MOST_YUAN:
            raise Refused(_("金额应在 0 到一万亿元之间。"))
        application.granted_yuan = granted
        application.close_case()


def _hand_in(application: Application, handed_in: HandedIn | None, *, at: datetime) -> None:
    """Note where an application went that was made elsewhere; the desk follows it from here."""
    if handed_in is None:
        raise Refused(_("请填写在别处申请的日期。"))
    if handed_in.day > clock.day_of(at):
        raise Refused(_("申请日期不能晚于今天。"))
    if application.last_day is not None and handed_in.day > application.last_day:
        raise Refused(
            _("申请日期晚于这项措施的末日（%(day)s）。") % {"day": day_words(application.last_day)}
        )
    application.outside_on = handed_in.day
    application.outside_number = handed_in.number.strip()[:60]
    application.sent_at = at


def _tell(move: ApplicationMove, application: Application, *, at: datetime) -> None:
    url = reverse("application", args=[application.pk])
    facts = {
        "enterprise": application.enterprise.name,
        "measure": application.content["label"],
        "state": str(move.label),
    }
    if move.side is Side.DESK:
        notify_enterprise(application.enterprise_id, "application", at=at, url=url, **facts)
    elif application.sent_at is not None:
        notify_agency(application.agency_id, "application_in", at=at, url=url, **facts)
