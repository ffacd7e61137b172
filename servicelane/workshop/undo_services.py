"""A wrong press on the clock is taken back within a minute (WSH-4).

Nothing that was recorded goes away: one more fact says which version of the order it `undoes`, that is
the facts of which press count no more. The clock runs, or stands, as if nobody had pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.orders.finding_services import take_back_waits
from servicelane.orders.job_services import move_job_back
from servicelane.orders.models import Hold, Job, JobState, RepairOrder, Status
from servicelane.orders.order_services import step_back
from servicelane.orders.writing import By, take, tell
from servicelane.people.models import Employee
from servicelane.schedule.services import withdraw

from . import errors, events
from .models import Clocking, Press, Pressed

UNDOABLE = (Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK)


@dataclass(frozen=True, slots=True)
class Before:
    """How job and order stood before a press, with the moments the order carried."""

    job: JobState
    order: Status
    started_at: datetime | None
    finished_at: datetime | None

    @staticmethod
    def of(job: Job) -> Before:
        """How they stand now. No query."""
        order = job.order
        return Before(JobState(job.state), Status(order.status), order.started_at, order.finished_at)


def keep(
    what: Pressed,
    job: Job,
    before: Before,
    *,
    by: By,
    made: Clocking | None = None,
    ended: Sequence[Clocking] = (),
    begun: Hold | None = None,
    released: Hold | None = None,
    given: int | None = None,
) -> None:
    """Remember a press of a person so that it can be taken back; inside its own service. One statement.

    `made` is the clock it started, `ended` those it stopped, `begun` and `released` the wait, `given` the
    assignment it put the technician on.
    """
    if not isinstance(by, Employee):
        return
    order = job.order
    stamp = None
    if order.status != before.order:
        stamp = before.started_at if order.status == Status.IN_WORK else before.finished_at
    found: dict[str, Any] = {
        "job": str(before.job),
        "order": str(before.order),
        "stamp": stamp.isoformat() if stamp else "",
        "made": [made.pk] if made else [],
        "ended": [clock.pk for clock in ended],
        "begun": [begun.pk] if begun else [],
        "released": [released.pk] if released else [],
        "given": given or 0,
    }
    press = Press(
        order=order, job=job, what=what, pressed_by=by, pressed_at=now(), version=order.version, before=found
    )
    Press.objects.bulk_create(
        [press],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["job", "what", "pressed_by", "pressed_at", "version", "before", "undone_at"],
    )


@transaction.atomic
def undo(
    order: RepairOrder, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> Press:
    """Take back the last press on the clock of `order`: job, clock and waits are as they were before.

    Raises NothingToUndo, NotYourPress, TooLateToUndo after 60 s, OrderChanged when anybody did something
    on the order since, AnotherJobRuns when the technician's clock runs elsewhere meanwhile.
    """
    press = Press.objects.filter(order=order, undone_at=None).select_related("job").first()
    if press is None:
        raise errors.NothingToUndo(order=order)
    if press.pressed_by_id != by.pk:
        raise errors.NotYourPress(order=order, person=by, presser=press.pressed_by)
    moment = at or now()
    if moment > press.undo_until:
        raise errors.TooLateToUndo(job=press.job)
    take(order, press.version if version is None else version)
    if press.version != order.version - 1:
        raise errors.NothingToUndo(order=order)
    order.refresh_from_db(fields=["status", "started_at", "finished_at"])
    press.job.order = order
    found = press.before
    Clocking.objects.filter(pk__in=found["made"]).delete()
    _go_on(press.job, found["ended"])
    if press.job.state != found["job"]:
        move_job_back(press.job, JobState(found["job"]))
    if order.status != found["order"]:
        stamp = datetime.fromisoformat(found["stamp"]) if found["stamp"] else None
        step_back(order, Status(found["order"]), by=by, at=at, stamp=stamp)
    take_back_waits(order, begun=found["begun"], ended=found["released"])
    if found["given"]:
        withdraw(order, press.job, found["given"], by=by, at=at)
    press.undone_at = moment
    press.save(update_fields=["undone_at"])
    tell(events.UNDONE, order, by=by, at=at, job=press.job_id, what=str(press.what), undoes=press.version)
    return press


def _go_on(job: Job, ended: Sequence[int]) -> None:
    """Let clocks run on as if nobody had stopped them. Raises AnotherJobRuns."""
    stopped = Clocking.objects.filter(pk__in=ended)
    try:
        # The database knows whether a technician began something else since.
        with transaction.atomic():
            stopped.update(ended_at=None, end_reason="")
    except IntegrityError:
        busy = [clock.technician_id for clock in stopped]
        other = Clocking.objects.running().filter(technician__in=busy).exclude(pk__in=ended)
        clock = other.select_related("technician", "job__order__vehicle").get()
        raise errors.AnotherJobRuns(
            job=job, technician=clock.technician, other=clock.job, order=clock.job.order
        ) from None
