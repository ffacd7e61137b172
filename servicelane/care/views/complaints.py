"""Complaints: the list, one case with its answer and verdict, and taking a new one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.customers.permissions import Perm as CustomerPerm
from servicelane.kernel.clock import now
from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.models import RepairOrder
from servicelane.people.http import StaffRequest, StoreRequest

from .. import complaint_services
from ..forms import AnswerForm, CloseForm, ComplaintForm, StateForm
from ..models import Complaint, ComplaintState
from ..pages import complaint_list
from ..permissions import Perm

PAGE = 50


@STAFF(Perm.SEE_CARE, scope=HERE)
@require_GET
def complaints(request: StoreRequest) -> HttpResponse:
    """The complaints of the current store: unsolved ones by their clock, on request the closed ones."""
    form = StateForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Pages(complaint_list(request.employee, request.store, state), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "state": state,
        "now": now(),
        "may_handle": request.employee.may(Perm.HANDLE_COMPLAINTS, request.store),
    }
    return render(request, "care/complaints.html", context)


@STAFF(Perm.SEE_CARE, scope=Complaint)
@require_GET
def complaint(request: StaffRequest, pk: int) -> HttpResponse:
    """One complaint: the customer's words, the answer, and what is left to do."""
    return _page(request, _complaint(request, pk, Perm.SEE_CARE))


@STAFF(Perm.HANDLE_COMPLAINTS, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_complaint(request: StoreRequest) -> HttpResponse:
    """Take a complaint at the desk or on the telephone; `?order=` fills in the order."""
    viewer, store = request.employee, request.store
    form = ComplaintForm(
        request.POST or None, viewer=viewer, store=store, initial={"about": _number_of(request)}
    )
    if form.is_bound and form.is_valid():
        taken = complaint_services.open_complaint(store, form.details(), by=viewer)
        return redirect("care:complaint", taken.pk)
    return render(request, "care/complaint_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _number_of(request: StoreRequest) -> str:
    asked = request.GET.get("order", "")
    if not asked.isdecimal() or len(asked) > 18:
        return ""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.HANDLE_COMPLAINTS)
    return rows.filter(store=request.store, pk=int(asked)).values_list("number", flat=True).first() or ""


@STAFF(Perm.HANDLE_COMPLAINTS, scope=Complaint)
@require_POST
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer a complaint."""
    shown = _complaint(request, pk, Perm.HANDLE_COMPLAINTS)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, answer_form=form)
    complaint_services.answer_complaint(shown, form.details(), by=request.employee, version=form.seen)
    return redirect("care:complaint", shown.pk)


@STAFF(Perm.CLOSE_COMPLAINTS, scope=Complaint)
@require_POST
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """Close an answered complaint with the customer's verdict."""
    shown = _complaint(request, pk, Perm.CLOSE_COMPLAINTS)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, close_form=form)
    complaint_services.close_complaint(shown, form.details(), by=request.employee, version=form.seen)
    return redirect("care:complaint", shown.pk)


def _complaint(request: StaffRequest, pk: int, perm: Perm) -> Complaint:
    rows = Complaint.objects.visible_to(request.employee, perm)
    return get_object_or_404(rows.with_names(), pk=pk)


def _page(
    request: StaffRequest,
    shown: Complaint,
    answer_form: AnswerForm | None = None,
    close_form: CloseForm | None = None,
) -> HttpResponse:
    viewer = request.employee
    may_answer = not shown.is_closed and viewer.may(Perm.HANDLE_COMPLAINTS, shown.store)
    may_close = shown.state == ComplaintState.ANSWERED and viewer.may(Perm.CLOSE_COMPLAINTS, shown.store)
    context = {
        "complaint": shown,
        "now": now(),
        "may_show": viewer.may(CustomerPerm.SHOW_PHONE, shown.store),
        "answer_form": (answer_form or AnswerForm.of(shown)) if may_answer else None,
        "close_form": (close_form or CloseForm.of(shown)) if may_close else None,
        "answer_first": bool(answer_form),
    }
    return render(request, "care/complaint.html", context, status=422 if answer_form or close_form else 200)
