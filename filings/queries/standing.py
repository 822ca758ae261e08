"""Where a filing stands, as every page of it says: state, who has it, until when, what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings import access
from filings.models import CitySetting, Filing, User
from filings.models.place import Office
from filings.models.timing import kind_of
from filings.states import WITH_BUREAU, State


@dataclass(frozen=True, slots=True)
class Stage:
    """One station on the way from filling in to starting: `status` is done, now or todo."""

    label: str
    status: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call: a published contact of the bureau (R2.6)."""

    name: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the where-am-I panel shows (`templates/_state_panel.html` calls it the slip).

    `is_mine` says that the reader's side has to act. `until` is None where no limit runs; then
    `left` is what is left of one that is paused, and `from_claim` the hours of one that begins when
    the bureau claims the filing. `contact` is None where the bureau has published none.
    """

    state: str
    word: str
    stages: tuple[Stage, ...]
    holder: str
    is_mine: bool
    since: datetime
    until: datetime | None
    is_late: bool
    left: timedelta | None
    from_claim: int | None
    next_step: str
    bureau: str
    contacts: tuple[Contact, ...]

    @property
    def contact(self) -> Contact | None:
        """The first contact."""
        return self.contacts[0] if self.contacts else None


#: The stations of the way, and at which one a filing stands in each state.
_WAY = (
    gettext_lazy("填报"),
    gettext_lazy("审核"),
    gettext_lazy("开工前报告"),
    gettext_lazy("确认开工"),
    gettext_lazy("已开工"),
)
_STATION: dict[str, int] = {
    State.DRAFT: 0,
    State.RETURNED: 0,
    State.WITHDRAWN: 0,
    State.REVOKED: 0,
    State.SUBMITTED: 1,
    State.IN_REVIEW: 1,
    State.APPROVED: 2,
    State.SUSPENDED: 2,
    State.READY: 3,
    State.STARTED: 4,
}


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
        gettext_lazy("已开工。请继续做好每天的测温、消毒和登记。"),
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
    return standings_of([filing], user, at)[0]


def standings_of(filings: Sequence[Filing], user: User, at: datetime) -> list[Standing]:
    """Where each filing stands, in their order. No query beside the city's settings."""
    city = CitySetting.current()
    bureaus = {number: city.bureau_of(number) for number in {one.district_id for one in filings}}
    return [
        _standing(filing, user, at, bureaus[filing.district_id], city.hours_from_claim)
        for filing in filings
    ]


def _standing(
    filing: Filing,
    user: User,
    at: datetime,
    office: Office | None,
    limits: Mapping[str, int | None],
) -> Standing:
    for_member = access.is_member(user, filing)
    bureau = str(office.agency) if office else ""
    words = _NEXT[filing.state][0 if for_member else 1]
    until = filing.due_at
    return Standing(
        state=filing.state,
        word=str(filing.get_state_display()),
        stages=_stages(filing),
        holder=_holder(filing, bureau or _("所在县区工信部门")),
        is_mine=_is_mine(filing, user, for_member),
        since=filing.state_since,
        until=until,
        is_late=until is not None and at > until,
        left=filing.time_left,
        from_claim=limits.get(kind_of(filing)) if _waits_for_clock(filing) else None,
        next_step=str(words),
        bureau=bureau,
        contacts=_contacts(office),
    )


def _waits_for_clock(filing: Filing) -> bool:
    return filing.state == State.SUBMITTED and filing.due_at is None


def _stages(filing: Filing) -> tuple[Stage, ...]:
    here = _STATION[filing.state]
    over = filing.state == State.STARTED
    return tuple(
        Stage(str(label), "done" if n < here or over else ("now" if n == here else "todo"))
        for n, label in enumerate(_WAY)
    )


def _contacts(office: Office | None) -> tuple[Contact, ...]:
    if office is None:
        return ()
    return tuple(
        Contact(f"{office.agency} {row.name}", row.phone, row.hours) for row in office.contacts
    )


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
