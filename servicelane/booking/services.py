"""Writes of bookings (BKG-1, BKG-6, BKG-8).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it, `at` when it happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.customers.customer_services import serve
from servicelane.customers.models import Customer, PartyRole, ServedHow, Vehicle
from servicelane.customers.visitor_services import Visitor, find_or_add
from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import record
from servicelane.kernel.versions import rise
from servicelane.orders import order_services
from servicelane.orders.models import RepairOrder, Source, WorkType
from servicelane.orders.order_services import Arrival
from servicelane.org.models import Store
from servicelane.org.queries import open_hours, zone_of
from servicelane.people.guards import By
from servicelane.people.models import Employee

from . import errors, events
from .arrivals import follow
from .models import Booking, BookingCancelReason, BookingSource, BookingStatus

FARTHEST = timedelta(days=365)
LONGEST = timedelta(hours=200)


@dataclass(frozen=True, slots=True)
class Times:
    """When the car is to come and be given back, how much labour is expected, and who receives it."""

    starts_at: datetime
    advisor: Employee
    minutes: timedelta = timedelta(hours=1)
    expected_delivery_at: datetime | None = None
    work: str = ""
    work_type: WorkType = WorkType.MAINTENANCE


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking as it is taken: who and which car, known by `visitor` or as `vehicle` and `customer`."""

    times: Times
    visitor: Visitor | None = None
    vehicle: Vehicle | None = None
    customer: Customer | None = None
    source: BookingSource = BookingSource.PHONE


@transaction.atomic
def book(store: Store, new: NewBooking, *, by: By, at: datetime | None = None) -> Booking:
    """Book a car in `store`; customer and car are found by plate and mobile, or added (BKG-1).

    Raises InThePast, TooFarAhead, ClosedThen, AdvisorNotHere, LengthRefused, DeliveryTooEarly, NoCar,
    and what `find_or_add` refuses.
    """
    _check(store, new.times)
    if new.visitor:
        customer, vehicle = find_or_add(store, new.visitor, by=by, how=ServedHow.BOOKED)
    elif new.customer and new.vehicle:
        customer, vehicle = new.customer, new.vehicle
        serve(customer, store, ServedHow.BOOKED, by=by)
    else:
        raise errors.NoCar
    booking = Booking.objects.create(
        store=store,
        vehicle=vehicle,
        customer=customer,
        source=new.source,
        booked_at=at or now(),
        **_columns(new.times),
    )
    record(
        events.BOOKED,
        booking,
        by=by,
        at=at,
        source=str(new.source),
        vehicle=vehicle.pk,
        work_type=str(booking.work_type),
        **_told(booking),
    )
    return booking


@transaction.atomic
def confirm(booking: Booking, *, by: By, at: datetime | None = None, version: int | None = None) -> Booking:
    """Note that the customer confirmed the coming (BKG-5).

    Raises BookingOver, ArrivedAlready and ChangedMeanwhile.
    """
    take(booking, version, to=BookingStatus.CONFIRMED)
    move(booking, BookingStatus.CONFIRMED)
    record(events.CONFIRMED, booking, by=by, at=at)
    return booking


@transaction.atomic
def reschedule(
    booking: Booking, times: Times, *, by: By, at: datetime | None = None, version: int | None = None
) -> Booking:
    """Change time, length, advisor or work of a car still expected; a new time is to be confirmed anew.

    Nothing is recorded when nothing differs. Raises what `book` raises, BookingOver, ArrivedAlready and
    ChangedMeanwhile.
    """
    if not booking.is_coming:
        raise _over(booking, BookingStatus.BOOKED)
    was, new = booking.starts_at, _columns(times)
    if all(getattr(booking, name) == value for name, value in new.items()):
        return booking
    if was != times.starts_at or booking.minutes != times.minutes or booking.advisor != times.advisor:
        _check(booking.store, times)
    else:
        _check_delivery(booking.store, times)
    take(booking, version)
    if was != times.starts_at:
        move(booking, BookingStatus.BOOKED)
    for name, value in new.items():
        setattr(booking, name, value)
    booking.save(update_fields=list(new))
    record(events.RESCHEDULED, booking, by=by, at=at, was_at=was.isoformat(), **_told(booking))
    return booking


