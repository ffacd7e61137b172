"""The desk for programs: walk-in, check-in and hand-over by the same services as the pages."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.orders.api import router as orders_router
from servicelane.orders.documents import PDF, printed
from servicelane.orders.models import Paper, RepairOrder
from servicelane.orders.order_services import FARTHEST, CheckIn, Signed
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.org.models import Store
from servicelane.people.http import ApiRequest, StaffRequest
from servicelane.people.models import Employee

from . import greeting_services, services
from .models import DamageKind, OdometerReason
from .permissions import Perm
from .printed import walk_around
from .services import MOST_MARKS, HandOver, Mark, WalkIn
from .zones import Zone

router = Router(tags=["reception"])
Words = Field("", max_length=1000)


class SignedIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    strokes: list[list[int]] = Field(description="x and y in turn, on a field of 1000 by 400")


class VisitorIn(Schema):
    store: int = Field(ge=1, le=2**63 - 1, description="id of the store")
    plate: str = Field(min_length=1, max_length=30)
    name: str = Field(min_length=1, max_length=60)
    mobile: str = Field("", max_length=30)
    model_name: str = Field("", max_length=60)
    words: str = Words
    advisor: int | None = Field(
        None, ge=1, le=2**63 - 1, description="id of a person; the caller if left out"
    )
    confirmed: dict[str, str] = Field(
        default_factory=dict, description="reason by field (plate, mobile) where a doubtful one stands"
    )


class MarkIn(Schema):
    kind: DamageKind
    zone: Zone
    x: int = Field(ge=0, le=1000, description="thousandths of the drawing's width, seen from above")
    y: int = Field(ge=0, le=1000, description="thousandths of its height, the front at the top")
    note: str = Field("", max_length=60)
    old: bool = Field(default=False, description="known from an earlier visit")


class CheckInIn(Schema):
    odometer: int = Field(ge=0, le=FARTHEST, description="km")
    odometer_reason: OdometerReason | None = Field(None, description="why it is less than at the last visit")
    fuel: int = Field(ge=0, le=8, description="eighths of a tank")
    key_tag: str = Field(max_length=12)
    place: str = Field("", max_length=40)
    words: str = Words
    papers: list[Paper] = Field(default_factory=list, max_length=10)
    belongings: list[str] = Field(default_factory=list, max_length=30)
    covers_fitted: bool = True
    waits_here: bool = True
    wash_wanted: bool = True
    marks: list[MarkIn] | None = Field(
        None, max_length=MOST_MARKS, description="damages; null when nobody walked around the car"
    )
    signed: SignedIn | None = None
    version: int | None = Field(None, ge=1, le=2**31 - 1)


class HandOverIn(Schema):
    explained: bool
    belongings_seen: bool = False
    old_parts_shown: bool = False
    covers_removed: bool = False
    extras: str = Field("", max_length=300)
    note: str = Field("", max_length=300)
    next_on: date | None = None
    next_km: int | None = Field(None, ge=0, le=FARTHEST)
    signed: SignedIn | None = None
    version: int | None = Field(None, ge=1, le=2**31 - 1)


class ReceivedOut(Schema):
    id: int
    number: str
    status: str
    version: int


# The list of orders stands at the same address: one address belongs to one router.
@orders_router.post("/orders", response={201: ReceivedOut})
@STAFF(Perm.RECEIVE, scope=ANYWHERE)
def walk_in(request: StaffRequest, came: VisitorIn) -> Status:
    """Open the order of a car that came without a booking."""
    store = get_object_or_404(Store.objects.visible_to(request.employee, Perm.RECEIVE), pk=came.store)
    advisor = (
        get_object_or_404(Employee.objects.in_store(store).active(), pk=came.advisor)
        if came.advisor is not None
        else request.employee
    )
    visitor = Visitor(
        name=came.name,
        mobile=came.mobile,
        plate=came.plate,
        model_name=came.model_name,
        confirmed=came.confirmed,
    )
    wanted = WalkIn(advisor=advisor, visitor=visitor, words=came.words)
    return Status(201, services.walk_in(store, wanted, by=request.employee))


@router.post("/orders/{int:order}/greet", response=ReceivedOut)
@STAFF(Perm.GREET, scope=RepairOrder)
def greet(request: StaffRequest, order: int) -> RepairOrder:
    """Note that the caller goes to the customer of a car that waits to be received."""
    row = _order(request, order, Perm.GREET)
    greeting_services.greet(row, by=request.employee)
    return row


@router.post("/orders/{int:order}/check-in", response=ReceivedOut)
@STAFF(Perm.RECEIVE, scope=RepairOrder)
def check_in(request: StaffRequest, order: int, seen: CheckInIn) -> RepairOrder:
    """Take the car over: odometer, fuel, papers, belongings, key tag, words, signature."""
    row = _order(request, order, Perm.RECEIVE)
    noted = CheckIn(
        odometer=seen.odometer,
        fuel=seen.fuel,
        key_tag=seen.key_tag,
        words=seen.words,
        papers=seen.papers,
        covers_fitted=seen.covers_fitted,
        place=seen.place,
        waits_here=seen.waits_here,
        wash_wanted=seen.wash_wanted,
        belongings=seen.belongings,
        odometer_reason=str(seen.odometer_reason or ""),
        signed=_signed(seen.signed),
    )
    marks = (
        None
        if seen.marks is None
        else [
            Mark(str(mark.kind), str(mark.zone), mark.x, mark.y, mark.note, mark.old) for mark in seen.marks
        ]
    )
    return services.check_in(row, noted, marks=marks, by=request.employee, version=seen.version)


@router.post("/orders/{int:order}/deliver", response=ReceivedOut)
@STAFF(Perm.HAND_OVER, scope=RepairOrder)
def deliver(request: StaffRequest, order: int, told: HandOverIn) -> RepairOrder:
    """Give the car back: explained, shown, signed, with the next maintenance."""
    row = _order(request, order, Perm.HAND_OVER)
    given = HandOver(
        explained=told.explained,
        belongings_seen=told.belongings_seen,
        old_parts_shown=told.old_parts_shown,
        covers_removed=told.covers_removed,
        extras=told.extras,
        note=told.note,
        next_on=told.next_on,
        next_km=told.next_km,
        signed=_signed(told.signed),
    )
    services.hand_over(row, given, by=request.employee, version=told.version)
    return row


@router.get("/orders/{int:order}/walk-around.pdf", response=bytes, openapi_extra=PDF)
@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
def walk_around_pdf(request: ApiRequest, order: int, lang: str = "") -> HttpResponse:
    """Belongings and walk-around as a PDF (F14); `lang` is zh or en."""
    rows = RepairOrder.objects.visible_to(request.employee, OrdersPerm.SEE_ORDERS)
    found = get_object_or_404(rows.with_car(), pk=order)
    return printed(request, request.employee, lambda: walk_around(found))


def _order(request: StaffRequest, pk: int, perm: Perm) -> RepairOrder:
    rows = RepairOrder.objects.visible_to(request.employee, perm)
    return get_object_or_404(rows.select_related("vehicle", "customer", "store__region"), pk=pk)


def _signed(given: SignedIn | None) -> Signed | None:
    return Signed(given.name, given.strokes) if given else None
