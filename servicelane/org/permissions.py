"""What one may be allowed to do with the organisation, its places and its rules (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_SETTINGS = "org.see_settings"
    MANAGE_STORES = "org.manage_stores"
    MANAGE_BAYS = "org.manage_bays"
    MANAGE_CALENDAR = "org.manage_calendar"
    SET_RULES = "org.set_rules"
