"""Tags of the reviewer's document: points beside their place, cells of the roster."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from filings.models import Correction, RosterRow
from filings.queries.differences import cell_words

register = template.Library()


@register.simple_tag
def points_at(notes: Mapping[str, list[Correction]], section: str, path: Any = "") -> Any:
    """The points about one place; an empty list where there are none."""
    return notes.get(f"{section}:{path}", [])


@register.simple_tag
def quantity(value: Any) -> str:
    """A quantity without idle zeros behind the point: 1,000 or 0.5; a dash for None."""
    if value is None or value == "":
        return "—"
    plain = f"{Decimal(value):,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@register.filter
def cell(row: RosterRow, name: str) -> str:
    """One cell of the roster in words; a dash where nothing is given."""
    return cell_words(row, name) or "—"
