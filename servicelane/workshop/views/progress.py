"""How a job goes, answered under My jobs; a delay told to the customer."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.models import RepairOrder
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.orders.views import answer as order_page
from servicelane.orders.views import order_of
from servicelane.people.http import StaffRequest, StoreRequest

from .. import errors, progress_services
from ..delay_forms import DelayForm, ProgressForm
from ..delays import questions_for
from ..permissions import Perm
from .orders import back_to, job_of


@STAFF(Perm.CLOCK, scope=HERE)
@require_GET
def questions(request: StoreRequest) -> HttpResponse:
    """The live part of My jobs: what the reader is asked; 204 while nothing changed."""
    rows = questions_for(request.employee, request.store)
    version = "-".join(str(row.pk) for row in rows) or "0"
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    later = {"until": now() + timedelta(minutes=30)}
    shown = [
        {"asked": row, "form": ProgressForm(order=row.order, initial=later, auto_id=f"progress_{row.pk}_%s")}
        for row in rows
    ]
    return render(request, "workshop/_questions.html", {"questions": shown, "version": version})


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def progress(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Say how a job goes."""
    order = order_of(request, pk, Perm.CLOCK)
    shown = job_of(order, job)
    form = ProgressForm(request.POST, order=order)
    if not form.is_valid():
        raise errors.UntilMissing(job=shown)
    progress_services.answer(shown, form.answer(), by=request.employee)
    return back_to(request, order)


@STAFF(OrdersPerm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def tell_delay(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that the customer was told of a delay."""
    order = order_of(request, pk, OrdersPerm.WRITE_ORDERS)
    form = DelayForm(request.POST, order=order)
    if not form.is_valid():
        return order_page(request, order, {"workshop.tell_delay": form})
    progress_services.tell_delay(order, form.told(), by=request.employee, version=form.seen)
    return back_to(request, order)
