"""What is answered to a plan: accepted whole or line by line, refused line by line (WSH-3).

A line holds for its job as it was when the plan was made. Where somebody has moved the car since, that line
is refused and says why; the rest applies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.kernel.errors import DomainError
from servicelane.kernel.events import record
from servicelane.orders.models import Job, JobState, RepairOrder
from servicelane.people.models import Employee
from servicelane.schedule.models import Assignment
from servicelane.schedule.services import Place, dispatch

from . import errors, events
from .models import LineState, PlanLine, ShopPlan
from .planning import now_of

LATE_BY = timedelta(minutes=30)
"""A job that was to begin longer ago than this is planned anew."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the lines that were accepted: given out, and out of date with the reason."""

    given: list[PlanLine]
    stale: list[PlanLine]


@transaction.atomic
def accept(plan: ShopPlan, lines: Iterable[int], *, by: Employee) -> Answered:
    """Give out the work of these open lines; those answered already are left alone.

    A line whose job has changed since is marked out of date and keeps the reason; nothing else of it is
    written. Thirteen statements a line.
    """
    given, stale = [], []
    for line in _open(plan, lines):
        try:
            with transaction.atomic():
                give(line, by)
        except DomainError as refused:
            line.state, line.why = LineState.STALE, str(refused)[:400]
            stale.append(line)
        else:
            line.state = LineState.ACCEPTED
            given.append(line)
        _answered(line, by)
    if given or stale:
        record(
            events.PLAN_ANSWERED, plan.store, by=by, plan=plan.pk, accepted=len(given), refused=0,
            stale=len(stale),
        )  # fmt: skip
    return Answered(given, stale)


@transaction.atomic
def refuse(plan: ShopPlan, lines: Iterable[int], *, by: Employee) -> int:
    """Refuse open lines: their jobs stay as they are; how many. Two statements a line."""
    rows = _open(plan, lines)
    for line in rows:
        line.state = LineState.REFUSED
        _answered(line, by)
    if rows:
        record(events.PLAN_ANSWERED, plan.store, by=by, plan=plan.pk, accepted=0, refused=len(rows), stale=0)
    return len(rows)


def _open(plan: ShopPlan, lines: Iterable[int]) -> list[PlanLine]:
    """The open ones of some lines, in the order in which they begin; held until the transaction ends."""
    ShopPlan.objects.select_for_update().get(pk=plan.pk)
    rows = plan.lines.filter(pk__in=list(lines), state=LineState.OPEN)
    return list(rows.select_related("technician", "bay"))


def _answered(line: PlanLine, by: Employee) -> None:
    line.answered_by, line.answered_at = by, now()
    line.save(update_fields=["state", "why", "answered_by", "answered_at"])


def give(line: PlanLine, by: Employee) -> None:
    """Give out the work of one line; raises ProposalOutOfDate and what `dispatch` raises."""
    # The order first: whoever changes the job after that raises its version, and `dispatch` refuses.
    order = RepairOrder.objects.select_related("store", "vehicle").get(pk=line.order_id)
    team = Assignment.objects.current().select_related("technician", "bay")
    jobs = Job.objects.select_related("operation").prefetch_related(Prefetch("assignments", team))
    job = jobs.get(pk=line.job_id)
    if why := _changed(line, job):
        raise errors.ProposalOutOfDate(job=job, order=order, why=why)
    place = Place(line.bay, line.starts, line.ends)
    dispatch(order, [job], [line.technician], place, by=by)


def _changed(line: PlanLine, job: Job) -> str:
    """What has happened to the job of a line since it was planned; empty where nothing has."""
    if not job.is_open:
        return _("it is %(state)s") % {"state": job.get_state_display()}
    if job.state == JobState.RUNNING:
        return _("its clock runs meanwhile")
    team = list(job.assignments.all())
    has = now_of(job)
    if len(team) > 1 or (has and has.technician_id) != line.was_technician_id:
        who = ", ".join(str(one.technician) for one in team)
        return (
            _("it was given to %(who)s meanwhile") % {"who": who} if who else _("it was taken off meanwhile")
        )
    if has and (has.bay_id, has.planned_start) != (line.was_bay_id, line.was_start):
        return _("its bay or time was changed meanwhile")
    if line.starts < now() - LATE_BY:
        return _("its time has passed")
    return ""
