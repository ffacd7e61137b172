"""Money in and out: payments, money paid back, and what is put on account by right (BIL-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.orders.writing import fen, tell
from servicelane.people.models import Employee

from . import errors, events
from .account_services import allow
from .bills import said
from .models import MONEY, Invoice, Payment, Way
from .writing import take_invoice


@dataclass(frozen=True, slots=True)
class Paid:
    """One amount in yuan and how it came; `reference` is its receipt, or why it is put on account."""

    way: Way
    amount: Decimal
    reference: str = ""


@transaction.atomic
def take_payment(
    invoice: Invoice, paid: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Book a payment on `invoice`, in parts if need be; on account lets the customer pay later (BIL-2).

    Works after hand-over too. Raises AmountRefused, TooMuchPaid, InvoiceCredited, OrderChanged, and on
    account ReasonMissing, OnAccountNotAllowed and OverLimit (see `account_services.allow`).
    """
    _check_amount(invoice, paid.amount)
    if paid.way == Way.DEPOSIT:
        # A deposit comes onto an invoice by the settlement alone, which takes it off the order.
        raise errors.AmountRefused(invoice=invoice, amount=paid.way.label)
    puts_off = paid.way == Way.ON_ACCOUNT
    order = take_invoice(invoice, version)
    most = invoice.open if puts_off else invoice.owed
    if paid.amount > most:
        raise errors.TooMuchPaid(invoice=invoice, amount=said(paid.amount), owed=said(most))
    told: dict[str, Any] = {}
    if puts_off:
        allowed = allow(invoice, paid.amount, paid.reference, by=by, at=at)
        # What was put off first keeps its day: a second part does not move it.
        invoice.due_on = invoice.due_on or allowed.due_on
        invoice.on_account += paid.amount
        told = {"due": invoice.due_on.isoformat(), **({"over": fen(allowed.over)} if allowed.over else {})}
    else:
        invoice.paid += paid.amount
    payment = _book(invoice, paid, by, at)
    tell(
        events.PAID, order, by=by, at=at, note=paid.reference if puts_off else "",
        invoice=invoice.pk, payer=str(invoice.payer_kind), way=str(paid.way), amount=fen(paid.amount),
        owed=fen(invoice.owed), **told,
    )  # fmt: skip
    return payment


@transaction.atomic
def refund(
    invoice: Invoice, back: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Pay money back that was received for `invoice`; `reference` says why (BIL-2).

    Raises AmountRefused, RefundTooHigh, ReasonMissing, InvoiceCredited, OrderChanged.
    """
    order = take_invoice(invoice, version)
    _check_amount(invoice, back.amount)
    if back.way not in MONEY:
        raise errors.AmountRefused(invoice=invoice, amount=back.way.label)
    if not back.reference.strip():
        raise errors.ReasonMissing(what=_("Paying back on {invoice}").format(invoice=invoice))
    if back.amount > invoice.paid:
        raise errors.RefundTooHigh(invoice=invoice, amount=said(back.amount), paid=said(invoice.paid))
    invoice.paid -= back.amount
    payment = _book(invoice, Paid(back.way, -back.amount, back.reference), by, at)
    tell(
        events.REFUNDED, order, by=by, at=at, note=back.reference,
        invoice=invoice.pk, payer=str(invoice.payer_kind), way=str(back.way), amount=fen(back.amount),
        owed=fen(invoice.owed),
    )  # fmt: skip
    return payment


def _check_amount(invoice: Invoice, amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0 or amount * 100 % 1:
        raise errors.AmountRefused(invoice=invoice, amount=amount)


def _book(invoice: Invoice, paid: Paid, by: Employee, at: datetime | None) -> Payment:
    invoice.is_owed = invoice.owed > 0
    invoice.save(update_fields=["paid", "on_account", "due_on", "is_owed"])
    return Payment.objects.create(
        invoice=invoice,
        way=paid.way,
        amount=paid.amount,
        reference=paid.reference.strip()[:120],
        taken_at=at or now(),
        taken_by=by,
    )
