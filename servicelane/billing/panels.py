"""What billing shows on the order page: the money of the visit."""

from __future__ import annotations

from django.utils.translation import gettext as _

from servicelane.orders.models import RepairOrder
from servicelane.orders.panels import Panel, panel
from servicelane.people.models import Employee

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
