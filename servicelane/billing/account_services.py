"""Customers who pay later: the limit of an account, what is open on it, who may go beyond (BIL-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.customers.models import Customer
from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.kernel.versions import rise
from servicelane.orders.writing import fen
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Store
from servicelane.org.queries import rule, zone_of
from servicelane.people.models import Employee

from . import errors, events
from .bills import said
from .discounts import names_of
from .models import NOTHING, Account, Invoice, PayerKind
from .permissions import Perm
from .rules import DAYS_TO_PAY

MOST = Decimal("99999999.99")
"""The highest limit in yuan, which its field still takes."""
MOST_DAYS = 180


def on_account() -> InStoreQuerySet[Invoice]:
    """Return the invoices of customers that are put off and not wholly paid, to be narrowed."""
    return Invoice.objects.filter(
        payer_kind=PayerKind.CUSTOMER, payer__isnull=False, is_owed=True, on_account__gt=0
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands over all stores of its group, in yuan.

    `overdue` is the part of `open` whose day to pay is past, `oldest` the earliest of those days.
    """

    account: Account
    open: Decimal
    overdue: Decimal
    oldest: date | None

    @property
    def free(self) -> Decimal:
        """What may still be put on it."""
        return max(self.account.limit - self.open, NOTHING)

    def over(self, amount: Decimal) -> Decimal:
        """What `amount` more would be beyond the limit."""
        return max(self.open + amount - self.account.limit, NOTHING)


def standing_of(account: Account, today: date) -> Standing:
    """Return how an account stands on a day. One query."""
    rows = list(on_account().filter(payer=account.customer_id))
    late = [row for row in rows if row.due_on and row.due_on < today]
    return Standing(
        account,
        sum((row.put_off for row in rows), NOTHING),
        sum((row.put_off for row in late), NOTHING),
        min((row.due_on for row in late if row.due_on), default=None),
    )


def account_of(customer_id: int) -> Account | None:
    """Return the account of a customer, None without one. One query."""
    return Account.objects.select_related("customer").filter(customer=customer_id).first()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be put off: the day by which it is to be paid, and what of it is beyond the limit in yuan."""

    due_on: date
    over: Decimal = NOTHING


def allow(
    invoice: Invoice, amount: Decimal, reason: str, *, by: Employee, at: datetime | None = None
) -> Allowed:
    """Say that `amount` of an invoice may be paid later, or refuse it; holds the account's row (BIL-3).

    Within the limit of the customer's account whoever takes payments may do it; beyond it, and without an
    account, it is a right and needs its reason. Called inside the transaction that books it, after the
    order's row. Raises OnAccountNotAllowed, OverLimit, ReasonMissing. About three queries.
    """
    store = invoice.store
    account = _held(invoice)
    day = (at or now()).astimezone(zone_of(store.pk)).date()
    may_release = by.may(Perm.ON_ACCOUNT, store)
    if account is None:
        if not may_release:
            raise errors.OnAccountNotAllowed(invoice=invoice, who=names_of(store, Perm.ON_ACCOUNT))
        _needs_reason(invoice, reason)
        return Allowed(day + timedelta(days=rule(store, DAYS_TO_PAY)))
    standing = standing_of(account, day)
    over = standing.over(amount)
    if over and not may_release:
        raise _refusal(invoice, standing, amount)
    if over:
        _needs_reason(invoice, reason)
    elif not may_release and not by.may(Perm.TAKE_PAYMENT, store):
        raise errors.OnAccountNotAllowed(invoice=invoice, who=names_of(store, Perm.ON_ACCOUNT))
    return Allowed(day + timedelta(days=account.days), over)


def _held(invoice: Invoice) -> Account | None:
    """The account of an invoice's payer, held: of two cashiers the second counts what the first put."""
    if invoice.payer_id is None:
        return None
    return Account.objects.select_for_update().filter(customer=invoice.payer_id).first()


def _needs_reason(invoice: Invoice, reason: str) -> None:
    if not reason.strip():
        raise errors.ReasonMissing(what=_("Putting {invoice} on account").format(invoice=invoice))


def _refusal(invoice: Invoice, standing: Standing, amount: Decimal) -> errors.OverLimit:
    return errors.OverLimit(
        invoice=invoice,
        customer=standing.account.customer,
        asked=said(amount),
        over=said(standing.over(amount)),
        limit=said(standing.account.limit),
        open=said(standing.open),
        who=names_of(invoice.store, Perm.ON_ACCOUNT),
    )


@transaction.atomic
def set_account(
    customer: Customer,
    limit: Decimal,
    days: int,
    note: str = "",
    *,
    by: Employee,
    version: int | None = None,
    at: datetime | None = None,
) -> Account:
    """Let a customer pay later up to `limit` yuan within `days` days; 0 closes the account (BIL-3).

    What was put off before keeps its day to pay. Nothing is recorded when nothing differs. Raises
    AccountRefused, and ChangedMeanwhile if somebody else set it since `version` was read (0 for none).
    """
    if not limit.is_finite() or not 0 <= limit <= MOST or limit * 100 % 1 or not 0 <= days <= MOST_DAYS:
        raise errors.AccountRefused(
            customer=customer, limit=limit, days=days, most=f"{MOST:,.2f}", most_days=MOST_DAYS
        )
    account, is_new = Account.objects.select_for_update().get_or_create(
        customer=customer, defaults={"limit": limit, "days": days}
    )
    was = (-1, -1) if is_new else (fen(account.limit), account.days)
    if not is_new:
        if was == (fen(limit), days):
            return account
        rise(account, version)
        account.limit, account.days = limit, days
        account.save(update_fields=["limit", "days"])
    record(
        events.ACCOUNT_SET, customer, by=by, at=at, note=note.strip()[:300],
        limit=fen(limit), days=days, limit_was=was[0], days_was=was[1],
    )  # fmt: skip
    return account


def due_day(invoice: Invoice, store: Store) -> date:
    """The day by which what is on account is to be paid; without one the day of issue. No query."""
    return invoice.due_on or invoice.issued_at.astimezone(zone_of(store.pk)).date()
