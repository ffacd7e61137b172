"""What must hold in the books of billing: `servicelane check` (money in = money owed)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from servicelane.booking.models import Booking
from servicelane.kernel.checking import checked, facts_of, in_chunks
from servicelane.orders.models import EstimateLine, JobState, RepairOrder, Status
from servicelane.orders.writing import fen

from . import events
from .models import CashDay, CountedPayment, Invoice, InvoiceLine, InvoiceState, Payment, Way

SUMS = ("gross", "net", "tax", "discount")


def _sum(field: str) -> Sum:
    return Sum(field, default=Decimal(0))


@checked
def invoices_add_up() -> Iterator[str]:
    """Each invoice is the sum of its lines, and net + tax is gross, on every line too. Three queries."""
    by_invoice = InvoiceLine.objects.order_by().values("invoice")
    summed = by_invoice.annotate(**{f"sum_{name}": _sum(name) for name in SUMS})
    lines: dict[int, dict[str, Any]] = {row["invoice"]: {**row} for row in summed}
    for invoice in Invoice.objects.order_by("pk").iterator():
        found: dict[str, Any] = lines.get(invoice.pk, {})
        if any(getattr(invoice, name) != found.get(f"sum_{name}", 0) for name in SUMS):
            yield _("invoice {number} is not the sum of its lines").format(number=invoice)
        if invoice.net + invoice.tax != invoice.gross:
            yield _("net and tax of invoice {number} are not its gross").format(number=invoice)
    for line in InvoiceLine.objects.select_related("invoice").order_by("pk").iterator():
        if line.net + line.tax != line.gross:
            yield _("net and tax of a line of invoice {number} are not its gross").format(number=line.invoice)


@checked
def money_in_is_money_owed() -> Iterator[str]:
    """What an invoice says is paid or put off is the sum of its payments, and never more than it owes."""
    sums: dict[tuple[int, bool], Decimal] = {}
    for row in Payment.objects.order_by().values("invoice", "way").annotate(total=_sum("amount")):
        key = (row["invoice"], row["way"] == Way.ON_ACCOUNT)
        sums[key] = sums.get(key, Decimal(0)) + row["total"]
    for invoice in Invoice.objects.order_by("pk").iterator():
        paid, put_off = (sums.get((invoice.pk, kind), Decimal(0)) for kind in (False, True))
        if (invoice.paid, invoice.on_account) != (paid, put_off):
            yield _("the payments of invoice {number} are not what it says").format(number=invoice)
        if invoice.paid > max(invoice.gross, Decimal(0)):
            yield _("more is paid on invoice {number} than it asks").format(number=invoice)
        if bool(invoice.on_account) != (invoice.due_on is not None):
            yield _("invoice {number} is on account without a day to pay, or has one without being").format(
                number=invoice
            )
        if invoice.is_owed != (invoice.owed > 0):
            yield _("invoice {number} is wrong about whether it is paid").format(number=invoice)


@checked
def settled_orders_have_invoices() -> Iterator[str]:
    """Every settled order has invoices, and no invoice of another order stands. Two queries."""
    settled = RepairOrder.objects.filter(status__in=[Status.SETTLED, Status.DELIVERED])
    for order in settled.filter(invoices=None).order_by("pk"):
        yield _("{order} is settled without an invoice").format(order=order)
    standing = Invoice.objects.filter(state=InvoiceState.ISSUED, credit_of=None).select_related("order")
    for invoice in standing.exclude(order__status__in=[Status.SETTLED, Status.DELIVERED]).order_by("pk"):
        yield _("invoice {number} stands, but {order} is not settled").format(
            number=invoice, order=invoice.order
        )


@checked
def nothing_above_what_was_agreed() -> Iterator[str]:
    """No visit is billed beyond what was agreed line by line. Two queries."""
    agreed = EstimateLine.objects.filter(agreed=True).exclude(job__state=JobState.DROPPED).order_by()
    totals = dict(agreed.values_list("estimate__order").annotate(total=_sum("price")))
    standing = Invoice.objects.filter(state=InvoiceState.ISSUED, credit_of=None).order_by()
    for order, number, billed in standing.values_list("order", "order__number").annotate(total=_sum("gross")):
        if billed > totals.get(order, Decimal(0)):
            yield _("{order} is billed above what was agreed").format(order=number)


@checked
def books_are_what_was_told() -> Iterator[str]:
    """Each invoice and each payment is what its fact says. Four queries for every five hundred orders."""
    kinds = [events.INVOICED, events.CREDITED, events.PAID, events.REFUNDED]
    for pks in in_chunks(RepairOrder):
        told: dict[int, dict[str, int]] = {}
        payments: Counter[tuple[int, str, int]] = Counter()
        for _order, kind, data in facts_of(RepairOrder, pks, kinds):
            if kind in (events.INVOICED, events.CREDITED):
                told[data.get("credit", data["invoice"])] = {name: data[name] for name in SUMS}
            else:
                sign = -1 if kind == events.REFUNDED else 1
                payments[data["invoice"], data["way"], sign * data["amount"]] += 1
        for invoice in Invoice.objects.filter(order__in=pks).order_by("pk"):
            if told.pop(invoice.pk, None) != {name: fen(getattr(invoice, name)) for name in SUMS}:
                yield _("invoice {number} is not what its fact says").format(number=invoice)
        for pk in told:
            yield _("invoice {id} is gone, but its fact is there").format(id=pk)
        booked = Payment.objects.filter(invoice__order__in=pks).order_by("pk")
        rows = Counter(
            (row, way, fen(much)) for row, way, much in booked.values_list("invoice", "way", "amount")
        )
        for pk in sorted({invoice for invoice, _way, _much in (payments - rows) + (rows - payments)}):
            yield _("the payments of invoice {id} are not what their facts say").format(id=pk)


@checked
def deposits_are_what_was_told() -> Iterator[str]:
    """Deposits are what their facts say, never below nothing, and what left one is on an invoice.

    Three queries for every five hundred orders.
    """
    kinds = [events.DEPOSIT_TAKEN, events.DEPOSIT_RETURNED, events.DEPOSIT_USED, events.DEPOSIT_CARRIED]
    for pks in in_chunks(RepairOrder):
        told: Counter[tuple[int, str, int]] = Counter()
        carried: Counter[int] = Counter()
        for order, kind, data in facts_of(RepairOrder, pks, kinds):
            if kind == events.DEPOSIT_CARRIED:
                carried[order] += data["amount"]
                continue
            sign = 1 if kind == events.DEPOSIT_TAKEN else -1
            told[order, data.get("way", str(Way.DEPOSIT)), sign * data["amount"]] += 1
        booked: Counter[tuple[int, str, int]] = Counter()
        left: Counter[int] = Counter()
        used: Counter[int] = Counter()
        rows = Payment.objects.filter(order__in=pks)
        for order, booking, way, much in rows.values_list("order", "booking", "way", "amount"):
            left[order] += fen(much)
            if booking:
                # What it was taken by is told of the booking; the order was told the sum.
                carried[order] -= fen(much)
                continue
            booked[order, way, fen(much)] += 1
            if way == Way.DEPOSIT:
                used[order] -= fen(much)
        on_invoices = Payment.objects.filter(invoice__order__in=pks, way=Way.DEPOSIT).order_by()
        for order, much in on_invoices.values_list("invoice__order", "amount"):
            used[order] -= fen(much)
        wrong = {order for order, _way, _much in (told - booked) + (booked - told)}
        wrong |= {order for order, much in left.items() if much < 0}
        wrong |= {order for order, much in used.items() if much}
        wrong |= {order for order, much in carried.items() if much}
        for pk in sorted(wrong):
            yield _("the deposits of order {id} are not what their facts say").format(id=pk)


@checked
def deposits_of_bookings_are_what_was_told() -> Iterator[str]:
    """Deposits of bookings are what their facts say, never below nothing, and the order has them or nobody.

    Two queries for every five hundred bookings.
    """
    kinds = [events.DEPOSIT_TAKEN, events.DEPOSIT_RETURNED, events.DEPOSIT_KEPT]
    for pks in in_chunks(Booking):
        moves: Counter[tuple[int, str, int]] = Counter()
        for booking, kind, data in facts_of(Booking, pks, kinds):
            sign = 1 if kind == events.DEPOSIT_TAKEN else -1
            moves[booking, data.get("way", str(Way.DEPOSIT)), sign * data["amount"]] += 1
        left: Counter[int] = Counter()
        stranded: Counter[int] = Counter()
        wrong: set[int] = set()
        rows = Payment.objects.filter(booking__in=pks)
        for booking, order, owner, way, much in rows.values_list(
            "booking", "order", "booking__order", "way", "amount"
        ):
            moves[booking, way, fen(much)] -= 1
            left[booking] += fen(much)
            if owner and not order:
                stranded[booking] += fen(much)
            elif order != owner:
                wrong.add(booking)
        wrong |= {booking for (booking, _way, _much), number in moves.items() if number}
        wrong |= {booking for booking, much in left.items() if much < 0}
        wrong |= {booking for booking, much in stranded.items() if much}
        for pk in sorted(wrong):
            yield _("the deposits of booking {id} are not what their facts say").format(id=pk)


@checked
def closed_tills_are_what_was_paid() -> Iterator[str]:
    """What a closed cash day expected is its float and the cash it counted. Two queries."""
    cash = CountedPayment.objects.filter(payment__way=Way.CASH).order_by().values_list("day")
    sums = dict(cash.annotate(total=_sum("payment__amount")))
    for day in CashDay.objects.exclude(closed_at=None).select_related("cashier").order_by("pk"):
        if day.expected != day.opening + sums.get(day.pk, Decimal(0)):
            yield _("the cash day of {cashier} is not the sum of its payments").format(cashier=day.cashier)
