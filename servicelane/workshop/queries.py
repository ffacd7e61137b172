"""Reads of the workshop: running clocks, inspections, washes."""

from __future__ import annotations

from servicelane.orders.models import Job, RepairOrder
from servicelane.people.models import Employee

from .models import Clocking, QualityCheck, Wash


def running_on(job: Job) -> list[Clocking]:
    """The clocks that run on a job, with their people. One query."""
    return list(job.clockings.running().select_related("technician", "bay"))


def running_of(technician: Employee, job: Job | None = None) -> Clocking | None:
    """The clock of a technician that runs on `job`, or anywhere; the one started last. One query."""
    rows = Clocking.objects.running().filter(technician=technician)
    rows = rows if job is None else rows.filter(job=job)
    return rows.select_related("job__order__vehicle").last()


def clocks_of(order: RepairOrder) -> dict[int, list[Clocking]]:
    """All clocked stretches on an order by job id, with people and bays, in their order. One query."""
    found: dict[int, list[Clocking]] = {}
    for row in Clocking.objects.filter(job__order=order).select_related("technician", "bay"):
        found.setdefault(row.job_id, []).append(row)
    return found


def worked_on(order: RepairOrder, person: Employee) -> bool:
    """Whether a person's clock ever ran on an order. One query."""
    return Clocking.objects.filter(job__order=order, technician=person).exists()


def last_check(order: RepairOrder) -> QualityCheck | None:
    """The inspection that counts: the last one since the car was last sent to it. One query."""
    if order.finished_at is None:
        return None
    return order.quality_checks.filter(inspected_at__gte=order.finished_at).last()


def wash_of(order: RepairOrder) -> Wash | None:
    """The wash of an order, None when nobody began or skipped it. One query."""
    return Wash.objects.filter(order=order).select_related("washed_by").first()


def is_wash_due(order: RepairOrder, wash: Wash | None) -> bool:
    """Whether the car still has to be washed. No query."""
    return order.wash_wanted and (wash is None or not wash.is_over)
