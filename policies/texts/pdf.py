"""The text of a PDF, page by page.

SECURITY: a page is a small program, and a file of a few kilobytes can make it a very long one. So
the parser gets limits, and the operators that it runs are counted over the whole file.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError

from .limits import MOST_CHARACTERS
from .refusals import Unreadable

MOST_PAGES = 300
MOST_OPERATORS = 2_000_000
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": 20_000_000,
    "array_based_stream_maximum_output_length": 10_000_000,
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 10_000_000,
    "run_length_maximum_output_length": 10_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
    "page_tree_maximum_entries": 10_000,
    "page_tree_maximum_page_entries": 100_000,
    "xform_maximum_invocations_per_extraction": 500,
}
_REFUSED = (LimitReachedError, RecursionError, MemoryError)


class _Counter:
    """Counts the operators of all pages and stops at the limit."""

    def __init__(self) -> None:
        self.left = MOST_OPERATORS

    def __call__(self, *_operator: Any) -> None:
        self.left -= 1
        self.check()

    def check(self) -> None:
        """Refuse when the limit is passed: within a form the parser swallows what is raised."""
        if self.left < 0:
            raise Unreadable("too_complex")


def pages_of(content: bytes) -> list[str]:
    """The text of each page from the first to the last; a page without text is empty.

    Raises Unreadable: broken, with a password, too many pages, or too much on them.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every fault that it mends
    try:
        with apply_configuration(**_LIMITS):
            return _pages(content)
    except Unreadable:
        raise
    except _REFUSED as error:
        raise Unreadable("too_complex") from error
    except Exception as error:  # a broken file makes the parser raise anything
        raise Unreadable("damaged") from error


def _pages(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    # A file that only forbids printing or copying opens without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise Unreadable("too_many_pages", pages=count, most=MOST_PAGES)
    counter, room, pages = _Counter(), MOST_CHARACTERS, []
    for page in reader.pages:
        pages.append(page.extract_text(visitor_operand_before=counter))
        counter.check()
        room -= len(pages[-1])
        if room < 0:
            raise Unreadable("too_long", most=MOST_CHARACTERS)
    return pages
