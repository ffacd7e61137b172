"""The quick-service lane: which cars it takes, its promised minutes and its figure of the day (WSH-18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q

from servicelane.orders.models import Consent, Job, JobState, RepairOrder
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, rule, today_in
from servicelane.people.models import Employee
from servicelane.schedule.permissions import Perm

from .rules import QUICK_MINUTES


def is_quick(jobs: Sequence[Job]) -> bool:
    """Whether the lane takes a car: every agreed job that is not dropped is an operation of the lane.

    Their operations are read. A car with work beyond the lane waits in the queue of the workshop.
    """
    return bool(jobs) and all(job.operation and job.operation.is_quick for job in jobs)


@dataclass(frozen=True, slots=True)
class LaneVisit:
    """One quick visit that was ready today; `took` is from arrival to ready."""

    order: RepairOrder
    took: timedelta
    is_on_time: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of a store today: the minutes it promises, and the visits that are ready."""

    promised: timedelta
    done: list[LaneVisit]

    @property
    def on_time(self) -> int:
        """How many were ready within the promised minutes."""
        return sum(visit.is_on_time for visit in self.done)

    def due_at(self, order: RepairOrder) -> datetime:
        """When a car of the lane has to be ready."""
        return order.arrived_at + self.promised


def lane_of(viewer: Employee, store: Store) -> Lane:
    """The lane of a store today. Two queries."""
    promised = timedelta(minutes=rule(store, QUICK_MINUTES))
    agreed = Job.objects.filter(order=OuterRef("pk"), consent=Consent.AGREED).exclude(state=JobState.DROPPED)
    beyond = agreed.filter(Q(operation=None) | Q(operation__is_quick=False))
    midnight = local_moment(store, today_in(store), time(0))
    # Quick visits come and go on one day: the index by arrival finds them.
    rows = RepairOrder.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(
        Exists(agreed), ~Exists(beyond), store=store, arrived_at__gte=midnight, ready_at__isnull=False
    )
    done = []
    for order in rows.with_car().order_by("ready_at", "pk"):
        took = order.ready_at - order.arrived_at if order.ready_at else timedelta()
        done.append(LaneVisit(order, took, took <= promised))
    return Lane(promised, done)
