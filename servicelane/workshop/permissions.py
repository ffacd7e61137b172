"""What one may be allowed to do in the workshop (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    CLOCK = "workshop.clock"
    CLOCK_FOR_OTHERS = "workshop.clock_for_others"
    INSPECT = "workshop.inspect"
    RELEASE_INSPECTION = "workshop.release_inspection"
    WASH = "workshop.wash"
    STOP_WORK = "workshop.stop_work"
