"""Orders for programs: where each stands, and everything that happened to it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.people.http import ApiRequest

from .models import Job, PartLine, RepairOrder
from .permissions import Perm
from .queries import jobs_of, totals_of
from .timeline import timeline

router = Router(tags=["orders"])


class OrderRow(Schema):
    """One order as lists name it; `promised_at` is the promise in force."""

    id: int
    store: int = Field(validation_alias="store_id")
    number: str
    status: str
    plate: str = Field(validation_alias="vehicle.plate")
    advisor: int = Field(validation_alias="advisor_id")
    arrived_at: datetime
    promised_at: datetime | None
    version: int


class OrdersOut(Schema):
    items: list[OrderRow]
    next_cursor: str


class OrderPartOut(Schema):
    id: int
    part: int = Field(validation_alias="part_id")
    number: str = Field(validation_alias="part.number")
    name: str
    quantity: Decimal
    price: Decimal
    issued: Decimal
    returned: Decimal


class OrderJobOut(Schema):
    id: int
    name: str
    work_type: str
    pay_type: str
    minutes: int = Field(validation_alias="standard_minutes")
    price: Decimal
    discount: Decimal
    consent: str
    state: str
    part_lines: list[OrderPartOut]

    @staticmethod
    def resolve_part_lines(job: Job) -> list[PartLine]:
        return list(job.part_lines.all())


class OrderOut(OrderRow):
    """One order with its jobs and sums in yuan including VAT; `odometer` is km, `fuel` eighths of a tank."""

    vehicle: int = Field(validation_alias="vehicle_id")
    customer: int = Field(validation_alias="customer_id")
    source: str
    odometer: int | None
    fuel: int | None
    words: str
    comeback_of: int | None = Field(validation_alias="comeback_of_id")
    checked_in_at: datetime | None
    agreed_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    ready_at: datetime | None
    settled_at: datetime | None
    delivered_at: datetime | None
    jobs: list[OrderJobOut] = Field(validation_alias="listed")
    agreed_total: Decimal
    asked_total: Decimal


class MomentOut(Schema):
    """One fact of an order; `label` and `details` are in the caller's language, `by` who did it."""

    at: datetime
    kind: str
    label: str
    details: str
    by: str
    note: str
    times: int


class TimelineOut(Schema):
    items: list[MomentOut]


@router.get("/orders", response=OrdersOut)
@STAFF(Perm.SEE_ORDERS, scope=ANYWHERE)
def orders(request: ApiRequest, asked: PageQuery) -> dict[str, Any]:
    """The orders of the stores in which the caller may see orders, in the order of their ids."""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.SEE_ORDERS).select_related("vehicle")
    items, following = page_by_pk(rows, asked)
    return {"items": items, "next_cursor": following}


@router.get("/orders/{int:order}", response=OrderOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order(request: ApiRequest, order: int) -> RepairOrder:
    """One order with its jobs, parts and sums."""
    found = _order(request, order)
    jobs = jobs_of(found)
    totals = totals_of(jobs)
    found.listed, found.agreed_total, found.asked_total = jobs, totals.agreed, totals.asked  # type: ignore[attr-defined]
    return found


@router.get("/orders/{int:order}/timeline", response=TimelineOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order_timeline(request: ApiRequest, order: int) -> dict[str, Any]:
    """Everything that happened to one order, the newest first."""
    found = _order(request, order)
    return {
        "items": [
            {
                "at": moment.at,
                "kind": moment.kind,
                "label": moment.label,
                "details": moment.details,
                "by": str(moment.by or moment.who),
                "note": moment.note,
                "times": moment.times,
            }
            for moment in timeline(found)
        ]
    }


def _order(request: ApiRequest, pk: int) -> RepairOrder:
    rows = RepairOrder.objects.visible_to(request.employee, Perm.SEE_ORDERS)
    return get_object_or_404(rows.select_related("vehicle", "store"), pk=pk)
