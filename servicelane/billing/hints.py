"""What billing tells the advisor at the check-in: what the customer still owes (RCP-4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicelane.orders.hints import Hint, Weight, hint
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .account_services import Standing, account_of, standing_of
from .bills import said
from .models import Invoice
from .permissions import Perm

NEARLY_FULL = Decimal("0.8")
"""The share of its limit from which an account is nearly full."""


@hint(rank=40)
def unpaid(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """Invoices of earlier visits that the customer has not paid in full. One query, two for an account.

    What is on an account is told by the account alone: once, and only when it is overdue or nearly full.
    """
    if not viewer.may(Perm.SEE_MONEY, order.store):
        return
    account = account_of(order.customer_id)
    owed = Invoice.objects.filter(
        order__customer_id=order.customer_id, store_id=order.store_id, is_owed=True
    ).exclude(order_id=order.pk)
    for invoice in owed.order_by("issued_at"):
        if account and invoice.payer_id and not invoice.open:
            continue
        yield Hint(
            Weight.STOP,
            _("{invoice} is unpaid: {owed}").format(invoice=invoice, owed=said(invoice.owed)),
            _("Speak of it before new work is agreed."),
            reverse("billing:invoice", args=[invoice.pk]),
        )
    if account:
        yield from _account(standing_of(account, today_in(order.store)))


def _account(standing: Standing) -> Iterator[Hint]:
    url = reverse("billing:receivable", args=[standing.account.customer_id])
    if standing.oldest:
        yield Hint(
            Weight.STOP,
            _("The account is overdue: {overdue} since {day}").format(
                overdue=said(standing.overdue), day=date_format(standing.oldest, "SHORT_DATE_FORMAT")
            ),
            _("Speak of it before new work is agreed."),
            url,
        )
    if standing.open and standing.account.limit and standing.open >= standing.account.limit * NEARLY_FULL:
        yield Hint(
            Weight.MIND,
            _("The account is nearly full: {open} of {limit}").format(
                open=said(standing.open), limit=said(standing.account.limit)
            ),
            _("Only {free} can still be put on it; agree how the rest is paid.").format(
                free=said(standing.free)
            ),
            url,
        )
