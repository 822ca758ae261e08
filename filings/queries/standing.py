"""Where a filing stands, as every page of it says: state, who has it, until when, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filings import access
from filings.models import Agency, AgencyContact, CitySetting, Filing, User
from filings.states import WITH_BUREAU, State

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the where-am-I panel shows.

    `is_mine` says that the reader's side has to act. `until` is None where no text sets a time;
    `until_words` says so, or how much is left. `contacts` are the bureau's published ones (R2.6).
    """

    state: str
    state_label: str
    holder: str
    is_mine: bool
    since: datetime
    until: datetime | None
    until_words: str
    is_late: bool
    next_step: str
    bureau: str
    contacts: tuple[AgencyContact, ...]


#: What happens next, as the enterprise reads it and as everybody else does.
_NEXT: dict[str, tuple[Promise | str, Promise | str]] = {
    State.DRAFT: (
        gettext_lazy("请把各部分填写完整，核对后提交备案。"),
        gettext_lazy("等待企业填写并提交。"),
    ),
    State.SUBMITTED: (
        gettext_lazy("等工信部门领取审核。现在不需要您做什么，有结果会通知您。"),
        gettext_lazy("由工信部门领取审核。"),
    ),
    State.IN_REVIEW: (
        gettext_lazy("工信部门正在审核。现在不需要您做什么，有结果会通知您。"),
        gettext_lazy("审核后准予备案，或者退回补正。"),
    ),
    State.RETURNED: (
        gettext_lazy("请按补正意见逐项修改、勾选“已补正”，再重新提交。"),
        gettext_lazy("等待企业补正后重新提交。"),
    ),
    State.APPROVED: (
        gettext_lazy("已备案。开工前请完成排查、消杀和安全检查，并提交开工前报告。"),
        gettext_lazy("等待企业提交开工前报告。"),
    ),
    State.READY: (
        gettext_lazy("开工前报告已提交。可以开工时，请点“确认开工”。"),
        gettext_lazy("等待企业确认开工。"),
    ),
    State.STARTED: (
        gettext_lazy("已开工。请继续做好每天的防控；人员或方案有变化时重新提交。"),
        gettext_lazy("企业已开工。"),
    ),
    State.WITHDRAWN: (
        gettext_lazy("备案已撤回。需要复工时，请点“重新填报”，填过的内容都还在。"),
        gettext_lazy("企业已撤回，可以重新填报。"),
    ),
    State.SUSPENDED: (
        gettext_lazy("备案已暂停，暂时不能开工生产。请按工信部门的要求整改，并与其联系。"),
        gettext_lazy("整改后由工信部门负责人恢复或撤销。"),
    ),
    State.REVOKED: (
        gettext_lazy("备案已撤销，不能开工生产。需要复工时，请点“重新填报”。"),
        gettext_lazy("企业可以重新填报。"),
    ),
}


def standing_of(filing: Filing, user: User, at: datetime) -> Standing:
    """Where `filing` stands at the moment `at` of the portal's clock, for this reader."""
    bureau = (
        Agency.objects.filter(
            kind=Agency.Kind.BUREAU, district_id=filing.district_id, is_active=True
        )
        .prefetch_related("contacts")
        .first()
    )
    for_member = access.is_member(user, filing)
    until = deadline_of(filing)
    words = _NEXT[filing.state][0 if for_member else 1]
    return Standing(
        state=filing.state,
        state_label=str(filing.get_state_display()),
        holder=_holder(filing, str(bureau or _("所在县区工信部门"))),
        is_mine=_is_mine(filing, user, for_member),
        since=filing.state_since,
        until=until,
        until_words=until_words(until, at),
        is_late=until is not None and at > until,
        next_step=str(words),
        bureau=str(bureau or ""),
        contacts=tuple(bureau.contacts.all()) if bureau else (),
    )


def deadline_of(filing: Filing) -> datetime | None:
    """Until when the bureau answers: only where the city has set hours, else None.

    The guide names no time for the review, so none is made up (R1.5).
    """
    if filing.state not in WITH_BUREAU or filing.submitted_at is None:
        return None
    hours = CitySetting.current().review_hours
    return filing.submitted_at + timedelta(hours=hours) if hours else None


def _holder(filing: Filing, bureau: str) -> str:
    if filing.state == State.IN_REVIEW and filing.holder:
        return _("%(bureau)s（审核人：%(name)s）") % {"bureau": bureau, "name": filing.holder}
    if filing.state in {State.SUBMITTED, State.IN_REVIEW, State.SUSPENDED}:
        return bureau
    return filing.enterprise.name


def _is_mine(filing: Filing, user: User, for_member: bool) -> bool:
    with_enterprise = filing.state not in {
        State.SUBMITTED,
        State.IN_REVIEW,
        State.SUSPENDED,
        State.STARTED,
    }
    if for_member:
        return with_enterprise
    return filing.state in WITH_BUREAU and bool(access.actors(user, filing))


def moment_words(moment: datetime) -> str:
    """A moment as people say it: 3月8日 17:00."""
    return date_format(timezone.localtime(moment), _("n月j日 H:i"))


def until_words(until: datetime | None, at: datetime) -> str:
    """How much time is left, with the exact moment; or that no text sets one."""
    if until is None:
        return _("文件没有规定时限")
    when = moment_words(until)
    if at > until:
        return _("已超过%(long)s（应在%(when)s 前）") % {"long": _long(at - until), "when": when}
    return _("还剩%(long)s（%(when)s 前）") % {"long": _long(until - at), "when": when}


def _long(span: timedelta) -> str:
    """A span in the largest unit that still says enough: minutes, hours to two days, days."""
    if span < _HOUR:
        minutes = max(1, int(span.total_seconds() // 60))
        return ngettext(" %(n)s 分钟", " %(n)s 分钟", minutes) % {"n": minutes}
    if span < 2 * _DAY:
        hours = int(span / _HOUR)
        return ngettext(" %(n)s 小时", " %(n)s 小时", hours) % {"n": hours}
    days = int(span / _DAY)
    return ngettext(" %(n)s 天", " %(n)s 天", days) % {"n": days}
