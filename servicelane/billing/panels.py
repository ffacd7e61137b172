"""What billing shows elsewhere: the money of a visit on the order page, the account in a customer's file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from servicelane.customers.models import Customer
from servicelane.customers.panels import Panel as Card
from servicelane.customers.panels import customer_panel
from servicelane.orders.models import RepairOrder
from servicelane.orders.panels import Panel, panel
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .account_services import account_of, standing_of
from .pages import Money
from .permissions import Perm


@panel(rank=20, side=True)
def money(order: RepairOrder, viewer: Employee) -> Panel | None:
    """Labour, parts, what is agreed, billed, paid and open. About eight queries."""
    if not viewer.may(Perm.SEE_MONEY, order.store):
        return None
    return Panel(
        code="billing.money",
        title=_("Money"),
        template="billing/_money.html",
        context={"money": Money(order)},
        sub=_("including VAT"),
    )


@customer_panel(order=20)
def account(viewer: Employee, customer: Customer, store: Store | None) -> Card | None:
    """How the customer's account stands; without one only who may open it sees the card. Two queries."""
    if store is None or not viewer.may(Perm.SEE_MONEY, store):
        return None
    may_set = viewer.may(Perm.SET_ACCOUNTS, store)
    found = account_of(customer.pk)
    if found is None and not may_set:
        return None
    standing = standing_of(found, today_in(store)) if found else None
    return Card("billing/_account.html", {"customer": customer, "standing": standing, "may_set": may_set})
