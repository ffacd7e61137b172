"""What one may be allowed to do with bookings (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_BOOKINGS = "booking.see_bookings"
    WRITE_BOOKINGS = "booking.write_bookings"
