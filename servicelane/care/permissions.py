"""What one may be allowed to do after the delivery: follow-up calls and complaints (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_CARE = "care.see_care"
    CALL = "care.call"
    HANDLE_COMPLAINTS = "care.handle_complaints"
    CLOSE_COMPLAINTS = "care.close_complaints"
