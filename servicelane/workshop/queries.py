"""Reads of the workshop: running clocks, inspections, washes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from servicelane.kernel.once import once_a_page
from servicelane.orders.models import Job, RepairOrder, Status
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import Clocking, FloorRequest, QualityCheck, Wash

IN_WORKSHOP = (Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK)


def running_on(job: Job) -> list[Clocking]:
    """The clocks that run on a job, with their people. One query."""
    return list(job.clockings.running().select_related("technician", "bay"))


def running_of(technician: Employee, job: Job | None = None) -> Clocking | None:
    """The clock of a technician that runs on `job`, or anywhere; the one started last. One query."""
    rows = Clocking.objects.running().filter(technician=technician)
    rows = rows if job is None else rows.filter(job=job)
    return rows.select_related("job__order__vehicle").last()


@once_a_page
def clocks_of(order: RepairOrder) -> dict[int, list[Clocking]]:
    """All clocked stretches on an order by job id, with people and bays, in their order. One query."""
    found: dict[int, list[Clocking]] = {}
    for row in Clocking.objects.filter(job__order=order).select_related("technician", "bay"):
        found.setdefault(row.job_id, []).append(row)
    return found


def worked_on(order: RepairOrder, person: Employee) -> bool:
    """Whether a person's clock ever ran on an order. One query."""
    return Clocking.objects.filter(job__order=order, technician=person).exists()


@once_a_page
def last_check(order: RepairOrder) -> QualityCheck | None:
    """The inspection that counts: the last one since the car was last sent to it. One query."""
    if order.finished_at is None:
        return None
    return order.quality_checks.filter(inspected_at__gte=order.finished_at).last()


@once_a_page
def wash_of(order: RepairOrder) -> Wash | None:
    """The wash of an order, None when nobody began or skipped it. One query."""
    return Wash.objects.filter(order=order).select_related("washed_by").first()


def is_wash_due(order: RepairOrder, wash: Wash | None) -> bool:
    """Whether the car still has to be washed. No query."""
    return order.wash_wanted and (wash is None or not wash.is_over)


def open_requests(store: Store, kinds: Sequence[str]) -> models.QuerySet[FloorRequest]:
    """The requests of these kinds that nobody closed, on cars that are still in the workshop."""
    return FloorRequest.objects.filter(
        order__store=store, order__status__in=IN_WORKSHOP, kind__in=kinds, closed_at=None
    ).select_related("order__vehicle", "asked_by")


def asked_by(technician: Employee, order: RepairOrder) -> list[FloorRequest]:
    """What a technician asked for on an order and nobody closed yet. One query."""
    return list(FloorRequest.objects.filter(order=order, asked_by=technician, closed_at=None))
