"""Writes of dispatch: who does which job in which bay (WSH-1).

Each service is one transaction, records its fact on the order and is called alike by screens, API and
commands. `by` is who does it, `at` when it happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.orders.errors import NotAgreed
from servicelane.orders.models import Consent, Job, JobState, Operation, RepairOrder, Status
from servicelane.orders.writing import By, take, tell
from servicelane.org.models import Bay
from servicelane.org.queries import today_in
from servicelane.people.attendance_services import is_away
from servicelane.people.models import Employee

from . import errors, events
from .fitness import lacks
from .models import Assignment
from .queries import is_technician, team_of

AT_WORK = (Status.AGREED, Status.IN_WORK)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a job is to be done; everything may be left open."""

    bay: Bay | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None


ANYWHERE = Place()


@transaction.atomic
def assign(
    order: RepairOrder,
    job: Job,
    technician: Employee,
    bay: Bay | None = None,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
    reason: str = "",
) -> Assignment:
    """Put `technician` on `job`, beside who is on it already; in `bay` if given.

    Raises NotATechnician, NotFit, PersonAway, BayOutOfService, JobNotOpen, NotAgreed, OrderChanged and
    WrongMoment.
    """
    take(order, version, during=AT_WORK)
    return put(order, job, technician, Place(bay), by=by, at=at, reason=reason)


@transaction.atomic
def dispatch(
    order: RepairOrder,
    jobs: Sequence[Job],
    technicians: Sequence[Employee],
    place: Place = ANYWHERE,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
    reason: str = "",
) -> list[Assignment]:
    """Give each of `jobs` to exactly these technicians at one place; who else was on it is taken off.

    Raises what `assign` raises, and JobRuns for somebody whose job runs.
    """
    take(order, version, during=AT_WORK)
    made = []
    for job in jobs:
        team = team_of(job)
        chosen = {technician.pk for technician in technicians}
        for assignment in team:
            if assignment.technician_id not in chosen:
                _end(order, job, assignment, by=by, at=at)
        made += [
            put(order, job, technician, place, by=by, at=at, team=team, reason=reason)
            for technician in technicians
        ]
    return made


def put(
    order: RepairOrder,
    job: Job,
    technician: Employee,
    place: Place,
    *,
    by: By,
    at: datetime | None = None,
    team: Sequence[Assignment] | None = None,
    reason: str = "",
) -> Assignment:
    """Put a technician on a job of an order whose version is taken; see `assign`. Seven statements.

    Nothing is written when it says so already. Whoever is away today is given work with a `reason`, which the
    fact keeps; who takes a job themselves is here. `team` are the job's current assignments, if known.
    """
    _check(order, job, technician, place)
    team = team_of(job) if team is None else team
    known = next((one for one in team if one.technician_id == technician.pk), None)
    if known is None:
        if by != technician and not reason and is_away(technician, order.store, at or now()):
            raise errors.PersonAway(job=job, person=technician)
        known = Assignment(job=job, technician=technician, assigned_at=at or now())
        known.assigned_by = by if isinstance(by, Employee) else None
    elif _place_of(known) == place:
        return known
    known.bay, known.planned_start, known.planned_end = place.bay, place.planned_start, place.planned_end
    known.save()
    tell(
        events.ASSIGNED,
        order,
        by=by,
        at=at,
        note=reason,
        job=job.pk,
        technician=technician.pk,
        bay=place.bay.pk if place.bay else 0,
    )
    return known


def _place_of(assignment: Assignment) -> Place:
    return Place(assignment.bay, assignment.planned_start, assignment.planned_end)


def _check(order: RepairOrder, job: Job, technician: Employee, place: Place) -> None:
    if job.consent != Consent.AGREED:
        raise NotAgreed(job=job)
    if not job.is_open:
        raise errors.JobNotOpen(job=job, now=job.get_state_display())
    if not is_technician(technician, order.store):
        raise errors.NotATechnician(job=job, person=technician, store=order.store)
    if job.operation_id:
        wanted = Operation.objects.select_related("skill").get(pk=job.operation_id)
        if why := lacks(technician, wanted, today_in(order.store)):
            raise errors.NotFit(job=job, person=technician, why=why)
    bay = place.bay
    if bay and (bay.store_id != order.store_id or not bay.in_service):
        raise errors.BayOutOfService(job=job, bay=bay, store=order.store)
    if place.planned_start or place.planned_end:
        start, end = place.planned_start, place.planned_end
        if start is None or end is None or start >= end:
            raise errors.PlanBackwards(job=job)


@transaction.atomic
def unassign(
    order: RepairOrder,
    job: Job,
    technician: Employee,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Take `technician` off `job`; nothing when not on it. Raises JobRuns, JobNotOpen, OrderChanged."""
    take(order, version, during=AT_WORK)
    if not job.is_open:
        raise errors.JobNotOpen(job=job, now=job.get_state_display())
    for assignment in team_of(job):
        if assignment.technician_id == technician.pk:
            _end(order, job, assignment, by=by, at=at)


def withdraw(order: RepairOrder, job: Job, assignment: int, *, by: By, at: datetime | None = None) -> None:
    """End an assignment by its id because the press that made it is taken back; nothing once it ended.

    The order's version is taken. Three statements.
    """
    for known in team_of(job):
        if known.pk == assignment:
            _off(order, job, known, by=by, at=at)


def _end(order: RepairOrder, job: Job, assignment: Assignment, *, by: By, at: datetime | None) -> None:
    if job.state == JobState.RUNNING:
        raise errors.JobRuns(job=job, person=assignment.technician)
    _off(order, job, assignment, by=by, at=at)


def _off(order: RepairOrder, job: Job, assignment: Assignment, *, by: By, at: datetime | None) -> None:
    assignment.ended_at = at or now()
    assignment.save(update_fields=["ended_at"])
    tell(events.UNASSIGNED, order, by=by, at=at, job=job.pk, technician=assignment.technician_id)
