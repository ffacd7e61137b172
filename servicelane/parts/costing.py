"""Moving average cost, and the limits of what can be moved (decision 0007). Pure arithmetic, no database."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError

from servicelane.kernel.fields import QuantityField, UnitCostField
from servicelane.kernel.money import to_fen

MOST_AT_ONCE = Decimal(1_000_000)
"""No movement is of more units than this: more is a slip of the keyboard."""
DEAREST = Decimal(10_000_000)
"""No unit costs more yuan than this, and no price is higher."""
_STEP = Decimal("0.000001")


def averaged(on_hand: Decimal, average: Decimal, quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Return the average cost of a unit after `quantity` came in at `unit_cost` each.

    (on hand × average + quantity × unit cost) / (on hand + quantity), rounded half up to 1/10 000 分. What
    comes in while nothing is on hand, or less than nothing, brings its own cost.
    """
    if on_hand <= 0:
        return unit_cost
    exact = (on_hand * average + quantity * unit_cost) / (on_hand + quantity)
    return exact.quantize(_STEP, rounding=ROUND_HALF_UP)


def worth(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Return the value of a signed quantity, rounded half up to 分 away from zero."""
    return to_fen(quantity * unit_cost)


def exact_quantity(value: Any) -> Decimal | None:
    """Return `value` with three decimals, None if it is no number, has more, or is absurdly large."""
    return _exact(QuantityField(), value, MOST_AT_ONCE)


def exact_cost(value: Any) -> Decimal | None:
    """Return `value` with six decimals, None if it is no number, has more, or is absurdly large."""
    return _exact(UnitCostField(), value, DEAREST)


def _exact(field: QuantityField | UnitCostField, value: Any, most: Decimal) -> Decimal | None:
    try:
        number = field.to_python(value)
    except ValidationError:
        return None
    return number if number is not None and abs(number) <= most else None


def thousandths(quantity: Decimal) -> int:
    """Return a quantity as a fact tells it."""
    return QuantityField().to_units(quantity)


def units_of_cost(unit_cost: Decimal) -> int:
    """Return a unit cost as a fact tells it, in 1/10 000 分."""
    return UnitCostField().to_units(unit_cost)


def fen(amount: Decimal) -> int:
    """Return an amount of money as a fact tells it, in 分."""
    return int(amount.scaleb(2))


def plain(quantity: Decimal) -> str:
    """Write a quantity without the zeros behind it."""
    return f"{quantity.normalize():f}"
