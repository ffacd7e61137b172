"""What customers put off and still owe, by customer and by how long it is due (BIL-3).

Amounts are yuan including VAT. An invoice counts with what of it is put off and not received yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.customers.models import Customer
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .account_services import due_day, on_account
from .models import NOTHING, Account, Invoice
from .permissions import Perm


class Age(models.TextChoices):
    """How long the day to pay is past."""

    NOT_DUE = "not_due", _("not due")
    D30 = "d30", _("1–30 days")
    D60 = "d60", _("31–60 days")
    D90 = "d90", _("61–90 days")
    OLDER = "older", _("over 90 days")


LATEST = {Age.NOT_DUE: 0, Age.D30: 30, Age.D60: 60, Age.D90: 90}
"""The last day after the day to pay that still belongs to an age."""


def age_of(due_on: date, today: date) -> Age:
    """Return how long something is due; on its day to pay it is not due yet."""
    late = (today - due_on).days
    return next((age for age, last in LATEST.items() if late <= last), Age.OLDER)


@dataclass(frozen=True, slots=True)
class Open:
    """One invoice that is put off: what of it is open, by when it is to be paid, how long it is due."""

    invoice: Invoice
    amount: Decimal
    due_on: date
    age: Age

    @property
    def is_late(self) -> bool:
        """Whether the day to pay is past."""
        return self.age is not Age.NOT_DUE


@dataclass(slots=True)
class Receivable:
    """All that one customer put off in one store, with the account where there is one."""

    customer: Customer
    account: Account | None
    rows: list[Open] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum((row.amount for row in self.rows), NOTHING)

    @property
    def oldest(self) -> date:
        """The earliest day to pay."""
        return min(row.due_on for row in self.rows)

    @property
    def is_late(self) -> bool:
        """Whether something is overdue."""
        return any(row.is_late for row in self.rows)

    @property
    def by_age(self) -> list[tuple[Age, Decimal]]:
        """Each age with its sum, in their order."""
        return sums_of(self.rows)


def sums_of(rows: list[Open]) -> list[tuple[Age, Decimal]]:
    """Return each age with what is open in it, in their order. No query."""
    sums: dict[Age, Decimal] = dict.fromkeys(Age, NOTHING)
    for row in rows:
        sums[row.age] += row.amount
    return list(sums.items())


def open_invoices(viewer: Employee, store: Store, customer: Customer | None = None) -> list[Open]:
    """Return what is put off and open in a store, the earliest day to pay first. Two queries at most."""
    rows = on_account().visible_to(viewer, Perm.SEE_MONEY).filter(store=store)
    if customer is not None:
        rows = rows.filter(payer=customer)
    rows = rows.select_related("payer__account", "order__vehicle", "order__customer")
    today = today_in(store)
    found = [
        Open(invoice, invoice.put_off, due, age_of(due, today))
        for invoice in rows
        for due in [due_day(invoice, store)]
    ]
    return sorted(found, key=lambda row: (row.due_on, row.invoice.pk))


def receivables_of(viewer: Employee, store: Store) -> list[Receivable]:
    """Return the receivables of a store by customer, the earliest day to pay first. Two queries at most."""
    found: dict[int, Receivable] = {}
    for row in open_invoices(viewer, store):
        customer = row.invoice.payer
        assert customer is not None  # what customers put off has a payer
        found.setdefault(customer.pk, Receivable(customer, getattr(customer, "account", None))).rows.append(
            row
        )
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue in a store: how many invoices of how many customers, their sum, the earliest day."""

    invoices: int
    customers: int
    amount: Decimal
    since: date


def overdue_in(viewer: Employee, store: Store) -> Overdue | None:
    """Return what is overdue in a store, None when nothing is. One query."""
    rows = on_account().visible_to(viewer, Perm.SEE_MONEY).filter(store=store, due_on__lt=today_in(store))
    late = list(rows)
    if not late:
        return None
    return Overdue(
        len(late),
        len({row.payer_id for row in late}),
        sum((row.put_off for row in late), NOTHING),
        min(row.due_on for row in late if row.due_on),
    )
