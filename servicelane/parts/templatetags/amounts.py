"""Movements, unit costs and rates as the pages about parts draw them."""

from decimal import Decimal

from django import template

from ..costing import plain

register = template.Library()
PLUS, MINUS, YUAN = "+", "\u2212", "\u00a5"


@register.filter
def moved(value: Decimal) -> str:
    """Write a movement's quantity with its sign: `+4`, or with a true minus what went out."""
    whole, point, rest = plain(abs(value)).partition(".")
    return f"{PLUS if value > 0 else MINUS}{int(whole):,}{point}{rest}"


@register.filter
def unit_cost(value: Decimal | None) -> str:
    """Write the cost of one unit in yuan with up to six decimals, two at least (empty for None)."""
    if value is None:
        return ""
    whole, _point, rest = f"{value:,.6f}".partition(".")
    return f"{YUAN}{whole}.{rest[:2]}{rest[2:].rstrip('0')}"


@register.filter
def percent(value: Decimal) -> str:
    """Write a share as a percentage: `13 %`."""
    return f"{plain(value * 100)} %"
