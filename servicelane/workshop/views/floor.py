"""Pages of the floor: a technician's own jobs, and the cars to inspect and to wash."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.forms import OrderForm
from servicelane.people.http import StoreRequest
from servicelane.schedule.queries import is_technician

from .. import pages
from ..forms import FoundForm, HelpForm, JobPhotoForm, PartRequestForm, PauseForm, SkipForm
from ..permissions import Perm
from ..queries import asked_by
from ..sheets import sheet_of

ON_THE_CARD: dict[str, type[OrderForm]] = {
    "pause": PauseForm,
    "photo": JobPhotoForm,
    "found": FoundForm,
    "part": PartRequestForm,
    "help": HelpForm,
}
"""The forms on the card of the first job."""


@STAFF(Perm.CLOCK, scope=HERE)
@require_GET
def my_jobs(request: StoreRequest) -> HttpResponse:
    """The reader's own jobs in the current store, the running one first."""
    rows = pages.my_jobs(request.employee, request.store)
    shown: list[dict[str, object]] = [{"mine": mine} for mine in rows]
    if rows:
        shown[0] |= {name: _named(made, rows[0], name) for name, made in ON_THE_CARD.items()}
    context = {
        "rows": shown,
        "pressed": pages.last_press(request.employee, request.store),
        "sheet": sheet_of(rows[0].order) if rows else None,
        "more": len(rows) - 1,
        "asked": asked_by(request.employee, rows[0].order) if rows else [],
        "is_technician": is_technician(request.employee, request.store),
    }
    return render(request, "workshop/my_jobs.html", context)


def _named(made: type[OrderForm], mine: pages.MyJob, name: str) -> OrderForm:
    """A form whose fields have ids of their own: several stand on one page."""
    return made(order=mine.order, auto_id=f"{name}_{mine.job.pk}_%s")


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