@transaction.atomic
def cancel(
    booking: Booking,
    reason: BookingCancelReason,
    *,
    by: By,
    at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> Booking:
    """Call a booking off, with the reason. Raises BookingOver, ArrivedAlready and ChangedMeanwhile."""
    take(booking, version, to=BookingStatus.CANCELLED)
    move(booking, BookingStatus.CANCELLED, cancel_reason=reason)
    record(events.CANCELLED, booking, by=by, at=at, note=note, reason=str(reason))
    return booking


@transaction.atomic
def no_show(
    booking: Booking, *, by: By, at: datetime | None = None, note: str = "", version: int | None = None
) -> Booking:
    """Note that the customer did not come (BKG-6).

    Raises NotLateYet before the booked time, BookingOver, ArrivedAlready and ChangedMeanwhile.
    """
    if (at or now()) < booking.starts_at:
        raise errors.NotLateYet(at=_clock(booking.store, booking.starts_at))
    take(booking, version, to=BookingStatus.NO_SHOW)
    move(booking, BookingStatus.NO_SHOW)
    record(events.NO_SHOW, booking, by=by, at=at, note=note, source=str(booking.source))
    return booking


@transaction.atomic
def arrive(
    booking: Booking, *, by: By, at: datetime | None = None, version: int | None = None
) -> RepairOrder:
    """Receive a booked car: its order begins with everything the booking says, without retyping (BKG-8).

    Of two who press at once one opens the order, the other is told its number.
    Raises ArrivedAlready, BookingOver, AdvisorNotHere and ChangedMeanwhile.
    """
    _check_advisor(booking.store, booking.advisor)
    take(booking, version, to=BookingStatus.ARRIVED)
    moment, due = at or now(), booking.expected_delivery_at
    owner, driver = owner_and_driver(booking.store, booking.vehicle, booking.customer, by=by)
    order = order_services.create(
        booking.store,
        Arrival(
            vehicle=booking.vehicle,
            customer=owner,
            driver=driver,
            advisor=booking.advisor,
            source=Source.BOOKING,
            words=booking.work,
            # A time that has passed is no promise: the advisor gives a new one.
            promised_at=due if due and due > moment else None,
        ),
        by=by,
        at=at,
    )
    move(booking, BookingStatus.ARRIVED, order=order)
    late = (moment - booking.starts_at) // timedelta(minutes=1)
    record(events.ARRIVED, booking, by=by, at=at, order=order.pk, late_minutes=late)
    follow(booking, order, by, at)
    return order


def owner_and_driver(
    store: Store, vehicle: Vehicle, visitor: Customer, *, by: By
) -> tuple[Customer, Customer | None]:
    """Return whose car it is and, where that is somebody else, who brings it; `store` serves both.

    A car of which no owner is known is the visitor's. Three statements, more for a new file.
    """
    serve(visitor, store, by=by)
    party = vehicle.parties.current().filter(role=PartyRole.OWNER).select_related("customer").first()
    if party is None or party.customer_id == visitor.pk:
        return visitor, None
    serve(party.customer, store, by=by)
    return party.customer, visitor


def take(booking: Booking, seen: int | None = None, *, to: BookingStatus | None = None) -> None:
    """Take the booking's next version, which holds its row until the transaction ends. Two statements.

    `seen` is the version the form was made from, `to` the status that will follow. Raises BookingOver,
    ArrivedAlready with the order somebody else has opened meanwhile, and ChangedMeanwhile.
    """
    if to and not booking.can_become(to):
        raise _over(booking, to)
    try:
        rise(booking, seen)
    except ChangedMeanwhile:
        fresh = Booking.objects.select_related("order").get(pk=booking.pk)
        if fresh.order:
            raise errors.ArrivedAlready(order=fresh.order) from None
        raise


def move(booking: Booking, to: BookingStatus, **changes: object) -> None:
    """Move a booking along FLOW by compare-and-set; the only writer of its status. One statement.

    Raises BookingOver and ArrivedAlready.
    """
    if not booking.can_become(to):
        raise _over(booking, to)
    if not Booking.objects.filter(pk=booking.pk, status=booking.status).update(status=to, **changes):
        raise ChangedMeanwhile(subject=booking)
    booking.status = to
    for name, value in changes.items():
        setattr(booking, name, value)


def _over(booking: Booking, to: BookingStatus) -> errors.ArrivedAlready | errors.BookingOver:
    if booking.order:
        return errors.ArrivedAlready(order=booking.order)
    return errors.BookingOver(now=booking.get_status_display(), to=to.label)


def _check(store: Store, times: Times) -> None:
    starts = times.starts_at
    if starts <= now():
        raise errors.InThePast(at=_clock(store, starts))
    if starts > now() + FARTHEST:
        raise errors.TooFarAhead(at=_clock(store, starts), days=FARTHEST.days)
    local = starts.astimezone(zone_of(store.pk))
    hours = open_hours(store, local.date())
    if hours is None or not hours.opens <= local.time() < hours.closes:
        shown = f"{hours.opens:%H:%M}–{hours.closes:%H:%M}" if hours else _("closed all day")
        raise errors.ClosedThen(store=store, at=_clock(store, starts), hours=shown)
    if not timedelta(0) <= times.minutes <= LONGEST:
        raise errors.LengthRefused(
            minutes=times.minutes // timedelta(minutes=1), most=LONGEST // timedelta(hours=1)
        )
    _check_advisor(store, times.advisor)
    _check_delivery(store, times)


def _check_advisor(store: Store, advisor: Employee) -> None:
    if not Employee.objects.in_store(store).active().filter(pk=advisor.pk).exists():
        raise errors.AdvisorNotHere(advisor=advisor, store=store)


def _check_delivery(store: Store, times: Times) -> None:
    due = times.expected_delivery_at
    if due is None:
        return
    if due <= times.starts_at:
        raise errors.DeliveryTooEarly(delivery=_clock(store, due), at=_clock(store, times.starts_at))
    if due > now() + FARTHEST:
        raise errors.TooFarAhead(at=_clock(store, due), days=FARTHEST.days)


def _clock(store: Store, at: datetime) -> datetime:
    return at.astimezone(zone_of(store.pk))


def _columns(times: Times) -> dict[str, Any]:
    return {
        "starts_at": times.starts_at,
        "advisor": times.advisor,
        "minutes": times.minutes,
        "expected_delivery_at": times.expected_delivery_at,
        "work": times.work,
        "work_type": times.work_type,
    }


def _told(booking: Booking) -> dict[str, Any]:
    return {
        "starts_at": booking.starts_at.isoformat(),
        "minutes": booking.minutes // timedelta(minutes=1),
        "advisor": booking.advisor_id,
    }
