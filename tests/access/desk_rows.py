"""What stands in the book of one store: a car that comes tomorrow; every text begins with the mark."""

from __future__ import annotations

from datetime import time, timedelta

from servicelane.booking.models import Booking
from servicelane.booking.services import NewBooking, Times, book
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import local_moment, today_in
from servicelane.people.models import Employee


def booking_row(order: RepairOrder, mark: str, boss: Employee) -> Booking:
    """The car of an order, booked again for tomorrow at ten."""
    at = local_moment(order.store, today_in(order.store) + timedelta(days=1), time(10))
    times = Times(at, boss, work=f"{mark} wish")
    new = NewBooking(times, vehicle=order.vehicle, customer=order.customer)
    return book(order.store, new, by=boss)
