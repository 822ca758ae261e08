"""Figures of the supplies ledger."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import template

register = template.Library()


@register.filter
def quantity(value: Any) -> str:
    """A quantity with its thousands parted and no needless zeros: 1000.500 is 1,000.5."""
    try:
        number = Decimal(str(value)).normalize()
    except InvalidOperation:
        return "—"
    return f"{number:,f}"
