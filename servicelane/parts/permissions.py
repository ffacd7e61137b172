"""What one may be allowed to do with the catalogue and the stock (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_STOCK = "parts.see_stock"
    SEE_COST = "parts.see_cost"
    MOVE_STOCK = "parts.move_stock"
    ADJUST_STOCK = "parts.adjust_stock"
    GO_BELOW_ZERO = "parts.go_below_zero"
    MANAGE_CATALOGUE = "parts.manage_catalogue"
