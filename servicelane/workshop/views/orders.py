"""What the workshop does on the order page: the clock, the inspection, the wash, the stop."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import STAFF
from servicelane.orders.forms import OrderForm
from servicelane.orders.models import Job, RepairOrder
from servicelane.orders.views import answer, order_of
from servicelane.people.http import StaffRequest
from servicelane.schedule.queries import team_of, technicians_of

from .. import clock_services, errors, inspection_services, undo_services
from ..forms import (
    ForOthersForm,
    InspectionForm,
    OwnInspectionForm,
    PauseForm,
    SkipForm,
    StopForm,
    rework_choices,
)
from ..models import PauseReason, Use, WashSkip
from ..permissions import Perm
from ..sheets import items_for

BACK_TO = {"my-jobs": "workshop:my_jobs", "washes": "workshop:washes"}
"""Pages beside the order's own from which one may press; they send their name along."""


def back_to(request: StaffRequest, order: RepairOrder) -> HttpResponse:
    """Lead back to where was pressed: the page named along, else the order."""
    place = BACK_TO.get(request.POST.get("from", ""))
    return redirect(reverse(place) if place else reverse("orders:order", args=[order.pk]))


def job_of(order: RepairOrder, pk: int) -> Job:
    """A job of the order by its id, or 404. One query."""
    found: Job = get_object_or_404(order.jobs, pk=pk)
    found.order = order
    return found


def _seen(request: StaffRequest, order: RepairOrder) -> int | None:
    form = OrderForm(request.POST, order=order)
    return form.seen if form.is_valid() else None


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def start(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Start one's clock on a job."""
    order = order_of(request, pk, Perm.CLOCK)
    me = request.employee
    clock_services.start(job_of(order, job), me, by=me, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def resume(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Go on with a paused job."""
    order = order_of(request, pk, Perm.CLOCK)
    me = request.employee
    clock_services.resume(job_of(order, job), me, by=me, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def pause(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Stop one's clock on a job for a reason."""
    order = order_of(request, pk, Perm.CLOCK)
    shown = job_of(order, job)
    form = PauseForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"workshop.pause": form})
    reason = PauseReason(form.cleaned_data["reason"])
    me = request.employee
    clock_services.pause(shown, reason, by=me, technician=me, version=form.seen)
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def finish(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Finish a job."""
    order = order_of(request, pk, Perm.CLOCK)
    clock_services.finish(job_of(order, job), by=request.employee, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back one's last press on the clock of an order."""
    order = order_of(request, pk, Perm.CLOCK)
    undo_services.undo(order, by=request.employee, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.CLOCK_FOR_OTHERS, scope=RepairOrder)
@require_POST
def clock_for(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Start, pause or finish a job on the clock of its technician."""
    order = order_of(request, pk, Perm.CLOCK_FOR_OTHERS)
    shown = job_of(order, job)
    form = ForOthersForm(request.POST, order=order, people=technicians_of(order.store))
    if not form.is_valid():
        return answer(request, order, {"workshop.clock_for": form})
    entered, by = form.cleaned_data, request.employee
    if entered["what"] == ForOthersForm.START:
        team = [one.technician for one in team_of(shown)]
        technician = entered["technician"] or next(iter(team), None)
        if technician is None:
            raise errors.NobodyAssigned(job=shown)
        clock_services.start(shown, technician, by=by, version=form.seen)
    elif entered["what"] == ForOthersForm.PAUSE:
        reason = PauseReason(entered["reason"] or PauseReason.OTHER)
        clock_services.pause(shown, reason, by=by, technician=entered["technician"], version=form.seen)
    else:
        clock_services.finish(shown, by=by, version=form.seen)
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """Send the car to the inspection."""
    order = order_of(request, pk, Perm.CLOCK)
    clock_services.send_to_inspection(order, by=request.employee, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.INSPECT, scope=RepairOrder)
@require_POST
def inspect(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign the inspection of a car."""
    return _inspected(request, order_of(request, pk, Perm.INSPECT), InspectionForm)


@STAFF(Perm.RELEASE_INSPECTION, scope=RepairOrder)
@require_POST
def inspect_own(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign the inspection of a car one worked on, with the reason."""
    return _inspected(request, order_of(request, pk, Perm.RELEASE_INSPECTION), OwnInspectionForm)


def _inspected(request: StaffRequest, order: RepairOrder, made: type[InspectionForm]) -> HttpResponse:
    points = items_for(order, Use.QC)
    form = made(request.POST, order=order, jobs=rework_choices(order), points=points)
    if not form.is_valid():
        return answer(request, order, {"workshop.inspect": form})
    inspection_services.inspect(order, form.inspection(), by=request.employee, version=form.seen)
    return back_to(request, order)


@STAFF(Perm.WASH, scope=RepairOrder)
@require_POST
def wash_start(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin to wash the car."""
    order = order_of(request, pk, Perm.WASH)
    inspection_services.start_wash(order, by=request.employee, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.WASH, scope=RepairOrder)
@require_POST
def wash_done(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that the car is clean."""
    order = order_of(request, pk, Perm.WASH)
    inspection_services.wash_done(order, by=request.employee, version=_seen(request, order))
    return back_to(request, order)


@STAFF(Perm.WASH, scope=RepairOrder)
@require_POST
def wash_skip(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave the wash out for a reason."""
    order = order_of(request, pk, Perm.WASH)
    form = SkipForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"workshop.wash_skip": form})
    reason = WashSkip(form.cleaned_data["reason"])
    inspection_services.skip_wash(order, reason, by=request.employee, version=form.seen)
    return back_to(request, order)


@STAFF(Perm.STOP_WORK, scope=RepairOrder)
@require_POST
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the work because the customer wishes it."""
    order = order_of(request, pk, Perm.STOP_WORK)
    form = StopForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"workshop.stop": form})
    clock_services.stop_work(order, by=request.employee, note=form.cleaned_data["note"], version=form.seen)
    return back_to(request, order)
