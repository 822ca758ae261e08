"""Who may answer for an enterprise, and whose declarations one reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from filings.public import Enterprise, NotAllowed, User, may_edit_enterprise


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
