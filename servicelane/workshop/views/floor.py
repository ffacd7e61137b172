"""Pages of the floor: a technician's own jobs, and the cars to inspect and to wash."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StoreRequest
from servicelane.schedule.queries import is_technician

from .. import pages
from ..forms import PauseForm, SkipForm
from ..permissions import Perm


@STAFF(Perm.CLOCK, scope=HERE)
@require_GET
def my_jobs(request: StoreRequest) -> HttpResponse:
    """The reader's own jobs in the current store, the running one first."""
    rows = pages.my_jobs(request.employee, request.store)
    shown = [
        {"mine": mine, "pause": PauseForm(order=mine.order, auto_id=f"pause_{mine.job.pk}_%s")}
        for mine in rows
    ]
    context = {"rows": shown, "is_technician": is_technician(request.employee, request.store)}
    return render(request, "workshop/my_jobs.html", context)


@STAFF(Perm.INSPECT, scope=HERE)
@require_GET
def inspections(request: StoreRequest) -> HttpResponse:
    """The cars of the current store that wait for the inspection, the most urgent first."""
    rows = [row for row in pages.queue(request.employee, request.store, Perm.INSPECT) if not row.is_inspected]
    return render(request, "workshop/inspections.html", {"rows": rows})


@STAFF(Perm.WASH, scope=HERE)
@require_GET
def washes(request: StoreRequest) -> HttpResponse:
    """The cars of the current store that wait for the wash, the most urgent first."""
    rows = [row for row in pages.queue(request.employee, request.store, Perm.WASH) if row.is_wash_due]
    shown = [
        {"row": row, "skip": SkipForm(order=row.order, auto_id=f"skip_{row.order.pk}_%s")} for row in rows
    ]
    return render(request, "workshop/washes.html", {"rows": shown})
