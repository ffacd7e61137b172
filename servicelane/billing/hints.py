"""What billing tells the advisor at the check-in: what the customer still owes (RCP-4)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.hints import Hint, Weight, hint
from servicelane.orders.models import RepairOrder
from servicelane.people.models import Employee

from .bills import said
from .models import Invoice
from .permissions import Perm


@hint(rank=40)
def unpaid(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """Invoices of earlier visits that the customer has not paid in full. One query."""
    if not viewer.may(Perm.SEE_MONEY, order.store):
        return
    owed = Invoice.objects.filter(
        order__customer_id=order.customer_id, store_id=order.store_id, is_owed=True
    ).exclude(order_id=order.pk)
    for invoice in owed.order_by("issued_at"):
        yield Hint(
            Weight.STOP,
            _("{invoice} is unpaid: {owed}").format(invoice=invoice, owed=said(invoice.owed)),
            _("Speak of it before new work is agreed."),
            reverse("billing:invoice", args=[invoice.pk]),
        )
