"""Reads of dispatch: who is on which job, who and what can be chosen."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from servicelane.kernel.once import once_a_page
from servicelane.orders.models import Job, JobState, RepairOrder
from servicelane.org.models import Bay, BayKind, Store
from servicelane.people.managers import regions_above
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role

from .models import Assignment


def team_of(job: Job) -> list[Assignment]:
    """The current assignments of a job with their people and bays, in their order. One query."""
    return list(job.assignments.current().select_related("technician", "bay"))


@once_a_page
def teams_of(order: RepairOrder) -> dict[int, list[Assignment]]:
    """The current assignments of an order by job id, with people and bays. One query."""
    found: dict[int, list[Assignment]] = {}
    current = Assignment.objects.current().filter(job__order=order)
    for assignment in current.select_related("technician", "bay"):
        found.setdefault(assignment.job_id, []).append(assignment)
    return found


def unassigned(jobs: Iterable[Job], teams: dict[int, list[Assignment]]) -> list[Job]:
    """The agreed and open ones among `jobs` that nobody has. No query."""
    return [job for job in jobs if can_be_given(job) and not teams.get(job.pk)]


def can_be_given(job: Job) -> bool:
    """Whether a job is agreed to and still has to be done."""
    return job.is_open and job.consent == "agreed"


def is_technician(person: Employee, store: Store) -> bool:
    """Whether a person works here and is a technician in `store`. One query, two with a region."""
    return person.is_active and Role.TECHNICIAN in person.roles_in(store)


def technicians_of(store: Store) -> list[Employee]:
    """The technicians of a store by name; they hold the role in it or in a region above. Three queries."""
    here = Q(store=store) | Q(region__in=regions_above([store.pk]))
    holding = Membership.objects.filter(here, role=Role.TECHNICIAN)
    return list(Employee.objects.active().filter(pk__in=holding.values("employee")).by_name())


def bays_of(store: Store) -> list[Bay]:
    """The bays of a store in which work is done, in service, by code. One query."""
    return list(Bay.objects.usable().filter(store=store).exclude(kind=BayKind.WASH))


def taken_bays(order: RepairOrder) -> dict[int, RepairOrder]:
    """The bays of the order's store that hold another car whose job runs, by id. One query."""
    running = Assignment.objects.current().filter(
        job__state=JobState.RUNNING, job__order__store=order.store_id, bay__isnull=False
    )
    rows = running.exclude(job__order=order).select_related("job__order__vehicle")
    return {row.bay_id: row.job.order for row in rows if row.bay_id}
