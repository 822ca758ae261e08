"""How the pages of policies show figures."""

from decimal import Decimal

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
