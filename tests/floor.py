"""Cars on the workshop floor: a second car beside the first, bays, and jobs in the state a test wants."""

from __future__ import annotations

from typing import Any

from servicelane.orders.models import Job, RepairOrder
from servicelane.org.models import Bay
from servicelane.people.models import Employee
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import finish, start
from tests.visit import agreed, arrived, car, checked_in


def fresh(order: RepairOrder) -> RepairOrder:
    """The order as one more person reads it."""
    return RepairOrder.objects.with_car().get(pk=order.pk)


def jobs_of(order: RepairOrder) -> list[Job]:
    """The jobs of an order as one more person reads them."""
    return list(Job.objects.filter(order=order).select_related("order__store"))


def second(shop: Any, *codes: str) -> RepairOrder:
    """An agreed order of another car."""
    customer, vehicle = car(shop, "鲁B9988K", "李明")
    return agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)), *codes)


def bay(shop: Any, code: str = "L1", store: str = "shinan") -> Bay:
    """A bay of a store by its code."""
    return Bay.objects.get(store=getattr(shop, store), code=code)


def technician(shop: Any, name: str) -> Employee:
    """Somebody of the cast who is also a technician of 市南店."""
    person = getattr(shop, name)
    grant_role(person, Role.TECHNICIAN, shop.shinan, by=shop.admin)
    person.forget_reach()
    return person


def in_work(shop: Any, *codes: str) -> RepairOrder:
    """An order in work: 陶建国 has every job of it, and the first one runs."""
    order = agreed(shop, None, *codes)
    for job in jobs_of(order):
        assign(order, job, shop.tao, bay(shop), by=shop.luo)
    start(jobs_of(order)[0], shop.tao, by=shop.tao)
    return fresh(order)


def in_inspection(shop: Any, *codes: str) -> RepairOrder:
    """An order in the inspection, all its jobs done by 陶建国."""
    order = in_work(shop, *codes)
    for at, _job in enumerate(jobs_of(order)):
        if at:
            start(jobs_of(order)[at], shop.tao, by=shop.tao)
        finish(jobs_of(order)[at], by=shop.tao)
    return fresh(order)
