"""What one may be allowed to do at the desk (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    RECEIVE = "reception.receive"
    HAND_OVER = "reception.hand_over"
