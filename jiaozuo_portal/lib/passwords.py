"""What a password must be, in words that exist in both languages of the portal."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LongEnough:
    """At least so many characters. Django's own message of this has no Chinese text."""

    def __init__(self, min_length: int = 10) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a shorter password."""
        if len(password) < self.min_length:
            raise ValidationError(
                _("密码太短，至少要 %(least)s 位。") % {"least": self.min_length},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        """The rule, for a hint."""
        return _("密码至少要 %(least)s 位。") % {"least": self.min_length}
