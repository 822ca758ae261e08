"""How large a file may be before it is opened, and the one exception that refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of a file; sizes in bytes.

    They are set so that the worst file within them stays under 300 MB of memory and 5 s: rows
    and columns may each be large, `cells` bounds their product.
    """

    file: int = 20 * MIB
    unzipped: int = 200 * MIB
    sheet_parts: int = 100 * MIB  # worksheets, shared strings and styles, unzipped, together
    book_parts: int = 4 * MIB  # the list of sheets and its relations: read into memory whole
    ratio: int = 250  # unzipped to zipped, of one part larger than 1 MiB
    parts: int = 2000
    sheets: int = 40
    rows: int = 20_000
    columns: int = 60
    cells: int = 600_000
    cell_characters: int = 32_767
    text: int = 32 * MIB  # of all cells that share strings, each with its own copy


STANDARD = Limits()


class SheetRefused(Exception):
    """A file that is not read at all.

    `key` names the reason for code and tests; `message` is shown to the person and says what is
    wrong and what to do.
    """

    def __init__(self, key: str, message: Any) -> None:
        super().__init__(key)
        self.key = key
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
