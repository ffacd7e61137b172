"""Dispatch on the order page: all jobs that nobody has at once, or one job anew."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import STAFF
from servicelane.orders.models import Job, RepairOrder
from servicelane.orders.views import answer, order_of
from servicelane.people.http import StaffRequest

from . import services
from .permissions import Perm
from .queries import teams_of, unassigned
from .rooms import Rooms


@STAFF(Perm.ASSIGN_WORK, scope=RepairOrder)
@require_POST
def dispatch(request: StaffRequest, pk: int) -> HttpResponse:
    """Give all jobs that nobody has to one technician and bay."""
    order = order_of(request, pk, Perm.ASSIGN_WORK)
    form = Rooms.of(order).form(request.POST)
    if not form.is_valid():
        return answer(request, order, {"schedule.dispatch": form})
    jobs = unassigned(order.jobs.all(), teams_of(order))
    people = [form.cleaned_data["technician"]]
    services.dispatch(
        order, jobs, people, form.place(), by=request.employee, version=form.seen, reason=form.given_reason
    )
    return redirect("orders:order", order.pk)


@STAFF(Perm.ASSIGN_WORK, scope=RepairOrder)
@require_POST
def assign(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Give one job to one technician and bay, instead of who has it."""
    order = order_of(request, pk, Perm.ASSIGN_WORK)
    shown: Job = get_object_or_404(order.jobs, pk=job)
    form = Rooms.of(order).form(request.POST)
    if not form.is_valid():
        form.job = shown  # type: ignore[attr-defined]
        return answer(request, order, {"schedule.assign": form})
    people = [form.cleaned_data["technician"]]
    services.dispatch(
        order, [shown], people, form.place(), by=request.employee, version=form.seen, reason=form.given_reason
    )
    return redirect("orders:order", order.pk)
