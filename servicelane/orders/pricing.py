"""What labour and parts cost on an order, in yuan including VAT."""

from datetime import datetime, timedelta
from decimal import Decimal

from servicelane.kernel.money import to_fen
from servicelane.org.models import Store
from servicelane.org.queries import rule

from .errors import NoRate
from .models import LabourRate, PayType
from .rules import VAT_PERCENT

HOUR = timedelta(hours=1)
MOST_MINUTES = 100 * 60
MOST_QUANTITY = Decimal(10_000)
MOST_PRICE = Decimal(1_000_000)


def rate_of(store: Store, pay_type: PayType, at: datetime) -> Decimal:
    """Return yuan per hour of labour in `store` for a pay type at a moment. One query. Raises NoRate."""
    row = (
        LabourRate.objects.filter(store=store, pay_type=pay_type, valid_from__lte=at)
        .order_by("-valid_from", "-pk")
        .first()
    )
    if row is None:
        raise NoRate(store=store, pay_type=PayType(pay_type).label)
    return row.per_hour


def vat_rate_of(store: Store) -> Decimal:
    """Return the VAT rate on labour in `store` as a share. One query."""
    return Decimal(rule(store, VAT_PERCENT)) / 100


def labour_price(minutes: timedelta, per_hour: Decimal) -> Decimal:
    """Price of labour: hours × rate, rounded half up to 分 (RCP-5)."""
    return to_fen(per_hour * Decimal(minutes // timedelta(minutes=1)) / 60)


def parts_price(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Price of parts: quantity × unit price, rounded half up to 分 (RCP-5)."""
    return to_fen(quantity * unit_price)
