"""Settling a visit and taking a settlement back: one invoice for each payer (BIL-1, RO-9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.order_services import advance, reopen
from servicelane.orders.writing import take, tell
from servicelane.people.models import Employee

from . import errors, events
from .bills import Bill, amounts_of, authorised, bills_of, discounted, lines_of, said
from .deposit_services import use_deposit
from .discounts import excess_of, limit_of, share_of
from .models import NOTHING, DiscountRelease, Invoice, InvoiceLine, InvoiceState, PayerKind
from .numbering import next_invoice_number
from .writing import take_invoice


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is decided at settlement: the discount on the customer's bill in percent, and why."""

    discount_percent: Decimal = Decimal(0)
    reason: str = ""


@transaction.atomic
def settle(
    order: RepairOrder,
    wanted: Settlement | None = None,
    *,
    by: Employee,
    version: int | None = None,
    at: datetime | None = None,
) -> list[Invoice]:
    """Issue an invoice to every payer of `order` and move it to settled; its deposit pays (BIL-1, BIL-2).

    Raises StillOpen with what is open (RO-9), AboveAuthorised, DiscountRefused, DiscountTooHigh with who
    can release it, ReasonMissing, WrongMoment, OrderChanged.
    """
    decided = wanted or Settlement()
    share = share_of(order, decided.discount_percent)
    take(order, version, during=(Status.READY,))
    bills = bills_of(order)
    _check_authorised(order, bills)
    if share:
        bills = [_with_discount(order, bill, share, decided.reason, by) for bill in bills]
    advance(order, Status.SETTLED, by=by, at=at, note=decided.reason if share else "")
    issued = [_invoice(order, bill, by, at or now()) for bill in bills]
    for invoice, lines in issued:
        tell(
            events.INVOICED, order, by=by, at=at,
            invoice=invoice.pk, payer=str(invoice.payer_kind), **amounts_of(lines),
        )  # fmt: skip
    for invoice, _lines in issued:
        if invoice.payer_kind == PayerKind.CUSTOMER:
            use_deposit(order, invoice, by=by, at=at)
    return [invoice for invoice, _lines in issued]


def _check_authorised(order: RepairOrder, bills: Iterable[Bill]) -> None:
    agreed = authorised(order)
    for bill in bills:
        if bill.gross > agreed[bill.payer]:
            raise errors.AboveAuthorised(
                order=order,
                payer=bill.payer.label,
                billed=said(bill.gross),
                agreed=said(agreed[bill.payer]),
            )


def _with_discount(order: RepairOrder, bill: Bill, share: Decimal, reason: str, by: Employee) -> Bill:
    if bill.payer is not PayerKind.CUSTOMER:
        return bill
    if not reason.strip():
        raise errors.ReasonMissing(what=_("The discount on {order}").format(order=order))
    if excess := excess_of(order, bill, share, by):
        raise excess.refusal()
    return discounted(bill, share)


def _invoice(order: RepairOrder, bill: Bill, by: Employee, at: datetime) -> tuple[Invoice, list[InvoiceLine]]:
    lines = lines_of(bill)
    invoice = Invoice.objects.create(
        order=order,
        store=order.store,
        payer_kind=bill.payer,
        payer=order.customer if bill.payer is PayerKind.CUSTOMER else None,
        number=next_invoice_number(order.store, at),
        gross=bill.gross,
        net=sum((line.net for line in lines), NOTHING),
        tax=sum((line.tax for line in lines), NOTHING),
        discount=bill.discount,
        is_owed=bill.gross > 0 and bill.payer is not PayerKind.INTERNAL,
        issued_at=at,
        issued_by=by,
    )
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    return invoice, lines


