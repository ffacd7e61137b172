"""Deposits on bookings: taken before the car comes, carried to its order, paid back or kept (BKG-7).

A deposit belongs to the booking until the car is received and to the order from then on. The version of the
booking rises with each write, so of two cashiers, or two clicks, the second is refused.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from servicelane.booking.errors import ArrivedAlready
from servicelane.booking.models import Booking
from servicelane.booking.services import take
from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.orders.models import RepairOrder
from servicelane.orders.writing import fen, tell
from servicelane.org.models import Store
from servicelane.people.guards import By
from servicelane.people.models import Employee

from . import errors, events
from .bills import said
from .deposit_services import check_money
from .deposit_services import held as held_by_order
from .models import NOTHING, Payment, Way
from .payment_services import Paid


def held(booking: Booking) -> Decimal:
    """Return what is left of the deposits of a booking, in yuan; nothing once its order has it. One query."""
    rows = booking.deposits.filter(order=None)
    return rows.aggregate(left=Sum("amount", default=NOTHING))["left"]


@transaction.atomic
def take_deposit(
    booking: Booking, paid: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Book money on a booking whose car is expected.

    Raises DepositRefused, NotExpected, ArrivedAlready, ChangedMeanwhile. Five statements.
    """
    check_money(booking, paid)
    _refuse_arrived(booking)
    if not booking.is_coming:
        raise errors.NotExpected(booking=booking, now=booking.get_status_display())
    take(booking, version)
    payment = _book(booking, paid, by, at)
    _tell(events.DEPOSIT_TAKEN, booking, paid, by, at, left=held(booking))
    return payment


@transaction.atomic
def return_deposit(
    booking: Booking, back: Paid, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Pay back what is left of a booking's deposit, before it is called off and after; `reference` says why.

    Raises DepositRefused, DepositTooSmall, ReasonMissing, ArrivedAlready, ChangedMeanwhile. Five statements.
    """
    check_money(booking, back)
    _require_reason(booking, back.reference, _("Paying back the deposit of {order}"))
    _refuse_arrived(booking)
    take(booking, version)
    left = held(booking)
    if back.amount > left:
        raise errors.DepositTooSmall(order=booking, amount=said(back.amount), held=said(left))
    payment = _book(booking, Paid(back.way, -back.amount, back.reference), by, at)
    _tell(events.DEPOSIT_RETURNED, booking, back, by, at, left=left - back.amount, note=back.reference)
    return payment


@transaction.atomic
def keep_deposit(
    booking: Booking, reason: str, *, by: Employee, version: int | None = None, at: datetime | None = None
) -> Payment:
    """Keep all that is left of the deposit of a booking that was cancelled or missed, with the reason.

    It leaves the booking without leaving the till. Raises ReasonMissing, ArrivedAlready, DepositNotKept,
    ChangedMeanwhile. Five statements.
    """
    _require_reason(booking, reason, _("Keeping the deposit of {order}"))
    _refuse_arrived(booking)
    take(booking, version)
    left = held(booking)
    if booking.is_coming or left <= 0:
        raise errors.DepositNotKept(booking=booking, now=booking.get_status_display(), held=said(left))
    kept = Paid(Way.DEPOSIT, left, reason)
    payment = _book(booking, Paid(Way.DEPOSIT, -left, reason), by, at)
    _tell(events.DEPOSIT_KEPT, booking, kept, by, at, left=NOTHING, note=reason)
    return payment


def carry(booking: Booking, order: RepairOrder, *, by: By, at: datetime | None = None) -> None:
    """Give the deposit of a booking to the order of its car. One query, three statements where one is left.

    Called by the arrival, in its transaction: the booking's row is held and the order is new.
    """
    left = held(booking)
    if left <= 0:
        # What was paid back or kept whole stays the booking's: the order would show moves of no money.
        return
    Payment.objects.filter(booking=booking).update(order=order)
    tell(
        events.DEPOSIT_CARRIED, order, by=by, at=at,
        booking=booking.pk, amount=fen(left), held=fen(held_by_order(order)),
    )  # fmt: skip


def bookings_with_deposit(bookings: QuerySet[Booking], store: Store) -> list[Booking]:
    """Those of `bookings` in `store` on which a deposit is left, as `held` in yuan. Two queries."""
    # Begun from the deposits, which are few, it does not look through all bookings there ever were.
    rows = Payment.objects.filter(booking__store=store, order=None).order_by().values_list("booking")
    left = dict(rows.annotate(left=Sum("amount", default=NOTHING)).filter(left__gt=0))
    found = list(bookings.with_car().filter(pk__in=left).order_by("starts_at", "pk"))  # type: ignore[attr-defined]
    for booking in found:
        booking.held = left[booking.pk]
    return found


def _refuse_arrived(booking: Booking) -> None:
    if booking.order:
        raise ArrivedAlready(order=booking.order)


def _require_reason(booking: Booking, reason: str, what: str) -> None:
    if not reason.strip():
        raise errors.ReasonMissing(what=what.format(order=booking))


def _book(booking: Booking, paid: Paid, by: Employee, at: datetime | None) -> Payment:
    return Payment.objects.create(
        booking=booking,
        way=paid.way,
        amount=paid.amount,
        reference=paid.reference.strip()[:120],
        taken_at=at or now(),
        taken_by=by,
    )


def _tell(
    kind: str,
    booking: Booking,
    paid: Paid,
    by: Employee,
    at: datetime | None,
    *,
    left: Decimal,
    note: str = "",
) -> None:
    told: dict[str, Any] = {"amount": fen(paid.amount), "held": fen(left), "version": booking.version}
    if paid.way != Way.DEPOSIT:
        told["way"] = str(paid.way)
    record(kind, booking, by=by, at=at, note=note, **told)
