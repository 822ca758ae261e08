"""Log lines without personal data."""

import logging
import re

# A resident id (18 characters, or the 15 digits of the old form) and a mobile number, where no
# further digit or letter stands beside them: the hex of a token is not cut in two.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14}|(?:\+?86)?1[3-9][0-9]{9})"
    r"(?![0-9A-Za-z])"
)


def mask_personal(text: str) -> str:
    """The text with every resident id and mobile number replaced by stars."""
    return _PERSONAL.sub(lambda found: "*" * len(found.group()), text)


class MaskingFormatter(logging.Formatter):
    """Masks the whole line, tracebacks included: the last net under code that logs ids only."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_personal(super().format(record))
