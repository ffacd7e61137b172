"""Links that the house makes for its customers, and withdraws."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import STAFF
from servicelane.people.http import StaffRequest

from .. import link_services
from ..forms import OrderForm
from ..http import order_of
from ..models import RepairOrder
from ..permissions import Perm


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def make_answer_link(request: StaffRequest, pk: int, estimate: int) -> HttpResponse:
    """Make the link by which the customer answers an estimate."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    asked = get_object_or_404(order.estimates, pk=estimate)
    asked.order = order
    form = OrderForm(request.POST, order=order)
    form.is_valid()
    link_services.make_answer_link(asked, by=request.employee, site=_site(request), version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def make_progress_link(request: StaffRequest, pk: int) -> HttpResponse:
    """Make the link by which the customer follows the car."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = OrderForm(request.POST, order=order)
    form.is_valid()
    link_services.make_progress_link(order, by=request.employee, site=_site(request), version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def withdraw_link(request: StaffRequest, pk: int, link: int) -> HttpResponse:
    """Withdraw a link of the order."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = OrderForm(request.POST, order=order)
    form.is_valid()
    found = get_object_or_404(link_services.links_of(order), pk=link)
    link_services.withdraw_link(order, found, by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


def _site(request: StaffRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
