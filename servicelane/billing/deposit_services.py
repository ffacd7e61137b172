"""Deposits: money taken before an order is settled, used by the settlement, the rest paid back (BIL-2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Model, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.versions import rise
from servicelane.orders.errors import OrderChanged
from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.writing import changes_since, fen, take, tell
from servicelane.org.models import Store
from servicelane.people.models import Employee

from . import errors, events
from .bills import said
from .models import MONEY, NOTHING, Invoice, Payment, Way
from .payment_services import Paid

BEFORE_SETTLEMENT = (
    Status.ARRIVED, Status.OPEN, Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK, Status.READY,
)  # fmt: skip
"""When a deposit is taken: a settled order is paid."""


def held(order: RepairOrder) -> Decimal:
    """Return what is left of the deposits of an order, in yuan. One query."""
    return order.deposits.aggregate(left=Sum("amount", default=NOTHING))["left"]


@transaction.atomic
def take_deposit(
    order: RepairOrder, paid: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Book money on `order` before it is settled, to be used by its settlement.

    Raises DepositRefused, WrongMoment, OrderIsOver, OrderChanged. Six statements.
    """
    check_money(order, paid)
    take(order, version, during=BEFORE_SETTLEMENT)
    payment = _book(order, paid, by, at)
    tell(
        events.DEPOSIT_TAKEN, order, by=by, at=at,
        way=str(paid.way), amount=fen(paid.amount), held=fen(held(order)),
    )  # fmt: skip
    return payment


@transaction.atomic
def return_deposit(
    order: RepairOrder, back: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Pay back what was not used, also when the visit is over; `reference` says why.

    Raises DepositRefused, DepositTooSmall, ReasonMissing, OrderChanged. Six statements.
    """
    check_money(order, back)
    if not back.reference.strip():
        raise errors.ReasonMissing(what=_("Paying back the deposit of {order}").format(order=order))
    read = order.version if version is None else version
    try:
        rise(order, version)
    except ChangedMeanwhile:
        raise OrderChanged(order=order, what=changes_since(order, read)) from None
    left = held(order)
    if back.amount > left:
        raise errors.DepositTooSmall(order=order, amount=said(back.amount), held=said(left))
    payment = _book(order, Paid(back.way, -back.amount, back.reference), by, at)
    tell(
        events.DEPOSIT_RETURNED, order, by=by, at=at, note=back.reference,
        way=str(back.way), amount=fen(back.amount), held=fen(left - back.amount),
    )  # fmt: skip
    return payment


def use_deposit(order: RepairOrder, invoice: Invoice, *, by: Employee, at: datetime | None = None) -> None:
    """Pay a new invoice from the deposit of its order, as far as it reaches. Seven statements at most.

    Called by the settlement, in its transaction: the order's row is held.
    """
    left = held(order)
    amount = min(left, invoice.gross)
    if amount <= 0:
        return
    moment = at or now()
    _book(order, Paid(Way.DEPOSIT, -amount, invoice.number), by, moment)
    Payment.objects.create(invoice=invoice, way=Way.DEPOSIT, amount=amount, taken_at=moment, taken_by=by)
    invoice.paid += amount
    invoice.is_owed = invoice.owed > 0
    invoice.save(update_fields=["paid", "is_owed"])
    tell(
        events.DEPOSIT_USED, order, by=by, at=at,
        invoice=invoice.pk, amount=fen(amount), held=fen(left - amount),
    )  # fmt: skip
    tell(
        events.PAID, order, by=by, at=at,
        invoice=invoice.pk, payer=str(invoice.payer_kind), way=str(Way.DEPOSIT), amount=fen(amount),
        owed=fen(invoice.owed),
    )  # fmt: skip


def in_store(store: Store | int) -> Q:
    """The payments of a store: on its invoices, and deposits on its orders and bookings."""
    return Q(invoice__store=store) | Q(order__store=store) | Q(booking__store=store)


def orders_with_deposit(orders: QuerySet[RepairOrder], store: Store) -> list[RepairOrder]:
    """Those of `orders` in `store` on which a deposit is left, as `held` in yuan. Two queries."""
    # Begun from the deposits, which are few, it does not look through all orders there ever were.
    rows = Payment.objects.filter(order__isnull=False, order__store=store).order_by().values_list("order")
    left = dict(rows.annotate(left=Sum("amount", default=NOTHING)).filter(left__gt=0))
    found = list(orders.filter(pk__in=left).order_by("arrived_at", "pk"))
    for order in found:
        order.held = left[order.pk]  # type: ignore[attr-defined]
    return found


def check_money(of: Model, paid: Paid) -> None:
    """Raise DepositRefused for what is no sum of whole fen above nothing, paid in money."""
    if paid.way not in MONEY:
        raise errors.DepositRefused(order=of, amount=paid.way.label)
    if not paid.amount.is_finite() or paid.amount <= 0 or paid.amount * 100 % 1:
        raise errors.DepositRefused(order=of, amount=paid.amount)


def _book(order: RepairOrder, paid: Paid, by: Employee, at: datetime | None) -> Payment:
    return Payment.objects.create(
        order=order,
        way=paid.way,
        amount=paid.amount,
        reference=paid.reference.strip()[:120],
        taken_at=at or now(),
        taken_by=by,
    )
