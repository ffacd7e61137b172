"""Reads for the pages of billing: one function for one card or screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.booking.models import Booking
from servicelane.orders.gates import open_points
from servicelane.orders.models import JobState, PayType, RepairOrder, Status
from servicelane.orders.queries import Totals, jobs_of, totals_of
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .bills import Bill, bills_of
from .booked_deposit_services import bookings_with_deposit
from .capitals import in_capitals
from .cash_services import uncounted
from .deposit_services import held, orders_with_deposit
from .discounts import released_of
from .exit_services import exit_pass_of, open_amount
from .invoice_services import standing
from .models import (
    MONEY,
    NOTHING,
    CashDay,
    DiscountRelease,
    ExitPass,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    PayerKind,
    Payment,
    Way,
)
from .permissions import Perm


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the checklist before settlement (RO-9)."""

    words: str
    is_done: bool


def checklist(order: RepairOrder) -> list[Point]:
    """What must be closed before settlement: first what is open, then what is done. About eight queries."""
    still_open = [Point(words, is_done=False) for words in open_points(order, Status.SETTLED)]
    jobs = jobs_of(order)
    finished = sum(job.state == JobState.DONE for job in jobs)
    done = []
    if finished:
        words = ngettext("{n} job finished", "{n} jobs finished", finished).format(n=finished)
        done.append(Point(words, is_done=True))
    if order.ready_at:
        done.append(Point(_("inspected and ready"), is_done=True))
    lines = [line for job in jobs if job.state == JobState.DONE for line in job.part_lines.all()]
    if lines and not any(line.open_quantity for line in lines):
        done.append(Point(_("parts slips are in"), is_done=True))
    if not order.belongings.filter(returned_at=None).exists():
        done.append(Point(_("belongings are back in the car"), is_done=True))
    return still_open + done


@dataclass
class Money:
    """The money of one order as its panel shows it; amounts in yuan including VAT."""

    order: RepairOrder

    @cached_property
    def totals(self) -> Totals:
        """Sums of the jobs. Two queries."""
        return totals_of(jobs_of(self.order))

    @cached_property
    def bills(self) -> list[Bill]:
        """What each payer is to pay before a discount at settlement. Two queries."""
        return bills_of(self.order, planned=self.order.ready_at is None)

    @property
    def labour(self) -> Decimal:
        """The customer's labour."""
        return self._customers(LineKind.LABOUR)

    @property
    def parts(self) -> Decimal:
        """The customer's parts."""
        return self._customers(LineKind.PARTS)

    @property
    def agreed(self) -> Decimal:
        """All that the customer pays."""
        return self.labour + self.parts

    def _customers(self, kind: LineKind) -> Decimal:
        found = (bill.sum_of(kind) for bill in self.bills if bill.payer is PayerKind.CUSTOMER)
        return next(found, NOTHING)

    @property
    def others(self) -> list[Bill]:
        """What the other payers pay."""
        return [bill for bill in self.bills if bill.payer is not PayerKind.CUSTOMER]

    @cached_property
    def invoices(self) -> list[Invoice]:
        """All invoices and credit notes with their payments. Two queries."""
        payments = Payment.objects.select_related("taken_by")
        rows = self.order.invoices.select_related("credit_of")
        return list(rows.prefetch_related(Prefetch("payments", payments)))

    @property
    def standing(self) -> list[Invoice]:
        """The invoices that are payable."""
        return [invoice for invoice in self.invoices if invoice.stands]

    @cached_property
    def customers(self) -> Invoice | None:
        """The customer's invoice that stands."""
        found = (invoice for invoice in self.standing if invoice.payer_kind == PayerKind.CUSTOMER)
        return next(found, None)

    @cached_property
    def deposit(self) -> Decimal:
        """What is left of the deposits. One query."""
        return held(self.order)

    @cached_property
    def exit_pass(self) -> ExitPass | None:
        """The exit pass that is out. One query."""
        return exit_pass_of(self.order)

    @cached_property
    def release(self) -> DiscountRelease | None:
        """The highest discount that was released. One query."""
        return released_of(self.order)


@dataclass(frozen=True, slots=True)
class PayTypeLines:
    """The lines of one pay type on a settlement list, with their sums in yuan including VAT."""

    pay_type: PayType
    lines: list[InvoiceLine]

    @property
    def labour(self) -> Decimal:
        """Labour after discount."""
        return self._sum(LineKind.LABOUR)

    @property
    def parts(self) -> Decimal:
        """Parts after discount."""
        return self._sum(LineKind.PARTS)

    def _sum(self, kind: LineKind) -> Decimal:
        return sum((line.gross for line in self.lines if line.kind == kind), NOTHING)


