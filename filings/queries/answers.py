"""What was filled in, for reading: the check page, and a section that cannot be edited now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filings.sections import Rows, Section, gaps, shown
from filings.sections.spec import Text


@dataclass(frozen=True, slots=True)
class Answer:
    """One field: `value` is what a page shows, phones masked; `gap` what is still wrong with it."""

    path: str
    label: Text
    value: str
    kind: str
    unit: str
    rule: str
    gap: str

    @property
    def has_number(self) -> bool:
        """There is a sealed number behind the masked one."""
        return self.kind == "phone" and "*" in self.value


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of rows."""

    path: str
    label: str
    rule: str
    heads: list[str]
    rows: list[list[Answer]]
    gap: str


@dataclass(frozen=True, slots=True)
class Part:
    """One group of a section: single answers and lists in page order."""

    title: str
    items: list[Answer | Listing]


def answers_of(section: Section, data: Mapping[str, Any]) -> list[Part]:
    """Everything that was typed into a section, group by group."""
    wrong = {gap.path: str(gap.message) for gap in gaps(section, data)}

    def answer(spec: Any, typed: Any, path: str) -> Answer:
        value = shown(spec, typed)
        return Answer(
            path,
            # To put it in words takes longer than all the rest, and no page shows that of a cell.
            spec.label,
            value,
            spec.kind,
            spec.unit_behind(value),
            spec.rule,
            wrong.get(path, ""),
        )

    def listing(rows: Rows) -> Listing:
        return Listing(
            rows.name,
            str(rows.label),
            rows.rule,
            [str(column.label) for column in rows.fields],
            [
                [
                    answer(column, row.get(column.name), f"{rows.name}.{row['id']}.{column.name}")
                    for column in rows.fields
                ]
                for row in data.get(rows.name) or []
            ],
            wrong.get(rows.name, ""),
        )

    return [
        Part(
            str(group.title),
            [
                listing(item)
                if isinstance(item, Rows)
                else answer(item, data.get(item.name), item.name)
                for item in group.items
            ],
        )
        for group in section.groups
    ]
