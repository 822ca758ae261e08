"""What is found in a file of official texts: documents, their sections, measures and remarks.

Every wording is kept as it is printed, in its script and with its marks; only broken lines are
joined and the spaces of typesetting are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: What a person should look at, by code; `place` is a line of the file, counted from 1.
_REMARKS: dict[str, Any] = {
    "gap": _("第 %(place)s 行：编号从 %(before)s 跳到 %(found)s，中间可能缺条。"),
    "back": _("第 %(place)s 行：编号 %(found)s 出现在 %(before)s 之后，请核对次序。"),
    "no_departments": _("第 %(place)s 行：%(found)s 没有写责任单位。"),
    "open_bracket": _("第 %(place)s 行：%(found)s 的责任单位括号没有写完。"),
    "no_measures": _("第 %(place)s 行起的文件里没有编号的条。"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something doubtful in the split; as text it is a sentence in the reader's language."""

    code: str
    place: int
    before: str = ""
    found: str = ""

    def __str__(self) -> str:
        values = {"place": self.place, "before": self.before, "found": self.found}
        return str(_REMARKS[self.code]) % values


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a measure up to a bracket of departments, and the names in it as printed."""

    text: str
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading without number of a measure, and what stands under it before the next number."""

    label: str
    heading: str
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A numbered measure.

    `label` is its number as printed, `path` the headings above it from the outside in, `text` its
    whole wording without the label and with its brackets, `parts` the same bracket by bracket.
    """

    number: int
    label: str
    path: tuple[str, ...]
    text: str
    parts: tuple[Part, ...]
    place: int

    @property
    def section(self) -> str:
        """The heading right above it, or nothing."""
        return self.path[-1] if self.path else ""

    @property
    def heading(self) -> str:
        """The first sentence where it is short enough to be a heading."""
        first, stop, _rest = self.text.partition("。")
        return first if stop and len(first) <= 40 and "\n" not in first else ""

    @property
    def departments(self) -> tuple[str, ...]:
        """All departments of the measure as printed, each once, in their order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.departments))


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file, from its head to its tail.

    `number` is empty where none is printed. `head` are the lines of title and issuer,
    `addressees` the line that ends in a colon, `preamble` the paragraphs before the first number,
    `closing` those after the last measure, `tail` what follows: attachments, imprint. `enclosed`
    is the title of the text that a covering notice brings, `dates` the lines that are only a date.
    """

    number: str = ""
    head: tuple[str, ...] = ()
    addressees: str = ""
    preamble: tuple[str, ...] = ()
    enclosed: str = ""
    dates: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    measures: tuple[Measure, ...] = ()
    closing: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    place: int = 1
    remarks: tuple[Remark, ...] = ()

    @property
    def names_departments(self) -> bool:
        """Whether any measure says who is responsible."""
        return any(measure.departments for measure in self.measures)

    def wording(self) -> str:
        """Everything that the document says, for recognising it."""
        sections = (line for one in self.sections for line in (one.heading, one.text))
        measures = (measure.text for measure in self.measures)
        return "\n".join(
            [*self.head, self.addressees, *self.preamble, *sections, *measures, *self.closing]
        )


@dataclass(frozen=True, slots=True)
class Split:
    """The documents of a file.

    `apart` are those that name no responsible departments where others do: a covering guide.
    """

    documents: tuple[Document, ...]
    apart: tuple[Document, ...] = ()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """All that is doubtful, from the top of the file to its end."""
        return tuple(
            sorted(
                (remark for one in self.documents for remark in one.remarks),
                key=lambda remark: remark.place,
            )
        )
