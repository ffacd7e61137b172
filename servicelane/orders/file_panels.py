"""What orders tell elsewhere: visits in the files of customers and cars, and what parts of stock are for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.panels import Panel, customer_panel, vehicle_panel
from servicelane.org.models import Store
from servicelane.parts.purposes import Purpose, describe
from servicelane.people.models import Employee

from .models import Consent, Job, JobState, PartLine, RepairOrder
from .order_services import PURPOSE
from .permissions import Perm

MOST = 20


@dataclass(frozen=True, slots=True)
class Visit:
    """One earlier order: what was agreed, for how much in yuan including VAT, and what was declined."""

    order: RepairOrder
    jobs: list[Job]
    declined: list[Job]
    amount: Decimal


def visits_of(viewer: Employee, condition: Q) -> list[Visit]:
    """The last orders that match and that `viewer` may see, the newest first (ARC-3). Three queries."""
    orders = RepairOrder.objects.visible_to(viewer, Perm.SEE_ORDERS).filter(condition).with_car()
    return [
        _visit(order) for order in orders.prefetch_related("jobs__part_lines").order_by("-arrived_at")[:MOST]
    ]


def _visit(order: RepairOrder) -> Visit:
    jobs = [job for job in order.jobs.all() if job.state != JobState.DROPPED]
    agreed = [job for job in jobs if job.consent == Consent.AGREED]
    declined = [job for job in jobs if job.consent == Consent.DECLINED]
    return Visit(order, agreed, declined, sum((job.asked_total for job in agreed), Decimal(0)))


@customer_panel(order=10)
def visits_of_customer(viewer: Employee, customer: Customer, store: Store | None) -> Panel | None:
    """Show the visits of a customer, as owner or as who brought the car. Three queries."""
    return _panel(viewer, Q(customer=customer) | Q(driver=customer), store)


@vehicle_panel(order=10)
def visits_of_vehicle(viewer: Employee, vehicle: Vehicle, store: Store | None) -> Panel | None:
    """Show the visits of a car. Three queries."""
    return _panel(viewer, Q(vehicle=vehicle), store)


def _panel(viewer: Employee, condition: Q, store: Store | None) -> Panel | None:
    if store is None or not viewer.may(Perm.SEE_ORDERS, store):
        return None
    return Panel("orders/_visits.html", {"visits": visits_of(viewer, condition)})


def _purposes(ids: Iterable[int]) -> dict[int, Purpose]:
    lines = PartLine.objects.filter(pk__in=list(ids)).select_related("job__order")
    return {
        line.pk: Purpose(line.job.order.number, reverse("orders:order", args=[line.job.order_id]))
        for line in lines
    }


describe(PURPOSE, _purposes)
