"""The customer's links on the order page: the step that makes one, and the panel that shows them."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.people.models import Employee

from .forms import OrderForm
from .link_services import ANSWER, PROGRESS, links_of
from .models import RepairOrder
from .offers import ASKED
from .panels import Panel, panel
from .permissions import Perm
from .queries import open_estimate
from .steps import Step, step


@step(*ASKED, code="orders.send_link", rank=3)
def send_link(order: RepairOrder, viewer: Employee, bound: BaseForm | None) -> Step | None:
    """Send the customer a link to answer the open version by. Two queries."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    estimate = open_estimate(order)
    if estimate is None or links_of(order).filter(purpose=ANSWER, version=estimate.number).exists():
        return None
    return Step(
        code="orders.send_link",
        title=_("Send the link"),
        template="orders/_fields.html",
        url=reverse("orders:make_answer_link", args=[order.pk, estimate.pk]),
        label=_("Send the link to the customer"),
        context={"form": bound or OrderForm(order=order)},
        after=_("The customer answers line by line on the phone; the link is valid for a day."),
    )


@panel(rank=30, side=True)
def customer_links(order: RepairOrder, viewer: Employee) -> Panel | None:
    """Show the links the customer holds, to copy, to scan and to withdraw. One query."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    links = list(links_of(order))
    followed = any(link.purpose == PROGRESS for link in links)
    if not links and order.is_over:
        return None
    return Panel(
        code="orders.links",
        title=_("The customer's links"),
        template="orders/_links.html",
        context={"links": links, "may_make_progress": not followed and not order.is_over},
    )
