"""The demo's cashiers: the float counted in the morning, the till in the evening, now and then amiss."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from servicelane.billing.cash_services import Counted, close_day, open_day, proposed_float, uncounted
from servicelane.billing.models import CashDay, Way
from servicelane.kernel.clock import now

from .house import House

FLOAT = Decimal(500)
AMISS = 0.12
"""Share of the days on which the till does not agree."""
REASONS = ("找零时多找了，已登记", "零钱清点差异，明早复核", "客户零头未收")


def till(house: House, closes: datetime) -> Iterator[datetime]:
    """One day at the till of who is on duty first; a day that was left open is closed."""
    cashier = house.on_duty(house.crew.cashiers)[0] if house.crew.cashiers else None
    if cashier is None:
        return
    store = house.crew.store
    days = CashDay.objects.filter(store=store, cashier=cashier, closed_at=None).select_related("cashier")
    day = days.first()
    if day is None:
        if now() > closes:
            return
        day = open_day(store, proposed_float(store, cashier) or FLOAT, by=cashier)
    yield max(now(), closes + timedelta(minutes=10))
    day = days.get(pk=day.pk)
    draw = house.draw("till", day.opened_at)
    due = day.opening + sum(one.amount for one in uncounted(day) if one.way == Way.CASH)
    amiss = Decimal(draw.choice((-10, -5, -2, 1, 5))) if draw.random() < AMISS else Decimal(0)
    counted = max(due + amiss, Decimal(0))
    reason = draw.choice(REASONS) if counted != due else ""
    close_day(day, Counted(counted, min(FLOAT, counted), reason), by=cashier)
