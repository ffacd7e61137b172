"""How a write about money begins: the order's row is taken, also after the car has left."""

from __future__ import annotations

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.versions import rise
from servicelane.orders.errors import OrderChanged
from servicelane.orders.models import RepairOrder
from servicelane.orders.writing import changes_since

from . import errors
from .models import Invoice


def take_invoice(invoice: Invoice, seen: int | None = None) -> RepairOrder:
    """Begin a write on `invoice`: take its order's next version and read the invoice as it is now.

    The order's row is held until the transaction ends, so of two cashiers the second finds what the
    first took. Unlike `orders.writing.take` it also works after hand-over: receivables are paid when the
    car is gone. Raises OrderChanged, and InvoiceCredited for an invoice that does not stand. Two statements.
    """
    order = invoice.order
    read = order.version if seen is None else seen
    try:
        rise(order, seen)
    except ChangedMeanwhile:
        raise OrderChanged(order=order, what=changes_since(order, read)) from None
    invoice.refresh_from_db(fields=["state", "gross", "paid", "on_account", "due_on"])
    if not invoice.stands:
        raise errors.InvoiceCredited(invoice=invoice)
    return order
