"""Reads for the pages of the desk: one function for one screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from servicelane.booking.models import Booking
from servicelane.booking.permissions import Perm as BookingPerm
from servicelane.booking.queries import expected_on
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .permissions import Perm


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits at the desk, the longest first, and which booked cars are still to come today (BKG-8)."""

    waiting: list[RepairOrder]
    coming: list[Booking]
    at: datetime


def queue(viewer: Employee, store: Store, at: datetime) -> Queue:
    """The arrival queue of a store. Two queries."""
    waiting = RepairOrder.objects.visible_to(viewer, Perm.RECEIVE).filter(store=store, status=Status.ARRIVED)
    coming = (
        list(expected_on(viewer, store, today_in(store)))
        if viewer.may(BookingPerm.SEE_BOOKINGS, store)
        else []
    )
    return Queue(list(waiting.with_car().order_by("arrived_at", "pk")), coming, at)
