"""What a technician does beside the clock on My jobs: photo, finding, part, help; and its answer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import STAFF
from servicelane.orders.finding_services import report_finding
from servicelane.orders.models import RepairOrder, Safety, Shows
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.orders.photo_services import add_photo
from servicelane.orders.views import answer, order_of
from servicelane.people.http import StaffRequest

from .. import request_services
from ..forms import CloseRequestForm, FoundForm, HelpForm, JobPhotoForm, PartRequestForm
from ..models import FloorRequest, RequestKind
from ..permissions import Perm
from .orders import back_to, job_of


@STAFF(OrdersPerm.REPORT_FINDINGS, scope=RepairOrder)
@require_POST
def photo(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Keep a photo of the work on a job."""
    order = order_of(request, pk, OrdersPerm.REPORT_FINDINGS)
    job_of(order, job)
    form = JobPhotoForm(request.POST, request.FILES, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.photo": form})
    add_photo(order, form.cleaned_data["photo"], Shows.JOB, by=request.employee)
    return back_to(request, order)


@STAFF(OrdersPerm.REPORT_FINDINGS, scope=RepairOrder)
@require_POST
def found(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Report something found, with its photo; a refused photo undoes the finding too."""
    order = order_of(request, pk, OrdersPerm.REPORT_FINDINGS)
    job_of(order, job)
    form = FoundForm(request.POST, request.FILES, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.finding": form})
    entered, me = form.cleaned_data, request.employee
    made = report_finding(order, entered["words"], Safety(entered["safety"]), by=me, version=form.seen)
    if entered["photo"]:
        add_photo(order, entered["photo"], Shows.FINDING, by=me, finding=made)
    return back_to(request, order)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def need_part(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Ask the parts desk for a part."""
    return _asked(request, pk, job, RequestKind.PART, PartRequestForm)


@STAFF(Perm.CLOCK, scope=RepairOrder)
@require_POST
def call_help(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Ask the dispatcher for help."""
    return _asked(request, pk, job, RequestKind.HELP, HelpForm)


def _asked(
    request: StaffRequest, pk: int, job: int, kind: RequestKind, made: type[PartRequestForm | HelpForm]
) -> HttpResponse:
    order = order_of(request, pk, Perm.CLOCK)
    shown = job_of(order, job)
    form = made(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"workshop.{kind}": form})
    entered = form.cleaned_data
    request_services.ask(
        shown,
        kind,
        by=request.employee,
        words=entered["words"],
        quantity=entered.get("quantity", 1),
        version=form.seen,
    )
    return back_to(request, order)


@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
@require_POST
def close(request: StaffRequest, pk: int, asked: int) -> HttpResponse:
    """Answer a request, or take one's own back; the service asks for the right of its kind."""
    order = order_of(request, pk, OrdersPerm.SEE_ORDERS)
    shown: FloorRequest = get_object_or_404(FloorRequest.objects.filter(order=order), pk=asked)
    shown.order = order
    form = CloseRequestForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"workshop.close": form})
    entered = form.cleaned_data["answer"]
    request_services.close(shown, by=request.employee, answer=entered, version=form.seen)
    return back_to(request, order)
