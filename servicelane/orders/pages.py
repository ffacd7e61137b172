"""Reads for the pages of orders: one function for one screen, each with its number of queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import BaseForm
from django.utils.functional import cached_property

from servicelane.customers.models import KeyKind, SearchKey
from servicelane.kernel.clock import now
from servicelane.org.models import Store
from servicelane.org.queries import local_moment
from servicelane.people.models import Employee

from .managers import RepairOrderQuerySet
from .models import IN_HOUSE, Estimate, Finding, Hold, Job, RepairOrder, Status
from .panels import Panel, panels_of
from .permissions import Perm
from .queries import Totals, jobs_of, totals_of
from .rows import JobRow, PartRow, job_rows, part_rows
from .steps import Step, steps_of
from .timeline import Moment, timeline

STAGES = (
    (Status.ARRIVED, "arrived_at"),
    (Status.OPEN, "checked_in_at"),
    (Status.AGREED, "agreed_at"),
    (Status.IN_WORK, "started_at"),
    (Status.QUALITY_CHECK, "finished_at"),
    (Status.READY, "ready_at"),
    (Status.SETTLED, "settled_at"),
    (Status.DELIVERED, "delivered_at"),
)
LAST = "\uffff"
MOST_FOUND = 500
PREFIX = "RO-"
ENDING = re.compile(r"(?:([0-9]{1,7})?-)?([0-9]{1,5})")
RECENT_DAYS = 92
SOON = timedelta(minutes=30)
"""How long before the promise an unready car is at risk."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One segment of the stage bar: `state` is done, now or later; `at` is when it began."""

    status: Status
    state: str
    at: datetime | None


def stages_of(order: RepairOrder) -> list[Stage]:
    """The eight segments of an order's stage bar. No query."""
    place = next((at for at, (status, _name) in enumerate(STAGES) if status == order.status), -1)
    return [
        Stage(
            status,
            "now" if at == place and not order.is_over else "done" if at <= place else "later",
            getattr(order, name) if at <= place or place < 0 else None,
        )
        for at, (status, name) in enumerate(STAGES)
    ]


def urgency_of(order: RepairOrder, at: datetime) -> str:
    """`late` when the promise has passed and the car is not ready, `risk` when it soon will, else empty."""
    if order.promised_at is None or order.ready_at or order.is_over:
        return ""
    if order.promised_at < at:
        return "late"
    return "risk" if order.promised_at - at < SOON else ""


@dataclass
class OrderPage:
    """All that the order page shows to one person."""

    order: RepairOrder
    viewer: Employee
    bound: Mapping[str, BaseForm]
    at: datetime

    @cached_property
    def steps(self) -> list[Step]:
        """The steps the viewer may take, the primary first."""
        return steps_of(self.order, self.viewer, self.bound)

    @property
    def next_step(self) -> Step | None:
        """The step that is the page's one button; one aside only while its form was just refused."""
        first = self.steps[0] if self.steps else None
        return None if first and first.aside and first.code not in self.bound else first

    @property
    def also(self) -> list[Step]:
        """The steps that are possible beside it."""
        return self.steps[1:] if self.next_step else self.steps

    @property
    def may_write(self) -> bool:
        """Whether the viewer prices and asks on this order."""
        return self.viewer.may(Perm.WRITE_ORDERS, self.order.store)

    @cached_property
    def main(self) -> list[Panel]:
        """The panels of the wide column."""
        return panels_of(self.order, self.viewer, side=False)

    @cached_property
    def side(self) -> list[Panel]:
        """The panels of the narrow column."""
        return panels_of(self.order, self.viewer, side=True)

    @cached_property
    def stages(self) -> list[Stage]:
        """The segments of the stage bar."""
        return stages_of(self.order)

    @cached_property
    def urgency(self) -> str:
        """How the promise stands."""
        return urgency_of(self.order, self.at)

    @cached_property
    def jobs(self) -> list[Job]:
        """The jobs with their parts. Two queries."""
        return jobs_of(self.order)

    @cached_property
    def totals(self) -> Totals:
        """The sums of the jobs."""
        return totals_of(self.jobs)

    @cached_property
    def job_rows(self) -> list[JobRow]:
        """The jobs as rows, with what the viewer may do to each."""
        return job_rows(self.order, self.jobs, self.viewer, self.bound)

    @cached_property
    def part_rows(self) -> list[PartRow]:
        """The parts as rows, with what the viewer may do to each."""
        return part_rows(self.order, self.jobs, self.viewer, self.bound)

    @property
    def missing_lines(self) -> int:
        """How many part lines are short."""
        return sum(row.tone == "late" for row in self.part_rows)

    @cached_property
    def last_estimate(self) -> Estimate | None:
        """The newest version of the estimate. One query."""
        return self.order.estimates.order_by("-number").first()

    @cached_property
    def findings(self) -> list[Finding]:
        """What was found. One query."""
        return list(self.order.findings.select_related("found_by"))

    @cached_property
    def holds(self) -> list[Hold]:
        """What the order waits for now. One query."""
        return list(self.order.holds.filter(ended_at=None))

    @cached_property
    def moments(self) -> list[Moment]:
        """What happened, the newest first. Three queries."""
        return timeline(self.order)


