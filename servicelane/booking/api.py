"""Bookings for programs: the same services as the pages (public contract: /bookings)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.orders.models import WorkType
from servicelane.org.models import Store
from servicelane.org.queries import zone_of
from servicelane.people.http import StaffRequest
from servicelane.people.models import Employee

from . import services
from .models import Booking, BookingCancelReason, BookingSource
from .permissions import Perm
from .services import NewBooking, Times

router = Router(tags=["bookings"])
StoreId = Annotated[int, Field(ge=1, le=2**63 - 1)]
SomeDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Minutes = Field(60, ge=0, le=12_000, description="expected labour in minutes")


class BookingOut(Schema):
    id: int
    store_id: int
    customer_id: int
    vehicle_id: int
    plate: str
    advisor_id: int
    starts_at: datetime
    minutes: int
    expected_delivery_at: datetime | None
    work: str
    work_type: str
    source: str
    status: str
    order_id: int | None
    version: int

    @staticmethod
    def resolve_plate(booking: Booking) -> str:
        return booking.vehicle.plate

    @staticmethod
    def resolve_minutes(booking: Booking) -> int:
        return booking.minutes // timedelta(minutes=1)


class BookingsOut(Schema):
    items: list[BookingOut]
    next_cursor: str


class TimesIn(Schema):
    starts_at: AwareDatetime
    minutes: int = Minutes
    expected_delivery_at: AwareDatetime | None = None
    work: str = Field("", max_length=500)
    work_type: WorkType = WorkType.MAINTENANCE
    advisor: int | None = Field(
        None, ge=1, le=2**63 - 1, description="id of a person; the caller if left out"
    )


class BookingIn(TimesIn):
    store: int = Field(ge=1, le=2**63 - 1, description="id of the store")
    plate: str = Field(min_length=1, max_length=30)
    name: str = Field(min_length=1, max_length=60)
    mobile: str = Field("", max_length=30)
    model_name: str = Field("", max_length=60)
    source: BookingSource = BookingSource.PHONE
    confirmed: dict[str, str] = Field(
        default_factory=dict, description="reason by field (plate, mobile) where a doubtful one stands"
    )


class CancelIn(Schema):
    reason: BookingCancelReason
    note: str = Field("", max_length=300)


class OrderRefOut(Schema):
    id: int
    number: str
    status: str


@router.get("/bookings", response=BookingsOut)
@STAFF(Perm.SEE_BOOKINGS, scope=ANYWHERE)
def bookings(
    request: StaffRequest, asked: PageQuery, store: StoreId | None = None, day: SomeDay | None = None
) -> dict[str, Any]:
    """The bookings the caller may see, of one store and its calendar day if given."""
    rows = Booking.objects.visible_to(request.employee, Perm.SEE_BOOKINGS).select_related("vehicle")
    zone = zone_of(None)
    if store is not None:
        place = Store.objects.visible_to(request.employee, Perm.SEE_BOOKINGS).filter(pk=store).first()
        rows, zone = rows.filter(store=store), zone_of(place.pk if place else None)
    if day is not None:
        starts = datetime.combine(day, time(), zone)
        rows = rows.filter(starts_at__gte=starts, starts_at__lt=starts + timedelta(days=1))
    found, following = page_by_pk(rows, asked)
    return {"items": found, "next_cursor": following}


@router.post("/bookings", response={201: BookingOut})
@STAFF(Perm.WRITE_BOOKINGS, scope=ANYWHERE)
def book(request: StaffRequest, wanted: BookingIn) -> Status:
    """Book a car in a store; customer and car are found by plate and mobile, or added."""
    store = get_object_or_404(
        Store.objects.visible_to(request.employee, Perm.WRITE_BOOKINGS), pk=wanted.store
    )
    visitor = Visitor(
        name=wanted.name,
        mobile=wanted.mobile,
        plate=wanted.plate,
        model_name=wanted.model_name,
        confirmed=wanted.confirmed,
    )
    new = NewBooking(_times(wanted, store, request.employee), visitor=visitor, source=wanted.source)
    return Status(201, services.book(store, new, by=request.employee))


@router.post("/bookings/{int:booking}/confirm", response=BookingOut)
@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
def confirm(request: StaffRequest, booking: int) -> Booking:
    """Note that the customer confirmed the coming."""
    return services.confirm(_booking(request, booking), by=request.employee)


@router.post("/bookings/{int:booking}/reschedule", response=BookingOut)
@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
def reschedule(request: StaffRequest, booking: int, wanted: TimesIn) -> Booking:
    """Change time, length, work or advisor of a booking still expected."""
    row = _booking(request, booking)
    return services.reschedule(row, _times(wanted, row.store, row.advisor), by=request.employee)


@router.post("/bookings/{int:booking}/cancel", response=BookingOut)
@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
def cancel(request: StaffRequest, booking: int, said: CancelIn) -> Booking:
    """Call a booking off, with the reason."""
    return services.cancel(_booking(request, booking), said.reason, by=request.employee, note=said.note)


@router.post("/bookings/{int:booking}/no-show", response=BookingOut)
@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
def no_show(request: StaffRequest, booking: int) -> Booking:
    """Note that the customer did not come."""
    return services.no_show(_booking(request, booking), by=request.employee)


@router.post("/bookings/{int:booking}/arrive", response={201: OrderRefOut})
@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
def arrive(request: StaffRequest, booking: int) -> Status:
    """Receive a booked car: opens its order in `arrived`."""
    return Status(201, services.arrive(_booking(request, booking), by=request.employee))


def _booking(request: StaffRequest, pk: int) -> Booking:
    rows = Booking.objects.visible_to(request.employee, Perm.WRITE_BOOKINGS).with_car()
    return get_object_or_404(rows, pk=pk)


def _times(wanted: TimesIn, store: Store, otherwise: Employee) -> Times:
    advisor = (
        get_object_or_404(Employee.objects.in_store(store).active(), pk=wanted.advisor)
        if wanted.advisor is not None
        else otherwise
    )
    return Times(
        starts_at=wanted.starts_at,
        advisor=advisor,
        minutes=timedelta(minutes=wanted.minutes),
        expected_delivery_at=wanted.expected_delivery_at,
        work=wanted.work,
        work_type=wanted.work_type,
    )
