"""What the workshop shows on the order page: the work with its clocks, the inspection and the wash."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from servicelane.orders.models import JobState, RepairOrder, Status
from servicelane.orders.panels import Panel, panel
from servicelane.people.models import Employee
from servicelane.schedule.permissions import Perm as SchedulePerm
from servicelane.schedule.queries import can_be_given
from servicelane.schedule.rooms import Rooms

from .forms import CloseRequestForm, PauseForm
from .models import FloorRequest
from .permissions import Perm
from .queries import is_wash_due, wash_of
from .request_services import may_close
from .sheet_services import AT_WORK
from .sheets import sheet_of
from .work import done_of, work_rows

BEFORE_WORK = (Status.ARRIVED, Status.OPEN, Status.CANCELLED)


@panel(rank=30)
def work(order: RepairOrder, viewer: Employee) -> Panel | None:
    """The agreed jobs with technician, bay, clock and state. Four queries, six more to give out work."""
    if order.status in BEFORE_WORK:
        return None
    rows = work_rows(order, viewer)
    if not rows:
        return None
    is_at_work = order.status in (Status.AGREED, Status.IN_WORK)
    gives = is_at_work and viewer.may(SchedulePerm.ASSIGN_WORK, order.store)
    rooms = Rooms.of(order) if gives and any(can_be_given(row.job) for row in rows) else None
    done, of = done_of(rows)
    shown = [
        {
            "row": row,
            "pause": PauseForm(order=order, auto_id=f"pause_{row.job.pk}_%s") if row.can_pause else None,
            "give": rooms.form(team=row.team, auto_id=f"give_{row.job.pk}_%s")
            if rooms and can_be_given(row.job) and row.job.state != JobState.RUNNING
            else None,
            "taken": [rooms.taken[one.bay_id] for one in row.team if rooms and one.bay_id in rooms.taken],
        }
        for row in rows
    ]
    return Panel(
        code="workshop.work",
        title=_("Work"),
        template="workshop/_work.html",
        context={"rows": shown, "is_at_work": is_at_work},
        sub=_("{done} of {all} done").format(done=done, all=of),
    )


@panel(rank=35)
def sheet(order: RepairOrder, viewer: Employee) -> Panel | None:
    """What the maintenance sheet says: how far it is, and what is red or amber. Three queries."""
    if order.status in BEFORE_WORK:
        return None
    shown = sheet_of(order)
    if not shown.points:
        return None
    may_fill = order.status in AT_WORK and viewer.may(Perm.CLOCK, order.store)
    return Panel(
        code="workshop.sheet",
        title=_("Maintenance sheet"),
        template="workshop/_sheet.html",
        context={"sheet": shown, "may_fill": may_fill},
        sub=_("{done} of {all} answered").format(done=shown.done, all=len(shown.points)),
    )


@panel(rank=40)
def inspection(order: RepairOrder, viewer: Employee) -> Panel | None:
    """The inspections of the visit, and the wash. Two queries."""
    checks = list(order.quality_checks.select_related("inspector").annotate(points=Count("answers")))
    known = wash_of(order)
    if not checks and known is None and order.status in (*BEFORE_WORK, Status.AGREED, Status.IN_WORK):
        return None
    return Panel(
        code="workshop.inspection",
        title=_("Inspection and wash"),
        template="workshop/_inspection.html",
        context={"checks": checks[::-1], "wash": known, "is_due": is_wash_due(order, known)},
    )


@panel(rank=20)
def requests(order: RepairOrder, viewer: Employee) -> Panel | None:
    """What technicians asked for and nobody closed yet, with its answer for those who give it. One query."""
    rows = list(FloorRequest.objects.filter(order=order, closed_at=None).select_related("asked_by", "job"))
    if not rows:
        return None
    shown = [
        {
            "asked": row,
            "form": CloseRequestForm(order=order, auto_id=f"close_{row.pk}_%s")
            if may_close(row, viewer, order)
            else None,
        }
        for row in rows
    ]
    return Panel(
        code="workshop.requests",
        title=_("Technicians ask"),
        template="workshop/_requests.html",
        context={"rows": shown, "order": order},
    )
