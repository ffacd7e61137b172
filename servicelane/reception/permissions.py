"""What one may be allowed to do at the desk (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    GREET = "reception.greet"
    STAND_IN = "reception.stand_in"
    RECEIVE = "reception.receive"
    HAND_OVER = "reception.hand_over"