@transaction.atomic
def release_discount(
    order: RepairOrder,
    percent: Decimal,
    reason: str,
    *,
    by: Employee,
    version: int | None = None,
    at: datetime | None = None,
) -> DiscountRelease:
    """Allow a discount of up to `percent` on the customer's bill of `order`, whoever settles it (BIL-1).

    Raises DiscountTooHigh above the own limit, DiscountRefused, ReasonMissing, WrongMoment.
    """
    share = share_of(order, percent)
    if not share:
        raise errors.DiscountRefused(order=order, percent=percent)
    if not reason.strip():
        raise errors.ReasonMissing(what=_("The release for {order}").format(order=order))
    take(order, version, during=(Status.QUALITY_CHECK, Status.READY))
    if share > limit_of(by, order.store):
        excess = excess_of(order, customers_bill(order), share, by)
        if excess:
            raise excess.refusal()
    release = DiscountRelease.objects.create(
        order=order, share=share, reason=reason.strip()[:300], released_by=by, released_at=at or now()
    )
    tell(events.DISCOUNT_RELEASED, order, by=by, at=at, note=reason, percent=int(percent * 100))
    return release


def customers_bill(order: RepairOrder) -> Bill:
    """Return the customer's bill of an order as it stands, before any discount. Two queries."""
    bills = [bill for bill in bills_of(order) if bill.payer is PayerKind.CUSTOMER]
    return bills[0] if bills else Bill(PayerKind.CUSTOMER, ())


@transaction.atomic
def credit(
    invoice: Invoice, reason: str, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> list[Invoice]:
    """Take invoices back by credit notes with numbers of their own; returns the credit notes.

    Before hand-over all invoices of the order are credited and it goes back to ready, to be settled anew;
    an exit pass that was issued is void. After hand-over only `invoice` is credited. Raises ReasonMissing,
    PaymentsStillOn while money is on one of them, InvoiceCredited, OrderChanged.
    """
    if not reason.strip():
        raise errors.ReasonMissing(what=_("The credit of {invoice}").format(invoice=invoice))
    order = take_invoice(invoice, version)
    is_delivered = order.status == Status.DELIVERED
    invoices = [invoice] if is_delivered else standing(order)
    for one in invoices:
        if one.paid:
            raise errors.PaymentsStillOn(order=order, invoice=one, paid=said(one.paid))
    moment = at or now()
    if not is_delivered:
        order.exit_passes.filter(voided_at=None).update(voided_at=moment)
    notes = []
    for one in invoices:
        Invoice.objects.filter(pk=one.pk).update(state=InvoiceState.CREDITED, is_owed=False)
        one.state, one.is_owed = InvoiceState.CREDITED, False
        note, lines = _credit_note(one, reason.strip()[:300], by, moment)
        notes.append(note)
        tell(
            events.CREDITED, order, by=by, at=at, note=reason,
            invoice=one.pk, credit=note.pk, payer=str(one.payer_kind), **amounts_of(lines),
        )  # fmt: skip
    if not is_delivered:
        reopen(order, Status.READY, by=by, reason=reason, credited=True)
    return notes


def standing(order: RepairOrder) -> list[Invoice]:
    """Return the invoices of an order that are payable. One query."""
    # Asked for invoices that credit none, SQLite would look through all of them, of all orders.
    return [one for one in order.invoices.filter(state=InvoiceState.ISSUED) if one.credit_of_id is None]


def _credit_note(
    invoice: Invoice, reason: str, by: Employee, at: datetime
) -> tuple[Invoice, list[InvoiceLine]]:
    lines = list(invoice.lines.all())
    for line in lines:
        line.pk = None
        line._state.adding = True
        line.quantity, line.minutes = -line.quantity, timedelta(0) - line.minutes
        line.gross, line.discount = -line.gross, -line.discount
        line.net, line.tax = -line.net, -line.tax
    note = Invoice.objects.create(
        order=invoice.order,
        store=invoice.store,
        payer_kind=invoice.payer_kind,
        payer=invoice.payer,
        number=next_invoice_number(invoice.store, at),
        gross=-invoice.gross,
        net=-invoice.net,
        tax=-invoice.tax,
        discount=-invoice.discount,
        credit_of=invoice,
        reason=reason,
        issued_at=at,
        issued_by=by,
    )
    for line in lines:
        line.invoice = note
    InvoiceLine.objects.bulk_create(lines)
    return note, lines
