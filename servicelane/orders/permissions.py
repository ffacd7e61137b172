"""What one may be allowed to do with repair orders (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_ORDERS = "orders.see_orders"
    WRITE_ORDERS = "orders.write_orders"
    REPORT_FINDINGS = "orders.report_findings"
    ISSUE_PARTS = "orders.issue_parts"
    CANCEL_ORDERS = "orders.cancel_orders"
    REOPEN_ORDERS = "orders.reopen_orders"
    RELEASE_WORK = "orders.release_work"
    MANAGE_CATALOGUE = "orders.manage_catalogue"
