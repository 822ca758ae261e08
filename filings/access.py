"""Who may do what. Every question is answered yes, or no with a reason that can be shown.

The answers are asked inside each write (`domain`), not only in the views; pages get them as plain
booleans. What somebody may not even know of is kept back earlier, by `visible_to`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from jiaozuo_portal.lib.refusals import NotAllowed

from .models import Agency, Enterprise, Filing, Membership, Posting, SavedView, Step, User
from .states import CLOSED, MOVES, Actor, Move, State


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with the reason."""

    yes: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.yes

    def require(self) -> None:
        """Raise NotAllowed with the reason when the answer is no."""
        if not self.yes:
            raise NotAllowed(self.why)


YES = Answer(True)


def _no(why: str) -> Answer:
    return Answer(False, why)


def actors(user: User, filing: Filing) -> frozenset[Actor]:
    """In which capacities `user` stands to this filing; empty for a stranger."""
    found: set[Actor] = set()
    role = user.roles.get(filing.enterprise_id)
    if role == Membership.Role.OWNER:
        found.add(Actor.OWNER)
    if role in {Membership.Role.OWNER, Membership.Role.CLERK}:
        found.add(Actor.CLERK)
    if role is not None:
        # Nobody reviews the enterprise that they work for, whatever post they hold.
        return frozenset(found)
    for post in user.posts_of(Agency.Kind.BUREAU):
        if post.district_id != filing.district_id:
            continue
        found.add(Actor.REVIEWER)
        if post.role == Posting.Role.LEAD:
            found.add(Actor.LEAD)
        if filing.holder_id == user.pk:
            found.add(Actor.HOLDER)
    return frozenset(found)


def may_move(user: User, filing: Filing, name: str) -> Answer:
    """May this person take the filing this way now? Gates and remark are the move's own matter."""
    move = MOVES[name]
    standing = actors(user, filing)
    if not standing & move.actors:
        return _no(_("您没有“%(move)s”的权限。") % {"move": move.label})
    if filing.state not in move.sources:
        return _no(
            _("备案现在的状态是“%(state)s”，不能%(move)s。")
            % {"state": filing.get_state_display(), "move": move.label}
        )
    return YES


def may_approve_alone(user: User, filing: Filing) -> Answer:
    """May this person approve the version, as far as four eyes are concerned?

    No when a bureau of the district demands two people and this person claimed the version, or
    held it and handed it on. Who was handed it last, or the lead, is the second pair of eyes.
    """
    reviewed = Q(move="claim") | Q(move="hand_over", as_actor=Actor.HOLDER)
    demanding = Agency.objects.filter(
        kind=Agency.Kind.BUREAU, is_active=True, requires_four_eyes=True
    )
    if Step.objects.filter(
        reviewed,
        filing=filing,
        version=filing.version,
        by=user,
        filing__district__in=demanding.values("district"),
    ).exists():
        return _no(
            _("本部门要求审核和准予由两人办理：这一版由您审核，请移交给同事或请负责人准予备案。")
        )
    return YES


def moves_open_to(user: User, filing: Filing) -> list[Move]:
    """The moves this person may make now, in the order of the table."""
    standing = actors(user, filing)
    return [
        move for move in MOVES.values() if filing.state in move.sources and standing & move.actors
    ]


def is_member(user: User, filing: Filing) -> bool:
    """The person works for the enterprise, in whatever role."""
    return filing.enterprise_id in user.roles


def is_bureau(user: User, filing: Filing) -> bool:
    """The person works in the bureau of the filing's district."""
    return Actor.REVIEWER in actors(user, filing)


def may_edit(user: User, filing: Filing) -> Answer:
    """May this person type into the draft?"""
    if Actor.CLERK not in actors(user, filing):
        if is_member(user, filing):
            return _no(_("您的账号只能查看，请联系企业负责人开通填报权限。"))
        return _no(_("只有本企业的经办人可以填写。"))
    if filing.state in CLOSED:
        return _no(_("备案已撤回或撤销，请先“重新填报”。"))
    return YES


def may_fill(user: User, filing: Filing, section: str) -> Answer:
    """May this person type into this section now? The pre-start report follows the approval."""
    answer = may_edit(user, filing)
    if not answer or section != "prestart" or filing.state == State.APPROVED:
        return answer
    if filing.state in {State.READY, State.STARTED}:
        return _no(_("开工前报告已经提交，不能再修改；发现有误请联系工信部门。"))
    if filing.state == State.SUSPENDED:
        return _no(_("备案已暂停，恢复后才能填写开工前报告。"))
    return _no(_("准予备案以后才能填写开工前报告。"))


