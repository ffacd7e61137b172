"""What one may be allowed to do with customers and vehicles (PLT-1, ARC-8)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_CUSTOMERS = "customers.see_customers"
    CHANGE_CUSTOMERS = "customers.change_customers"
    SHOW_PHONE = "customers.show_phone"
    TAKE_OVER = "customers.take_over"
