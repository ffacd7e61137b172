"""The cashier's day: float counted before it, till after it, the difference explained (BIL-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.orders.writing import fen
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, zone_of
from servicelane.people.models import Employee

from . import errors, events
from .bills import said
from .deposit_services import in_store
from .models import MONEY, NOTHING, CashDay, CountedPayment, Payment, Way

MOST_IN_TILL = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class Counted:
    """What lies in the till at the end, in yuan, what of it stays as the next float, and why it differs."""

    amount: Decimal
    left: Decimal = NOTHING
    reason: str = ""


@transaction.atomic
def open_day(store: Store, opening: Decimal, *, by: Employee, at: datetime | None = None) -> CashDay:
    """Begin a cashier's day with the counted float in yuan. Raises CashRefused, DayIsOpen."""
    _check(opening)
    moment = at or now()
    last = CashDay.objects.filter(store=store, cashier=by).order_by("-pk").first()
    try:
        with transaction.atomic():
            day = CashDay.objects.create(
                store=store,
                cashier=by,
                opening=opening,
                opened_at=moment,
                since=_since(store, last, moment),
            )
    except IntegrityError:
        raise errors.DayIsOpen(cashier=by) from None
    record(events.TILL_OPENED, day, by=by, at=at, opening=fen(opening))
    return day


@transaction.atomic
def close_day(day: CashDay, counted: Counted, *, by: Employee, at: datetime | None = None) -> CashDay:
    """Close one's own day: every payment since the last closing is counted once, the difference explained.

    Raises NotOwnDay, CashRefused, LeftTooMuch, DayIsClosed, DifferenceUnexplained. Seven statements.
    """
    if day.cashier_id != by.pk:
        raise errors.NotOwnDay(cashier=day.cashier)
    _check(counted.amount)
    _check(counted.left)
    if counted.left > counted.amount:
        raise errors.LeftTooMuch(left=said(counted.left), counted=said(counted.amount))
    moment = at or now()
    # The row is taken first, so that of two closings one finds it closed.
    if not CashDay.objects.filter(pk=day.pk, closed_at=None).update(closed_at=moment):
        raise errors.DayIsClosed(cashier=day.cashier)
    payments = list(uncounted(day))
    CountedPayment.objects.bulk_create(CountedPayment(day=day, payment=payment) for payment in payments)
    cash = sum((payment.amount for payment in payments if payment.way == Way.CASH), NOTHING)
    expected = day.opening + cash
    if counted.amount != expected and not counted.reason.strip():
        raise errors.DifferenceUnexplained(
            counted=said(counted.amount),
            expected=said(expected),
            difference=("+" if counted.amount > expected else "−") + said(abs(counted.amount - expected)),
        )
    day.closed_at, day.expected, day.counted = moment, expected, counted.amount
    day.left, day.reason = counted.left, counted.reason.strip()[:300]
    day.save(update_fields=["expected", "counted", "left", "reason"])
    record(
        events.TILL_CLOSED, day, by=by, at=at, note=day.reason,
        opening=fen(day.opening), expected=fen(expected), counted=fen(counted.amount), left=fen(day.left),
        payments=len(payments),
    )  # fmt: skip
    return day


def uncounted(day: CashDay) -> QuerySet[Payment]:
    """Payments of the cashier in the store that no closing has counted yet, money only."""
    return Payment.objects.filter(
        in_store(day.store_id),
        taken_by_id=day.cashier_id,
        taken_at__gte=day.since,
        way__in=MONEY,
        counted=None,
    ).select_related("invoice", "order", "booking")


def proposed_float(store: Store, cashier: Employee) -> Decimal:
    """Return what the cashier left in the till at the last closing, in yuan. One query."""
    last = (
        CashDay.objects.filter(store=store, cashier=cashier).exclude(closed_at=None).order_by("-pk").first()
    )
    return last.left if last and last.left is not None else NOTHING


def _since(store: Store, last: CashDay | None, moment: datetime) -> datetime:
    """From when payments are looked for: a day before the last closing, so that none is left out."""
    if last and last.closed_at:
        return max(last.since, last.closed_at - timedelta(days=1))
    return local_moment(store, moment.astimezone(zone_of(store.pk)).date(), time.min)


def _check(amount: Decimal) -> None:
    if not amount.is_finite() or not 0 <= amount <= MOST_IN_TILL or amount * 100 % 1:
        raise errors.CashRefused(amount=amount, most=said(MOST_IN_TILL))
