"""Reads for the pages of bookings: one function for one screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from servicelane.org.models import Store
from servicelane.org.queries import Hours, open_hours
from servicelane.people.models import Employee

from .models import Booking, BookingStatus, hours_of
from .queries import bookings_on

LATE = timedelta(minutes=15)
"""How long after the booked time a car that has not come is overdue."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One line of the day table; `is_late` when the car should have come and did not."""

    booking: Booking
    is_late: bool


@dataclass(frozen=True, slots=True)
class BookingDay:
    """The day table of one store (BKG-3)."""

    day: date
    today: date
    hours: Hours | None
    rows: list[BookingRow]

    @property
    def before(self) -> str:
        """The day before, as an address names it."""
        return (self.day - timedelta(days=1)).isoformat()

    @property
    def after(self) -> str:
        """The day after, as an address names it."""
        return (self.day + timedelta(days=1)).isoformat()

    @property
    def expected(self) -> int:
        """How many cars are still to come."""
        return sum(row.booking.is_coming for row in self.rows)

    @property
    def came(self) -> int:
        """How many booked cars came."""
        return self._count(BookingStatus.ARRIVED)

    @property
    def missed(self) -> int:
        """How many did not come."""
        return self._count(BookingStatus.NO_SHOW)

    @property
    def kept(self) -> int:
        """How many are not called off."""
        return len(self.rows) - self._count(BookingStatus.CANCELLED)

    @property
    def labour(self) -> Decimal:
        """The expected labour of all that came or still come, in hours."""
        over = (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)
        return hours_of(
            sum((row.booking.minutes for row in self.rows if row.booking.status not in over), timedelta())
        )

    def _count(self, status: BookingStatus) -> int:
        return sum(row.booking.status == status for row in self.rows)


def booking_day(viewer: Employee, store: Store, day: date, today: date, at: datetime) -> BookingDay:
    """The bookings of one day of a store by time, seen at a moment. Three queries."""
    rows = [
        BookingRow(booking, booking.is_coming and booking.starts_at + LATE < at)
        for booking in bookings_on(viewer, store, day)
    ]
    return BookingDay(day, today, open_hours(store, day), rows)
