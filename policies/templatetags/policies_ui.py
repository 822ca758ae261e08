"""How the pages of policies show figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def yuan(amount: Decimal | None) -> str:
    """An amount with its thousands parted; cents only where there are some; a dash for none."""
    if amount is None:
        return "—"
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


@register.filter
def less(amount: Decimal) -> Decimal:
    """How much less a negative difference is."""
    return -amount


@register.filter
def of(found: Mapping[str, Any], key: str) -> Any:
    """What was found for a key, or None: `{{ quotes|of:card.key }}`."""
    return found.get(key) if found else None
