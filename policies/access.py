"""Who may answer for an enterprise, and whose declarations one reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from filings.public import Enterprise, NotAllowed, User, may_edit_enterprise
from policies.models import OfficialList


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


def may_declare(user: User, enterprise: Enterprise) -> Answer:
    """May this person answer questions for the enterprise: its owner and clerks, not viewers."""
    if may_edit_enterprise(user, enterprise):
        return Answer(True)
    return Answer(False, _("您的账号只能查看。请联系企业负责人或经办人回答。"))


def agency_of(user: User) -> int | None:
    """The agency for which somebody keeps lists; None for an administrator without a post."""
    posts = user.posts_of("policy", "city")
    return posts[0].agency_id if posts else None


def may_keep(user: User, official_list: OfficialList) -> Answer:
    """May this person write to a list: the agency that keeps it, or an administrator.

    A list that nobody keeps yet is taken on by the first policy or city agency that writes.
    """
    if user.is_superuser:
        return Answer(True)
    mine = {post.agency_id for post in user.posts_of("policy", "city")}
    if not mine:
        return Answer(False, _("名单由政策责任部门和市工信局维护。"))
    if official_list.keeper_id is None or official_list.keeper_id in mine:
        return Answer(True)
    return Answer(False, _("这份名单由别的部门维护，需要改动请联系维护部门。"))


def may_announce(user: User) -> Answer:
    """May this person announce values for everybody: policy and city officers, administrators."""
    if user.is_superuser or user.posts_of("policy", "city"):
        return Answer(True)
    return Answer(False, _("公布的数值由政策责任部门和市工信局维护。"))


def may_keep_texts(user: User) -> Answer:
    """May this person import and accept official texts: policy officers and administrators."""
    if user.is_superuser or user.posts_of("policy"):
        return Answer(True)
    return Answer(False, _("政策原文由政策部门的人员维护。"))
