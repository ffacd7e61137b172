"""Whom to call today, and the call itself with its script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from servicelane.customers.permissions import Perm as CustomerPerm
from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.org.queries import today_in
from servicelane.people.http import StaffRequest, StoreRequest

from .. import follow_up_services
from ..forms import CallForm
from ..models import FollowUp, FollowUpState, Outcome
from ..pages import SHOWN, call_row, calls_on, complaint_list, follow_ups_told
from ..permissions import Perm


@STAFF(Perm.SEE_CARE, scope=HERE)
@require_GET
def care(request: StoreRequest) -> HttpResponse:
    """The customers to be called today, the longest overdue first, and the unsolved complaints."""
    viewer, store = request.employee, request.store
    rows = calls_on(viewer, store, today_in(store))
    context = {
        "rows": rows,
        "due": sum(bool(row.urgency) for row in rows),
        "complaints": list(complaint_list(viewer, store)[:SHOWN]),
        "now": now(),
        "may_call": viewer.may(Perm.CALL, store),
        "may_handle": viewer.may(Perm.HANDLE_COMPLAINTS, store),
    }
    return render(request, "care/care.html", context)


@STAFF(Perm.CALL, scope=FollowUp)
@require_http_methods(["GET", "POST"])
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """One call: the script with its questions, the tries before, and how it ended."""
    shown = get_object_or_404(follow_ups_told(request.employee, Perm.CALL), pk=pk)
    form = CallForm(request.POST) if request.method == "POST" else CallForm.of(shown)
    if form.is_bound and form.is_valid():
        details = form.details()
        made = follow_up_services.record_call(shown, details, by=request.employee, version=form.seen)
        if details.outcome is Outcome.DISSATISFIED:
            messages.info(request, _("A complaint was opened; the reception supervisor sees to it."))
            return redirect("care:complaint", made.complaint.pk)
        messages.success(request, _said(shown))
        return redirect("care:list")
    context = {
        "row": call_row(shown, today_in(shown.store)),
        "follow_up": shown,
        "form": form,
        "may_show": request.employee.may(CustomerPerm.SHOW_PHONE, shown.store),
    }
    return render(request, "care/call.html", context, status=422 if form.is_bound else 200)


def _said(follow_up: FollowUp) -> str:
    """What follows by itself from the call just recorded."""
    return {
        FollowUpState.DUE: _("Recorded; the next try is noted."),
        FollowUpState.UNREACHABLE: _(
            "Recorded; no day is left to try, so the customer counts as not reached."
        ),
        FollowUpState.REFUSED: _("Recorded; the customer is not called again about this visit."),
    }.get(FollowUpState(follow_up.state), _("Recorded; the follow-up is done."))
