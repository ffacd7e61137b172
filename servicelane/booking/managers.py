"""Reads of bookings on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from servicelane.org.managers import InStoreQuerySet

if TYPE_CHECKING:
    from .models import Booking  # noqa: F401 - named in quotes below


class BookingQuerySet(InStoreQuerySet["Booking"]):
    """Bookings; `visible_to` narrows to the stores where the viewer holds the right."""

    def with_car(self) -> Self:
        """Read the car, the customer, the advisor and the order along."""
        return self.select_related("vehicle", "customer", "advisor", "order", "store__region")
