"""What one may be allowed to do with people, roles, shifts and terminals (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_TODAY = "people.see_today"
    SEE_PEOPLE = "people.see_people"
    MANAGE_PEOPLE = "people.manage_people"
    GRANT_ROLES = "people.grant_roles"
    PLAN_SHIFTS = "people.plan_shifts"
    REGISTER_TERMINALS = "people.register_terminals"
    USE_TERMINAL = "people.use_terminal"
