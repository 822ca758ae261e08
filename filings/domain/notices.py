"""Notices at each move: who hears of it, in which words, and the outbox row that delivers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import Agency, Filing, Membership, Notice, Posting, Step, User
from jiaozuo_portal.lib import sms
from jiaozuo_portal.outbox.queue import Work, enqueue_all

#: Which circles hear of a move: `doer` is left out of each, who pressed knows already.
AUDIENCE: dict[str, tuple[str, ...]] = {
    "submit": ("enterprise", "bureau", "zone", "health"),
    "withdraw": ("enterprise", "bureau", "zone"),
    "reopen": ("enterprise",),
    "claim": ("enterprise",),
    "assign": ("holder",),
    "hand_over": ("holder",),
    "return": ("enterprise",),
    "approve": ("enterprise", "zone", "health"),
    "report": ("enterprise", "bureau"),
    "start": ("enterprise", "bureau", "zone", "health"),
    "suspend": ("enterprise", "zone", "health"),
    "resume": ("enterprise", "zone", "health"),
    "revoke": ("enterprise", "zone", "health"),
    "revise": ("enterprise",),
}

#: The words of each kind. Facts: enterprise, site, version, remark, count, by, due, first, last.
WORDS = {
    "submit": gettext_lazy("%(enterprise)s提交了备案（第 %(version)s 版）"),
    "withdraw": gettext_lazy("%(enterprise)s撤回了备案：%(remark)s"),
    "reopen": gettext_lazy("%(enterprise)s重新开始填报"),
    "claim": gettext_lazy("%(by)s开始审核%(enterprise)s的备案"),
    "assign": gettext_lazy("%(enterprise)s的备案（第 %(version)s 版）分派给您审核"),
    "stand_in": gettext_lazy("%(by)s从 %(first)s 到 %(last)s 请假，新的备案由您代办"),
    "hand_over": gettext_lazy("%(enterprise)s的备案移交给您审核"),
    "return": gettext_lazy("%(enterprise)s的备案被退回补正，请按意见修改后重新提交"),
    "approve": gettext_lazy("%(enterprise)s的备案已准予，回执可以下载"),
    "report": gettext_lazy("%(enterprise)s提交了开工前报告"),
    "start": gettext_lazy("%(enterprise)s已开工"),
    "suspend": gettext_lazy("%(enterprise)s的备案已暂停：%(remark)s"),
    "resume": gettext_lazy("%(enterprise)s的备案已恢复：%(remark)s"),
    "revoke": gettext_lazy("%(enterprise)s的备案已撤销：%(remark)s"),
    "revise": gettext_lazy("%(enterprise)s重新开始填报"),
    "time_half": gettext_lazy("%(enterprise)s的备案审核时限已过半，请在 %(due)s 前办结"),
    "time_most": gettext_lazy("%(enterprise)s的备案审核时限只剩两成，请在 %(due)s 前办结"),
    "time_limit": gettext_lazy("%(enterprise)s的备案已超过审核时限（%(due)s），请尽快办结"),
    "time_city": gettext_lazy("%(enterprise)s的备案超过审核时限（%(due)s）仍未办结，请督促"),
    "opinion": gettext_lazy("卫生防疫部门对%(enterprise)s的备案提出了指导意见"),
    "opinion_handled": gettext_lazy("%(enterprise)s已处理指导意见"),
    "zone_received": gettext_lazy("产业集聚区已接收%(enterprise)s的备案"),
    "told": gettext_lazy("工信部门就%(enterprise)s的备案通知：%(remark)s"),
    "waived": gettext_lazy("工信部门负责人对“%(gate)s”作了免于核对：%(remark)s"),
    "join_asked": gettext_lazy("%(by)s申请加入%(enterprise)s"),
    "join_accepted": gettext_lazy("您加入%(enterprise)s的申请已同意"),
    "join_refused": gettext_lazy("您加入%(enterprise)s的申请未获同意"),
    "import_done": gettext_lazy("花名册导入已完成：共 %(count)s 人"),
    "import_failed": gettext_lazy("花名册导入没有完成，请打开查看原因"),
    "support": gettext_lazy("有 %(count)s 项支持政策的结果有变化"),
    "application": gettext_lazy("%(enterprise)s申请的“%(measure)s”：%(state)s"),
    "application_in": gettext_lazy("%(enterprise)s的政策申请“%(measure)s”：%(state)s"),
    "deadline": gettext_lazy(
        "%(enterprise)s（%(site)s）有 %(count)s 项支持政策申请到%(last_day)s截止，还剩 %(days)s 天"
    ),
    "deadline_today": gettext_lazy(
        "%(enterprise)s（%(site)s）有 %(count)s 项支持政策今天（%(last_day)s）截止申请"
    ),
    "list_keeper": gettext_lazy("%(by)s把一份官方名单移交给您的部门维护"),
    "token": gettext_lazy("%(by)s为%(enterprise)s建立了接口令牌“%(remark)s”"),
    "token_end": gettext_lazy("%(by)s停用了%(enterprise)s的接口令牌“%(remark)s”"),
}

_FACTS = ("enterprise", "version", "remark", "by", "count", "gate", "due", "first", "last")


def words(notice: Notice) -> str:
    """The notice as one sentence in the reader's language."""
    facts = dict.fromkeys(_FACTS, "") | notice.facts
    if "last_day" in facts:
        facts["last_day"] = date_format(date.fromisoformat(facts["last_day"]), _("Y年n月j日"))
    return str(WORDS.get(notice.kind, _("备案有新的进展"))) % facts


