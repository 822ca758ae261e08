"""Words put together with the punctuation of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


def listed(words: Iterable[object]) -> str:
    """Words in a row, without the empty ones: 甲、乙、丙."""
    return _("、").join(said for word in words if (said := str(word)))


def labelled(label: object, text: object) -> str:
    """What something is called and what is said of it: 标签：内容."""
    return _("%(label)s：%(text)s") % {"label": label, "text": text}


def remarked(text: object, remark: object) -> str:
    """A text with something by the way: 口罩（只）."""
    return _("%(text)s（%(remark)s）") % {"text": text, "remark": remark}
