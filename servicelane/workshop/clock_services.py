"""The technician's clock: start, pause, resume and finish a job (WSH-4, WSH-14, RO-2, RO-8).

Each service is one transaction, records its facts on the order and is called alike by screens, API and
commands. `by` is who presses, `technician` whose clock it is, `at` when it happened (now if None),
`version` what the form was made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.orders import order_services
from servicelane.orders.errors import WrongJobStep
from servicelane.orders.finding_services import hold, release
from servicelane.orders.job_services import finished_all, move_job
from servicelane.orders.models import Hold, HoldReason, Job, JobState, RepairOrder, Status
from servicelane.orders.writing import By, take, tell
from servicelane.org.models import Bay
from servicelane.org.queries import rule
from servicelane.people.models import Employee
from servicelane.schedule.queries import team_of
from servicelane.schedule.services import Place, put

from . import errors, events
from .models import FINISH, WAITS, Clocking, PauseReason, Pressed
from .permissions import Perm
from .queries import running_of, running_on
from .rules import SHARED_CLOCK
from .undo_services import Before, keep

AT_WORK = (Status.AGREED, Status.IN_WORK)


@transaction.atomic
def start(
    job: Job,
    technician: Employee,
    *,
    by: By,
    bay: Bay | None = None,
    at: datetime | None = None,
    version: int | None = None,
) -> Clocking:
    """Start the clock of `technician` on `job`, alone or beside a colleague; the first one begins the work.

    Who is not on the job yet is put on it, and stays in the bay that is planned unless `bay` says
    another. A paused job goes on, and the wait for which it stood ends. Raises NotAgreed, AnotherJobRuns,
    NotYourClock, WrongJobStep, NotATechnician, BayOutOfService, OrderChanged, WrongMoment.
    """
    order, before = job.order, Before.of(job)
    _check_clock(job, technician, by)
    take(order, version, during=AT_WORK)
    if job.state != JobState.RUNNING:
        was = JobState(job.state)
        move_job(job, JobState.RUNNING)
    else:
        was = JobState.WAITING
    team = team_of(job)
    known = next((one for one in team if one.technician_id == technician.pk), None)
    place = bay or (known.bay if known else next((one.bay for one in team if one.bay), None))
    given = None
    if known is None:
        given = put(order, job, technician, Place(place), by=by, at=at, team=team).pk
    elif bay and bay != known.bay:
        moved = Place(bay, known.planned_start, known.planned_end)
        put(order, job, technician, moved, by=by, at=at, team=team)
    clock = _new_clock(job, technician, place, at or now())
    if order.status == Status.AGREED:
        order_services.advance(order, Status.IN_WORK, by=by, at=at)
    went_on = was is JobState.PAUSED
    released = _end_wait(order, job, by=by, at=at) if went_on else None
    tell(events.RESUMED if went_on else events.STARTED, order, by=by, at=at, **_data(clock))
    what = Pressed.RESUME if went_on else Pressed.START
    keep(what, job, before, by=by, made=clock, released=released, given=given)
    return clock


@transaction.atomic
def resume(
    job: Job,
    technician: Employee,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Clocking:
    """Let the clock go on after a pause. Raises WrongJobStep unless paused, and what `start` raises."""
    if job.state != JobState.PAUSED:
        raise WrongJobStep(job=job, now=job.get_state_display(), to=JobState.RUNNING.label)
    return start(job, technician, by=by, at=at, version=version)


def _check_clock(job: Job, technician: Employee, by: By) -> None:
    if not isinstance(by, Employee) or by == technician or by.may(Perm.CLOCK_FOR_OTHERS, job.order.store):
        return
    raise errors.NotYourClock(job=job, person=by, technician=technician)


def _new_clock(job: Job, technician: Employee, bay: Bay | None, at: datetime) -> Clocking:
    alone = not rule(job.order.store, SHARED_CLOCK)
    clock = Clocking(job=job, technician=technician, bay=bay, started_at=at, alone=alone)
    running = running_of(technician, None if alone else job)
    if running:
        raise _other(job, technician, running)
    try:
        # The database decides between two starts that saw no running clock.
        with transaction.atomic():
            clock.save(force_insert=True)
    except IntegrityError:
        raise _other(job, technician, running_of(technician)) from None
    return clock


def _other(job: Job, technician: Employee, running: Clocking | None) -> errors.AnotherJobRuns:
    other = running.job if running else job
    return errors.AnotherJobRuns(job=job, technician=technician, other=other, order=other.order)


def _data(clock: Clocking) -> dict[str, Any]:
    return {"job": clock.job_id, "technician": clock.technician_id, "bay": clock.bay_id or 0}


@transaction.atomic
def pause(
    job: Job,
    reason: PauseReason,
    *,
    by: By,
    technician: Employee | None = None,
    at: datetime | None = None,
    version: int | None = None,
    note: str = "",
) -> None:
    """Stop the clock of `technician` on `job`, or every clock on it when nobody is named.

    When the last one stops the job stands, and the order waits for what the reason says. Raises
    ClockNotRunning, NotYourClock, OrderChanged, WrongMoment.
    """
    order, before = job.order, Before.of(job)
    take(order, version, during=AT_WORK)
    clocks = running_on(job)
    stopped = [clock for clock in clocks if technician in (None, clock.technician)]
    if not stopped:
        raise errors.ClockNotRunning(job=job, technician=technician or job)
    for clock in stopped:
        _check_clock(job, clock.technician, by)
    begun = _stop(job, clocks, stopped, reason, by=by, at=at, note=note)
    keep(Pressed.PAUSE, job, before, by=by, ended=stopped, begun=begun)


def _stop(
    job: Job,
    clocks: Sequence[Clocking],
    stopped: Sequence[Clocking],
    reason: PauseReason,
    *,
    by: By,
    at: datetime | None,
    note: str = "",
) -> Hold | None:
    order = job.order
    for clock in stopped:
        seconds = _close(clock, reason, at)
        tell(
            events.PAUSED, order, by=by, at=at, note=note, seconds=seconds, reason=str(reason), **_data(clock)
        )
    if len(stopped) == len(clocks):
        move_job(job, JobState.PAUSED)
        if reason in WAITS:
            return hold(order, WAITS[reason], by=by, at=at)
    return None


def _close(clock: Clocking, reason: str, at: datetime | None) -> int:
    """Stop a clock once; returns its length in whole seconds. One statement. Raises ClockNotRunning."""
    # Where the server's clock was set back meanwhile, the stretch is empty: nobody has to wait for an hour.
    clock.ended_at, clock.end_reason = max(at or now(), clock.started_at), str(reason)
    rows = Clocking.objects.running().filter(pk=clock.pk)
    if not rows.update(ended_at=clock.ended_at, end_reason=clock.end_reason):
        raise errors.ClockNotRunning(job=clock.job, technician=clock.technician)
    return (clock.ended_at - clock.started_at) // timedelta(seconds=1)


def _end_wait(order: RepairOrder, job: Job, *, by: By, at: datetime | None) -> Hold | None:
    """End the wait for which a job stood, unless another paused job or a finding still waits for it."""
    last = job.clockings.exclude(ended_at=None).order_by("-ended_at", "-pk").first()
    wait = WAITS.get(last.end_reason) if last else None
    if wait is None or not order.holds.filter(reason=wait, ended_at=None).exists():
        return None
    if wait is HoldReason.APPROVAL and any(finding.is_open for finding in order.findings.all()):
        return None
    ends = Clocking.objects.filter(
        job__order=order, job__state=JobState.PAUSED, ended_at__isnull=False
    ).exclude(job=job)
    ended = dict(ends.order_by("ended_at", "pk").values_list("job", "end_reason"))
    if wait in {WAITS.get(reason) for reason in ended.values()}:
        return None
    return release(order, wait, by=by, at=at)


@transaction.atomic
def finish(job: Job, *, by: By, at: datetime | None = None, version: int | None = None) -> None:
    """Finish `job`: every clock on it stops. After the last open job the car goes to the inspection.

    Raises WrongJobStep unless begun and not done, NotYourClock for somebody who never clocked on it,
    OrderChanged, WrongMoment.
    """
    order, before = job.order, Before.of(job)
    take(order, version, during=(Status.IN_WORK,))
    clocks = running_on(job)
    last = next((clock for clock in clocks if clock.technician == by), None)
    last = last or (clocks[-1] if clocks else job.clockings.select_related("technician").last())
    _check_finisher(job, last, by)
    was = JobState(job.state)
    move_job(job, JobState.DONE, finished_at=at or now())
    for clock in clocks:
        if clock is not last:
            seconds = _close(clock, FINISH, at)
            tell(events.PAUSED, order, by=by, at=at, seconds=seconds, reason=FINISH, **_data(clock))
    released = _end_wait(order, job, by=by, at=at) if was is JobState.PAUSED else None
    seconds = _close(last, FINISH, at) if last and clocks else 0
    named = _data(last) if last else {"job": job.pk, "technician": 0, "bay": 0}
    tell(events.FINISHED, order, by=by, at=at, seconds=seconds, **named)
    if finished_all(order):
        order_services.advance(order, Status.QUALITY_CHECK, by=by, at=at)
    keep(Pressed.FINISH, job, before, by=by, ended=clocks, released=released)


def _check_finisher(job: Job, last: Clocking | None, by: By) -> None:
    """Whoever clocked on a job may finish it, and whoever may clock for others."""
    if not isinstance(by, Employee) or (last and last.technician == by):
        return
    if by.may(Perm.CLOCK_FOR_OTHERS, job.order.store) or job.clockings.filter(technician=by).exists():
        return
    raise errors.NotYourClock(job=job, person=by, technician=last.technician if last else job)


@transaction.atomic
def send_to_inspection(
    order: RepairOrder, *, by: By, at: datetime | None = None, version: int | None = None
) -> None:
    """Send a car to the inspection whose jobs are all done, after its last finding was answered.

    Raises StillOpen with what is not, WrongMoment, OrderChanged.
    """
    take(order, version, during=(Status.IN_WORK,))
    order_services.advance(order, Status.QUALITY_CHECK, by=by, at=at)


@transaction.atomic
def stop_work(
    order: RepairOrder, *, by: By, note: str = "", at: datetime | None = None, version: int | None = None
) -> list[Job]:
    """Stop here because the customer wishes it: clocks stop, what is not done is dropped (RO-8).

    What was done is inspected and billed. Returns the dropped jobs. Raises PartsStillOut, WrongMoment,
    OrderChanged.
    """
    take(order, version, during=(Status.IN_WORK,))
    for job in order.jobs.filter(state=JobState.RUNNING):
        job.order = order
        clocks = running_on(job)
        _stop(job, clocks, clocks, PauseReason.OTHER, by=by, at=at)
    return order_services.stop_here(order, by=by, note=note)
