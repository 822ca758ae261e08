"""Text that is put into the reader's language when it is shown, not when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language


class Phrase:
    """A lazy message with its values: `Phrase(_("第 %(row)s 行"), row=3)`.

    The lazy strings of Django turn into plain text as soon as `%` meets them, which would freeze
    the language of whoever happened to read the file.
    """

    __slots__ = ("_message", "_values")

    def __init__(self, message: Any, **values: Any) -> None:
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return str(self._message) % self._values

    def __repr__(self) -> str:
        return f"Phrase({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


@dataclass(frozen=True, slots=True)
class Words:
    """A term that carries both its languages: the heading of a column, an allowed answer."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


class BadValue(ValueError):
    """A value that is refused.

    `message` says what is wrong and `expected` what would be right; both can be shown to the
    person, and neither ever holds the value itself.
    """

    def __init__(self, message: Any, expected: Any) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
