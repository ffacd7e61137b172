"""What care shows on the order page and in the customer's file: what followed a delivery."""

from __future__ import annotations

from django.utils.translation import gettext as _

from servicelane.customers import panels as customers
from servicelane.customers.models import Customer
from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.panels import Panel, panel
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import FollowUp
from .pages import after_order, after_visits_of
from .permissions import Perm


@panel(rank=90, side=True)
def after_delivery(order: RepairOrder, viewer: Employee) -> Panel | None:
    """Show the follow-up call and the complaints of a visit that was handed over. Three queries."""
    if not viewer.may(Perm.SEE_CARE, order.store):
        return None
    after = after_order(order)
    if order.status != Status.DELIVERED and after.is_empty:
        return None
    return Panel(
        code="care.after_delivery",
        title=_("After the delivery"),
        template="care/_after.html",
        context={
            "after": after,
            "may_call": viewer.may(Perm.CALL, order.store),
            "may_handle": viewer.may(Perm.HANDLE_COMPLAINTS, order.store),
        },
        sub=_sub(after.follow_ups),
    )


def _sub(follow_ups: list[FollowUp]) -> str:
    return str(follow_ups[0].get_state_display()) if follow_ups else ""


@customers.customer_panel(order=60)
def after_visits(viewer: Employee, customer: Customer, store: Store | None) -> customers.Panel | None:
    """Show the last follow-up calls and complaints of a customer in the current store. Three queries."""
    if store is None or not viewer.may(Perm.SEE_CARE, store):
        return None
    context = {
        "after": after_visits_of(customer, store),
        "may_call": viewer.may(Perm.CALL, store),
        "may_handle": viewer.may(Perm.HANDLE_COMPLAINTS, store),
    }
    return customers.Panel("care/_after_visits.html", {"context": context})
