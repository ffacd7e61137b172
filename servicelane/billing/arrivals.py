"""What billing does when a booked car is received: its order has the deposit from then on (BKG-7)."""

from __future__ import annotations

from datetime import datetime

from servicelane.booking.arrivals import on_arrival
from servicelane.booking.models import Booking
from servicelane.orders.models import RepairOrder
from servicelane.people.guards import By

from .booked_deposit_services import carry


@on_arrival
def deposit(booking: Booking, order: RepairOrder, by: By, at: datetime | None) -> None:
    """Hand the deposit over to the order. One query, three statements more where there is one."""
    carry(booking, order, by=by, at=at)