def link_of(notice: Notice) -> str:
    """The address on this portal that a notice leads to."""
    if notice.url:
        return notice.url
    return f"/filings/{notice.filing_id}/" if notice.filing_id else "/notices/"


def members_of(enterprise_id: int, *roles: str) -> Iterable[User]:
    """The active people of an enterprise in these roles."""
    return User.objects.filter(
        is_active=True,
        memberships__enterprise_id=enterprise_id,
        memberships__role__in=roles or (Membership.Role.OWNER, Membership.Role.CLERK),
    )


def _circle(name: str, filing: Filing) -> Iterable[User]:
    posted = User.objects.filter(is_active=True, postings__agency__is_active=True)
    if name == "enterprise":
        return members_of(filing.enterprise_id)
    if name == "holder":
        return posted.filter(pk=filing.holder_id or 0)
    if name == "bureau":
        here = Q(
            postings__agency__kind=Agency.Kind.BUREAU,
            postings__agency__district_id=filing.district_id,
        )
        if filing.holder_id:
            here &= Q(pk=filing.holder_id) | Q(postings__role=Posting.Role.LEAD)
        return posted.filter(here)
    if name == "lead":
        return posted.filter(
            postings__agency__kind=Agency.Kind.BUREAU,
            postings__agency__district_id=filing.district_id,
            postings__role=Posting.Role.LEAD,
        )
    if name == "city":
        return posted.filter(postings__agency__kind=Agency.Kind.CITY)
    if name == "zone":
        return posted.filter(
            postings__agency__kind=Agency.Kind.ZONE,
            postings__agency__zone_id=filing.zone_id or 0,
        )
    return posted.filter(
        postings__agency__kind=Agency.Kind.HEALTH,
        postings__agency__district_id=filing.district_id,
    )


def audience(circles: Iterable[str], filing: Filing, *, but: User | None = None) -> list[User]:
    """The people in these circles, each once, in a stable order."""
    found: dict[int, User] = {}
    for circle in circles:
        for user in _circle(circle, filing):
            found[user.pk] = user
    if but is not None:
        found.pop(but.pk, None)
    return [found[pk] for pk in sorted(found)]


def send(
    kind: str,
    to: Iterable[User],
    *,
    at: datetime,
    filing: Filing | None = None,
    step: Step | None = None,
    url: str = "",
    **facts: Any,
) -> list[Notice]:
    """Write notices and their outbox rows in the caller's transaction.

    `facts` go into the words (`WORDS`); nothing personal of a roster may stand there.
    """
    if filing is not None:
        facts = {"enterprise": filing.enterprise.name, "version": filing.version} | facts
    return _written(
        Notice(to=user, filing=filing, step=step, kind=kind, facts=facts, url=url, at=at)
        for user in to
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """What one filing's enterprise is told: where the notice leads, and the facts in its words."""

    filing: Filing
    url: str
    facts: dict[str, Any]


def send_to_enterprises(kind: str, letters: Iterable[Letter], *, at: datetime) -> list[Notice]:
    """Write notices to owners and clerks of many filings, in the caller's transaction.

    As `send` for each letter; the same number of queries however many there are.
    """
    letters = list(letters)
    people: dict[int, list[User]] = {}
    memberships = Membership.objects.filter(
        enterprise_id__in={letter.filing.enterprise_id for letter in letters},
        role__in=(Membership.Role.OWNER, Membership.Role.CLERK),
        user__is_active=True,
    )
    for one in memberships.select_related("user").order_by("pk"):
        people.setdefault(one.enterprise_id, []).append(one.user)
    return _written(
        Notice(
            to=user,
            filing=letter.filing,
            kind=kind,
            facts={"enterprise": letter.filing.enterprise.name} | letter.facts,
            url=letter.url,
            at=at,
        )
        for letter in letters
        for user in people.get(letter.filing.enterprise_id, ())
    )


def _written(notices: Iterable[Notice]) -> list[Notice]:
    made = Notice.objects.bulk_create(notices, batch_size=1000)
    works = [Work("notice.deliver", str(one.key), f"notice:{one.key}") for one in made]
    if sms.is_on():
        works += [
            Work("notice.sms", str(one.key), f"sms:{one.key}")
            for one in made
            if one.to.mobile_sealed
        ]
    enqueue_all(works)
    return made


def mark_read(user: User, *, at: datetime, keys: Iterable[str] | None = None) -> int:
    """Mark the person's unread notices (or those of `keys`) as read; how many there were."""
    unread = Notice.objects.visible_to(user).unread()
    if keys is not None:
        unread = unread.filter(key__in=list(keys))
    return unread.update(read_at=at)
