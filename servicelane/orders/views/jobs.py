"""Jobs of an order, their parts, and what the customer says to them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import STAFF
from servicelane.people.http import StaffRequest

from .. import estimate_services, finding_services, job_services, package_services, part_services
from ..estimate_services import Answered
from ..forms import (
    AnswerForm,
    DismissForm,
    DropForm,
    EstimateForm,
    FindingForm,
    JobChangeForm,
    JobForm,
    OrderForm,
    PackageForm,
    PartForm,
    QuantityForm,
)
from ..http import answer, order_of
from ..models import ConsentWay, DropReason, Estimate, Finding, Job, PartLine, RepairOrder, Safety
from ..permissions import Perm
from ..questions import jobs_asked


def _job(order: RepairOrder, pk: int) -> Job:
    found: Job = get_object_or_404(order.jobs.prefetch_related("part_lines__part"), pk=pk)
    found.order = order
    return found


def _line(order: RepairOrder, pk: int) -> PartLine:
    found = get_object_or_404(PartLine.objects.select_related("job", "part"), pk=pk, job__order=order)
    found.job.order = order
    return found


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def add_job(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a job on the order."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = JobForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.add_job": form})
    job_services.add_job(order, form.job(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def add_package(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a package on the order."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = PackageForm(request.POST, order=order, packages=package_services.packages_for(order))
    if not form.is_valid():
        return answer(request, order, {"orders.add_package": form})
    package = form.cleaned_data["package"]
    package_services.add_package(order, package, by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def change_job(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Change hours, price or payer of a job that has no answer yet."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    shown = _job(order, job)
    form = JobChangeForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"orders.job_{shown.pk}": form})
    job_services.change_job(order, shown, form.details(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def drop_job(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Take a job off the order, with the reason."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    shown = _job(order, job)
    form = DropForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"orders.drop_{shown.pk}": form})
    entered = form.cleaned_data
    reason = DropReason(entered["reason"])
    job_services.drop_job(order, shown, reason, by=request.employee, note=entered["note"], version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def add_part(request: StaffRequest, pk: int, job: int) -> HttpResponse:
    """Put one more part on a job that has no answer yet."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    shown = _job(order, job)
    form = PartForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"orders.part_{shown.pk}": form})
    job_services.add_part(order, shown, form.wanted(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def remove_part(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """Take a part off a job that has no answer yet."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = OrderForm(request.POST, order=order)
    form.is_valid()
    job_services.remove_part(order, _line(order, line), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def make_estimate(request: StaffRequest, pk: int) -> HttpResponse:
    """Freeze what the customer is to be asked."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    form = EstimateForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.estimate": form})
    entered = form.cleaned_data
    estimate_services.make_estimate(
        order,
        by=request.employee,
        promised_at=entered["promised_at"],
        weighed=entered["weighed"],
        version=form.seen,
    )
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def take_answer(request: StaffRequest, pk: int, estimate: int) -> HttpResponse:
    """Take the customer's answer to an estimate, line by line."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    asked = _estimate(order, estimate)
    form = AnswerForm(request.POST, estimate=asked, jobs=jobs_asked(asked))
    if not form.is_valid():
        return answer(request, order, {"orders.answer": form})
    estimate_services.authorise(asked, form.answered(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.RELEASE_WORK, scope=RepairOrder)
@require_POST
def release_work(request: StaffRequest, pk: int, estimate: int) -> HttpResponse:
    """Release internal, goodwill or warranty work instead of the customer."""
    order = order_of(request, pk, Perm.RELEASE_WORK)
    asked = _estimate(order, estimate)
    form = OrderForm(request.POST, order=order)
    form.is_valid()
    released = Answered(ConsentWay.RELEASE, agreed=frozenset(jobs_asked(asked)), declined={})
    estimate_services.authorise(asked, released, by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


def _estimate(order: RepairOrder, pk: int) -> Estimate:
    found: Estimate = get_object_or_404(order.estimates, pk=pk)
    found.order = order
    return found


@STAFF(Perm.REPORT_FINDINGS, scope=RepairOrder)
@require_POST
def report_finding(request: StaffRequest, pk: int) -> HttpResponse:
    """Report something found on the car."""
    order = order_of(request, pk, Perm.REPORT_FINDINGS)
    form = FindingForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.finding": form})
    entered = form.cleaned_data
    finding_services.report_finding(
        order, entered["words"], Safety(entered["safety"]), by=request.employee, version=form.seen
    )
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def price_finding(request: StaffRequest, pk: int, finding: int) -> HttpResponse:
    """Price a finding as a job that the customer is then asked about."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    found = _finding(order, finding)
    form = JobForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.price": form})
    finding_services.price_finding(found, [form.job()], by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def dismiss_finding(request: StaffRequest, pk: int, finding: int) -> HttpResponse:
    """Say that nothing is to be done about a finding."""
    order = order_of(request, pk, Perm.WRITE_ORDERS)
    found = _finding(order, finding)
    form = DismissForm(request.POST, order=order)
    form.is_valid()
    note = form.cleaned_data.get("note", "")
    finding_services.dismiss_finding(found, by=request.employee, note=note, version=form.seen)
    return redirect("orders:order", order.pk)


def _finding(order: RepairOrder, pk: int) -> Finding:
    found: Finding = get_object_or_404(order.findings, pk=pk)
    found.order = order
    return found


@STAFF(Perm.ISSUE_PARTS, scope=RepairOrder)
@require_POST
def issue_parts(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """Issue parts to an agreed job."""
    order = order_of(request, pk, Perm.ISSUE_PARTS)
    shown = _line(order, line)
    form = QuantityForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"orders.issue_{shown.pk}": form})
    part_services.issue_parts(shown, form.cleaned_data["quantity"], by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.ISSUE_PARTS, scope=RepairOrder)
@require_POST
def return_parts(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """Take parts of a job back into the stock."""
    order = order_of(request, pk, Perm.ISSUE_PARTS)
    shown = _line(order, line)
    form = QuantityForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {f"orders.return_{shown.pk}": form})
    part_services.return_parts(shown, form.cleaned_data["quantity"], by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)