def may_see_draft(user: User, filing: Filing) -> bool:
    """The draft is the enterprise's own; authorities read frozen versions."""
    return is_member(user, filing)


def may_see_health(user: User, filing: Filing) -> bool:
    """Health and travel: the enterprise, the health authority, and the bureau that checks R4.4.

    SECURITY: zone, city and policy officers see counts only.
    """
    if is_member(user, filing):
        return True
    return any(
        post.district_id == filing.district_id
        for post in user.posts_of(Agency.Kind.BUREAU, Agency.Kind.HEALTH)
    )


def may_reveal(user: User, filing: Filing) -> Answer:
    """May this person see one id or mobile number in full, for a reason that is recorded?"""
    standing = actors(user, filing)
    if standing & {Actor.CLERK, Actor.REVIEWER} or _health_post(user, filing):
        return YES
    return _no(_("您没有查看完整号码的权限。"))


def _health_post(user: User, filing: Filing) -> int | None:
    for post in user.posts_of(Agency.Kind.HEALTH):
        if post.district_id == filing.district_id and filing.version:
            return post.agency_id
    return None


def _zone_post(user: User, filing: Filing) -> int | None:
    for post in user.posts_of(Agency.Kind.ZONE):
        if post.zone_id is not None and post.zone_id == filing.zone_id and filing.version:
            return post.agency_id
    return None


def health_agency(user: User, filing: Filing) -> int | None:
    """The health agency in whose name this person may write an opinion, or None."""
    return _health_post(user, filing)


def zone_agency(user: User, filing: Filing) -> int | None:
    """The zone agency in whose name this person may record the receipt, or None."""
    return _zone_post(user, filing)


def may_correct(user: User, filing: Filing) -> Answer:
    """May this person collect corrections? Only who holds the filing, and only in review."""
    if not actors(user, filing) & {Actor.HOLDER, Actor.LEAD}:
        return _no(_("请先领取这份备案，再填写补正意见。"))
    if filing.state != State.IN_REVIEW:
        return _no(_("只有审核中的备案可以填写补正意见。"))
    return YES


def may_tell(user: User, filing: Filing) -> Answer:
    """May this person write a notice to the enterprise: whoever works in the district's bureau.

    In every state, for the bureau also follows up who has not filed (R2.4).
    """
    if not is_bureau(user, filing):
        return _no(_("只有本县区的工信部门可以给企业发通知。"))
    return YES


def may_waive(user: User, filing: Filing) -> Answer:
    """May this person let the filing pass an approval gate?"""
    if Actor.LEAD not in actors(user, filing):
        return _no(_("只有工信部门负责人可以免于核对。"))
    if filing.state not in MOVES["submit"].sources | {State.SUBMITTED, State.IN_REVIEW}:
        return _no(_("备案已经办结，不能再免于核对。"))
    return YES


def may_manage_members(user: User, enterprise: Enterprise) -> Answer:
    """May this person decide on join requests and roles: the owner, or the district's bureau."""
    if user.roles.get(enterprise.pk) == Membership.Role.OWNER:
        return YES
    if any(
        post.district_id == enterprise.district_id for post in user.posts_of(Agency.Kind.BUREAU)
    ):
        return YES
    return _no(_("只有企业负责人或所在县区的工信部门可以管理成员。"))


def may_edit_enterprise(user: User, enterprise: Enterprise) -> Answer:
    """May this person change the enterprise's profile and sites?"""
    if user.roles.get(enterprise.pk) in {Membership.Role.OWNER, Membership.Role.CLERK}:
        return YES
    return _no(_("只有本企业的负责人或经办人可以修改企业资料。"))


def may_arrange(user: User, agency: Agency) -> Answer:
    """May this person keep rules, absences and text blocks of a bureau: its lead."""
    if agency.kind == Agency.Kind.BUREAU and any(
        post.agency_id == agency.pk and post.role == Posting.Role.LEAD for post in user.posts
    ):
        return YES
    return _no(_("只有本部门负责人可以安排。"))


def may_change_view(user: User, view: SavedView) -> Answer:
    """May this person change a saved view: its owner, or the lead of the bureau that shares it."""
    if view.owner_id == user.pk:
        return YES
    if view.shared_with is not None and may_arrange(user, view.shared_with):
        return YES
    return _no(_("只有保存人和本部门负责人可以修改这个视图。"))


def may_invite(user: User, agency: Agency) -> Answer:
    """May this person invite colleagues into the agency: its lead, or an administrator."""
    if user.is_superuser and user.is_active:
        return YES
    if any(post.agency_id == agency.pk and post.role == Posting.Role.LEAD for post in user.posts):
        return YES
    return _no(_("只有本部门负责人或平台管理员可以邀请同事。"))
