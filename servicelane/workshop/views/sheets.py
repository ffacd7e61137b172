"""The maintenance sheet on the phone: every point with big buttons, and what is reported of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.routes import STAFF
from servicelane.orders.documents import printed
from servicelane.orders.forms import OrderForm
from servicelane.orders.models import RepairOrder
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.orders.views import order_of
from servicelane.people.http import StaffRequest

from .. import sheet_services
from ..models import SheetEntry
from ..permissions import Perm
from ..printed import maintenance_sheet
from ..sheet_forms import SheetForm
from ..sheets import sheet_of


@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet of an order; who may clock fills it there while the car is in work."""
    order = order_of(request, pk, OrdersPerm.SEE_ORDERS)
    return _drawn(request, order, SheetForm(sheet=sheet_of(order)))


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def fill(request: StaffRequest, pk: int) -> HttpResponse:
    """Write what was found on the sheet."""
    order = order_of(request, pk, Perm.CLOCK)
    form = SheetForm(request.POST, sheet=sheet_of(order))
    if not form.is_valid():
        return _drawn(request, order, form)
    rest_ok = SheetForm.REST in request.POST
    sheet_services.fill_sheet(order, form.seen(), by=request.employee, rest_ok=rest_ok)
    return redirect(reverse("workshop:sheet", args=[order.pk]))


@STAFF(OrdersPerm.REPORT_FINDINGS, scope=RepairOrder)
@require_POST
def report(request: StaffRequest, pk: int, entry: int) -> HttpResponse:
    """Report a red or amber entry to the advisor."""
    order = order_of(request, pk, OrdersPerm.REPORT_FINDINGS)
    rows = SheetEntry.objects.filter(order=order).select_related("item")
    shown: SheetEntry = get_object_or_404(rows, pk=entry)
    shown.order = order
    form = OrderForm(request.POST, order=order)
    seen = form.seen if form.is_valid() else None
    sheet_services.report_entry(shown, by=request.employee, version=seen)
    return redirect(reverse("workshop:sheet", args=[order.pk]))


@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def sheet_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The maintenance sheet of an order (F20)."""
    order = order_of(request, pk, OrdersPerm.SEE_ORDERS)
    return printed(request, request.employee, lambda: maintenance_sheet(order))


def _drawn(request: StaffRequest, order: RepairOrder, form: SheetForm) -> HttpResponse:
    sections = [
        {
            "name": section.name,
            "rows": [{"point": point, "fields": form.field_of(point)} for point in section.points],
        }
        for section in form.sheet.sections
    ]
    may_fill = order.status in sheet_services.AT_WORK and request.employee.may(Perm.CLOCK, order.store)
    context = {
        "order": order,
        "sheet": form.sheet,
        "sections": sections,
        "form": form,
        "may_fill": may_fill,
        "may_report": may_fill and request.employee.may(OrdersPerm.REPORT_FINDINGS, order.store),
    }
    return render(request, "workshop/sheet.html", context, status=422 if form.is_bound else 200)