def order_list(
    viewer: Employee,
    store: Store,
    *,
    q: str = "",
    state: str = "",
    mine: bool = False,
    late: bool = False,
    day: date | None = None,
    left: date | None = None,
) -> QuerySet[RepairOrder]:
    """The orders of a store, the most urgent first while in the house, else the newest first. One query.

    `q` matches the order's number, and plate, VIN, name and phone through the search keys, by seven queries
    more; `day` is that of arrival, `left` that of hand-over, by the store's calendar.
    """
    orders = RepairOrder.objects.visible_to(viewer, Perm.SEE_ORDERS).filter(store=store)
    if q:
        # By their ids alone: beside the store SQLite would read all orders of it.
        orders = RepairOrder.objects.filter(pk__in=matching(orders, store, q))
    orders = orders.with_car()
    if state == "all":
        orders = orders.order_by("-arrived_at", "-pk")
    elif state:
        orders = orders.filter(status=state).order_by("-arrived_at", "-pk")
    else:
        orders = orders.filter(status__in=IN_HOUSE).order_by("promised_at", "arrived_at", "pk")
    if mine:
        orders = orders.filter(advisor=viewer)
    if late:
        orders = orders.filter(promised_at__lt=now(), ready_at=None).exclude(
            status__in=[Status.DELIVERED, Status.CANCELLED]
        )
    for field, wanted in (("arrived_at", day), ("delivered_at", left)):
        if wanted:
            starts = local_moment(store, wanted, time())
            ends = local_moment(store, wanted + timedelta(days=1), time())
            orders = orders.filter(**{f"{field}__gte": starts, f"{field}__lt": ends})
    return orders


def matching(orders: RepairOrderQuerySet, store: Store, text: str) -> set[int]:
    """Return the ids of `orders` that are found by number, or by keys of car or customer. Seven queries.

    The rows are found first, by one index after the other: an OR of them all would read every order. Of
    what very many are called, five hundred are looked at.
    """
    word = "".join(text.split())
    keys = SearchKey.objects.filter(group_id=store.region.group_id)
    found: set[int] = set()
    for begun in {word.upper(), word.lower()}:
        rows = keys.filter(kind__in=KeyKind.values, key__gte=begun, key__lt=begun + LAST)
        pairs = list(rows.order_by().values_list("vehicle", "customer")[:MOST_FOUND])
        cars, people = {car for car, _ in pairs if car}, {one for _, one in pairs if one}
        for by in (Q(vehicle__in=cars), Q(customer__in=people)):
            found.update(orders.filter(by).order_by().values_list("pk", flat=True)[:MOST_FOUND])
    found.update(orders.filter(called(word)).order_by().values_list("pk", flat=True)[:MOST_FOUND])
    return found


def called(text: str) -> Q:
    """Match orders whose number begins with `text`, with or without "RO-", or ends with it.

    Up to five digits are the end of a number of the last three months, with some of its day's digits before a
    hyphen; from six on they are its beginning.
    """
    word = "".join(text.split()).upper()
    if end := ENDING.fullmatch(word):
        day, number = end.groups()
        days = (f"{now() - timedelta(days=back):%Y%m%d}" for back in range(-1, RECENT_DAYS))
        return Q(number__in=[f"{PREFIX}{on}-{number:0>4}" for on in days if on.endswith(day or "")])
    begun = word if word.startswith(PREFIX) else PREFIX + word
    return Q(number__gte=begun, number__lt=begun + LAST)


def with_urgency(orders: list[RepairOrder], at: datetime) -> list[dict[str, Any]]:
    """Return orders as rows of a list, each with how its promise stands. No query."""
    return [{"order": order, "urgency": urgency_of(order, at)} for order in orders]
