"""Messages of the pure modules: Chinese msgids that are translated when they are shown.

Nothing here needs Django to be set up: without settings the Chinese text itself is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Words:
    """A marked message with its values; ``str()`` translates it into the language of the moment."""

    __slots__ = ("msgid", "values")

    def __init__(self, msgid: str, values: dict[str, Any] | None = None) -> None:
        self.msgid = msgid
        self.values = values or {}

    def with_values(self, **values: Any) -> Words:
        """The same message with its named values filled in."""
        return Words(self.msgid, values)

    def __str__(self) -> str:
        text = _translate(self.msgid)
        return text % self.values if self.values else text

    def __repr__(self) -> str:
        return f"Words({self.msgid!r})"


def _(msgid: str) -> Words:
    """Mark a message for translation; makemessages finds it by this name."""
    return Words(msgid)


def _translate(msgid: str) -> str:
    try:
        from django.utils.translation import gettext

        return gettext(msgid)
    except Exception:  # noqa: BLE001  without Django or its settings the msgid is the message
        return msgid


class PlacedError(ValueError):
    """Something refused, with the place where it stands and the reason, both ready to be shown.

    `also` holds what else was wrong in the same input, in its order.
    """

    def __init__(self, place: str, reason: Words | str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason
        self.also: tuple[PlacedError, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else str(self.reason)


class Faults:
    """Gathers what is refused in one input, so that its sender hears of everything at once."""

    #: How many are told; a sender who made more mistakes begins with these.
    MOST = 50

    def __init__(self) -> None:
        self._found: list[PlacedError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note a PlacedError raised inside, with those that came with it, and go on behind it."""
        try:
            yield
        except PlacedError as fault:
            self._found += (fault, *fault.also)

    def raise_noted(self) -> None:
        """Raise the first fault that was noted, which carries the others; nothing without one."""
        if self._found:
            first, *others = self._found[: self.MOST]
            first.also = tuple(others)
            raise first
