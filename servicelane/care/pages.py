"""Reads for the pages of care: one function for one screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.phones import normal_phone
from servicelane.kernel.plates import normal_plate
from servicelane.orders.models import Job, JobState, RepairOrder
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import Call, Complaint, FollowUp
from .permissions import Perm

SHOWN = 100
"""Calls and complaints on one page; nobody works through more in a day."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One customer to be called; `urgency` is late after the due day, risk on it, else empty.

    `days` counts the days since it was due; `last` is the try before, `done` what was done on the car.
    """

    follow_up: FollowUp
    urgency: str
    days: int
    done: list[Job]
    last: Call | None


def calls_on(viewer: Employee, store: Store, day: date) -> list[CallRow]:
    """The customers of a store who may be called on `day`, the longest overdue first. Three queries."""
    rows = FollowUp.objects.visible_to(viewer, Perm.SEE_CARE).filter(store=store).callable_on(day)
    return [_row(row, day) for row in _told(rows).order_by("due_on", "next_on", "pk")[:SHOWN]]


def call_row(follow_up: FollowUp, day: date) -> CallRow:
    """One customer to be called, read by `follow_ups_told`. No query."""
    return _row(follow_up, day)


def follow_ups_told(viewer: Employee, perm: str) -> QuerySet[FollowUp]:
    """The follow-ups that `viewer` reaches by `perm`, each with its visit, jobs and calls. Three queries."""
    return _told(FollowUp.objects.visible_to(viewer, perm))


def _told(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    done = Job.objects.filter(state=JobState.DONE)
    return rows.select_related(
        "customer", "order__vehicle", "order__advisor", "order__store", "store__region"
    ).prefetch_related(
        Prefetch("order__jobs", done, to_attr="done_jobs"),
        Prefetch("calls", Call.objects.select_related("by").order_by("-at", "-pk")),
    )


def _row(follow_up: FollowUp, day: date) -> CallRow:
    calls = list(follow_up.calls.all())
    days = (day - follow_up.due_on).days
    return CallRow(
        follow_up=follow_up,
        urgency="" if not follow_up.is_open or days < 0 else "late" if days else "risk",
        days=max(days, 0),
        done=follow_up.order.done_jobs,  # type: ignore[attr-defined]
        last=calls[0] if calls else None,
    )


def complaint_list(viewer: Employee, store: Store, state: str = "") -> QuerySet[Complaint]:
    """The complaints of a store, the most urgent first: unsolved ones, `all`, or one state. One query."""
    rows = Complaint.objects.visible_to(viewer, Perm.SEE_CARE).filter(store=store)
    rows = rows.unsolved() if not state else rows if state == "all" else rows.filter(state=state)
    return rows.with_names().urgent_first()


@dataclass(frozen=True, slots=True)
class About:
    """Whom and which visit a complaint is about."""

    customer: Customer
    vehicle: Vehicle | None = None
    order: RepairOrder | None = None


def found_by(viewer: Employee, store: Store, text: str) -> list[About]:
    """Whom a typed order number, plate or mobile means in a store; several for a shared number. Five queries.

    The last visit of the car goes with it.
    """
    orders = (
        RepairOrder.objects.visible_to(viewer, Perm.HANDLE_COMPLAINTS)
        .filter(store=store)
        .select_related("customer", "driver", "vehicle")
        .order_by("-arrived_at", "-pk")
    )
    if order := orders.filter(number__iexact=text.strip()).first():
        return [About(order.visitor, order.vehicle, order)]
    plate, mobile = normal_plate(text), normal_phone(text)
    if plate and (order := orders.filter(vehicle__plate=plate).first()):
        return [About(order.visitor, order.vehicle, order)]
    customers = Customer.objects.visible_to(viewer, Perm.HANDLE_COMPLAINTS).served_in(store)
    if not mobile:
        return []
    return [_last_visit(customer, orders) for customer in customers.filter(mobile=mobile)[:2]]


def _last_visit(customer: Customer, orders: QuerySet[RepairOrder]) -> About:
    order = orders.filter(customer=customer).first()
    return About(customer, order.vehicle if order else None, order)


@dataclass(frozen=True, slots=True)
class AfterDelivery:
    """What followed a visit, as the order page and the customer's file show it."""

    follow_ups: list[FollowUp]
    complaints: list[Complaint]

    @property
    def is_empty(self) -> bool:
        """Whether nothing followed yet."""
        return not self.follow_ups and not self.complaints


def after_order(order: RepairOrder) -> AfterDelivery:
    """What followed one visit. Three queries."""
    return AfterDelivery(
        list(_with_calls(FollowUp.objects.filter(order=order))),
        list(Complaint.objects.filter(order=order).with_names().urgent_first()),
    )


def after_visits_of(customer: Customer, store: Store) -> AfterDelivery:
    """What followed the last visits of a customer in a store. Three queries."""
    rows = FollowUp.objects.filter(customer=customer, store=store).order_by("-delivered_on", "-pk")
    complaints = Complaint.objects.filter(customer=customer, store=store)
    return AfterDelivery(list(_with_calls(rows)[:5]), list(complaints.with_names().urgent_first()[:5]))


def _with_calls(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("order").prefetch_related(Prefetch("calls", Call.objects.select_related("by")))
