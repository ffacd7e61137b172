"""Reads for the pages of the floor: a technician's own jobs, and the cars to inspect and to wash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch

from servicelane.kernel.clock import now
from servicelane.orders.models import Consent, Hold, Job, JobState, RepairOrder, Status
from servicelane.org.models import Store
from servicelane.people.models import Employee
from servicelane.schedule.models import Assignment

from .models import UNDO_FOR, Clocking, Press, QualityCheck, Wash
from .permissions import Perm

PAGE = 50
ORDER = {JobState.RUNNING: 0, JobState.PAUSED: 1, JobState.WAITING: 2}


@dataclass(frozen=True, slots=True)
class MyJob:
    """One job of a technician: what is clocked on it, and since when their own clock runs.

    `next` is start, resume or finish; `waits` says that the order waits for something.
    """

    job: Job
    bay: str
    worked: timedelta
    standard: timedelta
    clock: Clocking | None
    parts_open: int

    @property
    def order(self) -> RepairOrder:
        """Its order."""
        return self.job.order

    @property
    def runs_since(self) -> datetime | None:
        """When a clock that stood at nothing would have begun."""
        return now() - self.worked if self.clock else None

    @property
    def next(self) -> str:
        """What comes next."""
        if self.clock:
            return "finish"
        return "resume" if self.job.state == JobState.PAUSED else "start"

    @property
    def share(self) -> int:
        """How much of the standard time is used, in per cent up to 100."""
        return min(round(100 * self.worked / self.standard), 100) if self.standard else 0

    @property
    def is_over_time(self) -> bool:
        """Whether more than the standard time is used."""
        return bool(self.standard) and self.worked > self.standard

    @property
    def holds(self) -> list[Hold]:
        """What the order waits for."""
        return list(self.job.order.holds.all())


def my_jobs(viewer: Employee, store: Store) -> list[MyJob]:
    """The open jobs of a technician in a store: running, paused, then by promise. Six queries at most."""
    assigned = Assignment.objects.current().filter(technician=viewer, job=OuterRef("pk"))
    clocking = Clocking.objects.running().filter(technician=viewer, job=OuterRef("pk"))
    mine = Assignment.objects.current().filter(technician=viewer).select_related("bay")
    jobs = (
        Job.objects.visible_to(viewer, Perm.CLOCK)
        .filter(
            Exists(assigned) | Exists(clocking),
            order__store=store,
            order__status__in=[Status.AGREED, Status.IN_WORK],
            consent=Consent.AGREED,
            state__in=list(ORDER),
        )
        .select_related("order__vehicle", "order__store__region")
        .prefetch_related(
            "part_lines",
            Prefetch("clockings", Clocking.objects.select_related("bay")),
            Prefetch("assignments", mine),
            Prefetch("order__holds", Hold.objects.filter(ended_at=None)),
        )[:PAGE]
    )
    made = [_made(job, viewer) for job in jobs]
    last = now() + timedelta(days=3650)
    return sorted(
        made,
        key=lambda one: (
            one.clock is None,
            ORDER[JobState(one.job.state)],
            one.order.promised_at or last,
            one.job.position,
        ),
    )


def last_press(viewer: Employee, store: Store) -> Press | None:
    """What `viewer` pressed last in a store and may still take back. One query."""
    recent = Press.objects.filter(
        pressed_by=viewer,
        pressed_at__gt=now() - UNDO_FOR,
        undone_at=None,
        order__store=store,
        order__version=F("version"),
    )
    return recent.select_related("order__vehicle", "job").order_by("-pressed_at").first()


def _made(job: Job, viewer: Employee) -> MyJob:
    at = now()
    clocks = list(job.clockings.all())
    clock = next((one for one in clocks if one.technician_id == viewer.pk and one.ended_at is None), None)
    team = list(job.assignments.all())
    bay = (clock and clock.bay) or next((one.bay for one in team if one.bay), None)
    return MyJob(
        job=job,
        bay=bay.code if bay else "",
        worked=sum((one.worked(at) for one in clocks), timedelta()),
        standard=job.minutes,
        clock=clock,
        parts_open=sum(1 for line in job.part_lines.all() if line.open_quantity),
    )


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One car that waits for the inspection, or for the wash; `check` is the inspection that counts."""

    order: RepairOrder
    check: QualityCheck | None
    wash: Wash | None

    @property
    def is_inspected(self) -> bool:
        """Whether the car passed, so that only the wash is left."""
        return bool(self.check and self.check.passed)

    @property
    def is_wash_due(self) -> bool:
        """Whether the car still has to be washed."""
        return self.order.wash_wanted and not (self.wash and self.wash.is_over)


def queue(viewer: Employee, store: Store, perm: str) -> list[QueueRow]:
    """The cars in the inspection, by promise: to be inspected, or to be washed. Three queries."""
    orders = (
        RepairOrder.objects.visible_to(viewer, perm)
        .filter(store=store, status=Status.QUALITY_CHECK)
        .select_related("vehicle", "wash", "store")
        .prefetch_related("quality_checks")
        .order_by("promised_at", "pk")[:PAGE]
    )
    rows = []
    for order in orders:
        began = order.finished_at
        checks = [one for one in order.quality_checks.all() if began and one.inspected_at >= began]
        rows.append(QueueRow(order, checks[-1] if checks else None, getattr(order, "wash", None)))
    return rows
