"""What apps above do when a booked car is received: they announce themselves, none is imported.

    @on_arrival
    def carry(booking: Booking, order: RepairOrder, by: By, at: datetime | None) -> None: ...

Each runs in the transaction that opens the order, after it: what it raises refuses the arrival.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from servicelane.orders.models import RepairOrder
from servicelane.people.guards import By

from .models import Booking

Follower = Callable[[Booking, RepairOrder, By, "datetime | None"], None]
_followers: list[Follower] = []


def on_arrival(follower: Follower) -> Follower:
    """Announce what is to be done with a booking whose order has just been opened."""
    _followers.append(follower)
    return follower


def follow(booking: Booking, order: RepairOrder, by: By, at: datetime | None) -> None:
    """Let every app that announced itself do its part with a received booking."""
    for follower in _followers:
        follower(booking, order, by, at)