@dataclass
class Sheet:
    """One invoice as its page and its print show it (form F05)."""

    invoice: Invoice

    @cached_property
    def groups(self) -> list[PayTypeLines]:
        """The lines by pay type. One query."""
        lines = sorted(self.invoice.lines.all(), key=lambda line: (line.pay_type, line.pk))
        return [
            PayTypeLines(PayType(code), list(rows)) for code, rows in groupby(lines, key=lambda x: x.pay_type)
        ]

    @cached_property
    def payments(self) -> list[Payment]:
        """What was paid, paid back and put on account. One query."""
        return list(self.invoice.payments.select_related("taken_by"))

    @property
    def capitals(self) -> str:
        """What is payable, in Chinese capitals."""
        return in_capitals(self.invoice.gross)

    @property
    def rates(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """VAT rate in percent, net and tax, for each rate."""
        sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
        for group in self.groups:
            for line in group.lines:
                net, tax = sums.get(line.vat_rate, (NOTHING, NOTHING))
                sums[line.vat_rate] = (net + line.net, tax + line.tax)
        return [(rate * 100, net, tax) for rate, (net, tax) in sorted(sums.items(), reverse=True)]


@dataclass(frozen=True, slots=True)
class Till:
    """One car at the cashier's: the amount that matters next, in yuan including VAT."""

    order: RepairOrder
    amount: Decimal
    is_out: bool


@dataclass(frozen=True, slots=True)
class Cashier:
    """The cashier's place: what is to be settled, to be paid, and to be handed its exit pass."""

    to_settle: list[Till]
    to_pay: list[Till]
    to_leave: list[Till]
    deposits: list[RepairOrder]
    booked: list[Booking]

    @property
    def deposit_count(self) -> int:
        """Orders and bookings on which customers' money lies."""
        return len(self.deposits) + len(self.booked)


def cashier(viewer: Employee, store: Store) -> Cashier:
    """The cars at the cashier's of a store, the earliest promise first, and the deposits. Nine queries."""
    orders = RepairOrder.objects.visible_to(viewer, Perm.SEE_MONEY).filter(store=store).with_car()
    waiting = orders.filter(status__in=[Status.READY, Status.SETTLED])
    waiting = waiting.order_by("promised_at", "arrived_at", "pk")
    standing_ones = Prefetch(
        "invoices",
        Invoice.objects.filter(state=InvoiceState.ISSUED),
        to_attr="issued",
    )
    out = Prefetch("exit_passes", ExitPass.objects.filter(voided_at=None), to_attr="out")
    read_along: tuple[Any, ...] = (standing_ones, out, "jobs__part_lines")
    rows = list(waiting.prefetch_related(*read_along))
    booked = bookings_with_deposit(Booking.objects.visible_to(viewer, Perm.SEE_MONEY), store)
    page = Cashier([], [], [], orders_with_deposit(orders, store), booked)
    for order in rows:
        if order.status == Status.READY:
            page.to_settle.append(Till(order, totals_of(order.jobs.all()).agreed, is_out=False))
            continue
        issued: list[Invoice] = order.issued  # type: ignore[attr-defined]
        invoices = [one for one in issued if one.credit_of_id is None]
        still, is_out = open_amount(invoices), bool(order.out)  # type: ignore[attr-defined]
        (page.to_pay if still else page.to_leave).append(Till(order, still, is_out))
    return page


def receivables(viewer: Employee, store: Store) -> QuerySet[Invoice]:
    """Invoices of cars that left and are not wholly paid, the oldest first. One query."""
    rows = Invoice.objects.visible_to(viewer, Perm.SEE_MONEY).filter(store=store, is_owed=True)
    return (
        rows.filter(order__status=Status.DELIVERED)
        .select_related("order__vehicle", "order__customer", "payer")
        .order_by("issued_at", "pk")
    )


def customers_invoice(order: RepairOrder) -> Invoice | None:
    """The customer's invoice of an order that is payable, with the order as it was read. One query."""
    found = next((one for one in standing(order) if one.payer_kind == PayerKind.CUSTOMER), None)
    if found:
        found.order = order
    return found


@dataclass
class TillSheet:
    """One cashier's day as its page and its print show it: what came in by each way, and each payment."""

    day: CashDay

    @cached_property
    def payments(self) -> list[Payment]:
        """What the closing counted, or would count now, the newest first. One query."""
        rows = uncounted(self.day) if self.day.closed_at is None else self._counted
        return list(
            rows.select_related("invoice__order__vehicle", "order__vehicle", "booking__vehicle").order_by(
                "-taken_at", "-pk"
            )
        )

    @cached_property
    def by_way(self) -> list[tuple[Way, Decimal, int]]:
        """Each way of paying with its sum in yuan and its number of payments."""
        sums: dict[str, tuple[Decimal, int]] = {}
        for payment in self.payments:
            amount, number = sums.get(payment.way, (NOTHING, 0))
            sums[payment.way] = (amount + payment.amount, number + 1)
        return [(way, *sums[way]) for way in MONEY if way in sums]

    @property
    def cash(self) -> Decimal:
        """Cash that came in, paid back amounts taken off."""
        return next((amount for way, amount, _number in self.by_way if way == Way.CASH), NOTHING)

    @property
    def total(self) -> Decimal:
        """All that came in."""
        return sum((amount for _way, amount, _number in self.by_way), NOTHING)

    @property
    def expected(self) -> Decimal:
        """What the till should hold in cash."""
        return self.day.opening + self.cash if self.day.expected is None else self.day.expected

    @property
    def handed_in(self) -> Decimal:
        """Counted cash that does not stay in the till."""
        return (self.day.counted or NOTHING) - (self.day.left or NOTHING)

    @property
    def _counted(self) -> QuerySet[Payment]:
        return Payment.objects.filter(counted__day=self.day)


def open_day_of(cashier: Employee, store: Store) -> CashDay | None:
    """Return the day at the till that a cashier has open in a store, if there is one. One query."""
    return CashDay.objects.filter(store=store, cashier=cashier, closed_at=None).first()
