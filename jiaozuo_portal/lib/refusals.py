"""The one way in which the portal says no."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """An action that is not possible now.

    `message` can be shown to the person; `rule` is the clause it rests on, `details` what exactly
    stands in the way, one line each.
    """

    def __init__(
        self, message: Promise | str, *, rule: str = "", details: list[str] | None = None
    ) -> None:
        self.message = str(message)
        self.rule = rule
        self.details = details or []
        super().__init__(self.message)


class NotAllowed(Refused):
    """This person may not do that; answered with 403."""


class Stale(Refused):
    """The page is older than the filing: somebody else acted meanwhile; answered with 409."""
