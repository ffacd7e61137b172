"""What one may be allowed to do in dispatch (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    ASSIGN_WORK = "schedule.assign_work"
