"""Writes at the desk: a car comes without a booking, is checked in, and is given back (RCP-2, BKG-8, BIL-6).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it, `at` when it happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.booking.services import owner_and_driver
from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.vehicle_services import note_odometer, set_next_due
from servicelane.customers.visitor_services import Visitor, find_or_add
from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.orders import order_services
from servicelane.orders.models import JobState, RepairOrder, SignedFor, Source, Status
from servicelane.orders.order_services import Arrival, CheckIn, Signed
from servicelane.orders.writing import take, tell
from servicelane.org.models import Store
from servicelane.org.queries import zone_of
from servicelane.people.guards import By
from servicelane.people.models import Employee

from . import errors, events
from .effort import Effort, role_of
from .models import Damage, Delivery

MOST_MARKS = 40
MONTHS, KILOMETRES = 6, 10_000
"""How far ahead the next maintenance is where the car has no interval of its own."""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A car that came without a booking: known by `visitor`, or as `vehicle` and `customer`."""

    advisor: Employee
    visitor: Visitor | None = None
    vehicle: Vehicle | None = None
    customer: Customer | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One damage on the drawing of the car; `x` and `y` are thousandths of its width and height (RCP-2)."""

    kind: str
    zone: str
    x: int
    y: int
    note: str = ""
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the customer was told and shown; `next_on` and `next_km` are the next maintenance (BIL-6)."""

    explained: bool
    belongings_seen: bool
    old_parts_shown: bool = False
    covers_removed: bool = False
    extras: str = ""
    note: str = ""
    next_on: date | None = None
    next_km: int | None = None
    signed: Signed | None = None


@transaction.atomic
def walk_in(
    store: Store, came: WalkIn, *, by: By, at: datetime | None = None, cost: Effort | None = None
) -> RepairOrder:
    """Open the order of a car that came without a booking; the waiting clock starts.

    `cost` is what a page measured while a person typed it; it is recorded with their role (RCP-12).

    Raises AdvisorNotHere, NoCar, and what `find_or_add` refuses.
    """
    if not Employee.objects.in_store(store).active().filter(pk=came.advisor.pk).exists():
        raise errors.AdvisorNotHere(advisor=came.advisor, store=store)
    if came.visitor:
        customer, vehicle = find_or_add(store, came.visitor, by=by)
    else:
        if not came.customer or not came.vehicle:
            raise errors.NoCar
        customer, vehicle = came.customer, came.vehicle
    owner, driver = owner_and_driver(store, vehicle, customer, by=by)
    arrival = Arrival(vehicle, owner, came.advisor, driver=driver, source=Source.WALK_IN, words=came.words)
    order = order_services.create(store, arrival, by=by, at=at)
    if cost and isinstance(by, Employee):
        record(events.TYPED_IN, order, by=by, at=at, role=role_of(by, store), **asdict(cost))
    return order


@transaction.atomic
def check_in(
    order: RepairOrder,
    seen: CheckIn,
    *,
    by: By,
    marks: Sequence[Mark] | None = None,
    at: datetime | None = None,
    version: int | None = None,
) -> RepairOrder:
    """Take the car over, and note its odometer in the file of the car (RCP-2).

    `marks` are the damages seen when it was walked around, None when nobody did. Raises TooManyMarks,
    and what `orders.order_services.check_in` raises.
    """
    if marks and len(marks) > MOST_MARKS:
        raise errors.TooManyMarks(order=order, most=MOST_MARKS)
    order_services.check_in(order, seen, by=by, at=at, version=version)
    day = (at or now()).astimezone(zone_of(order.store_id)).date()
    note_odometer(order.vehicle, seen.odometer, by=by, on=day, reason=seen.odometer_reason)
    if marks is not None:
        Damage.objects.bulk_create(
            Damage(
                order=order, kind=mark.kind, zone=mark.zone, x=mark.x, y=mark.y,
                note=mark.note.strip()[:60], is_old=mark.is_old,
            )
            for mark in marks
        )  # fmt: skip
        old = sum(mark.is_old for mark in marks)
        tell(events.WALKED_AROUND, order, by=by, at=at, marks=len(marks), old=old)
    return order


def known_marks(order: RepairOrder) -> list[Mark]:
    """Return the marks of the car's last visit here that was walked around, as old ones. Two queries."""
    earlier = Damage.objects.filter(order__vehicle_id=order.vehicle_id, order__store_id=order.store_id)
    last = earlier.exclude(order_id=order.pk).order_by("-order_id").values_list("order_id", flat=True).first()
    rows = earlier.filter(order_id=last) if last else []
    return [Mark(row.kind, row.zone, row.x, row.y, row.note, is_old=True) for row in rows]


@transaction.atomic
def hand_over(
    order: RepairOrder, told: HandOver, *, by: By, at: datetime | None = None, version: int | None = None
) -> Delivery:
    """Give the car back: explained, shown, signed; the car's file learns the next maintenance (BIL-6).

    Raises NotExplained, BelongingsNotSeen, NextDueBehind, WrongMoment, OrderChanged, NotSigned, and
    StillOpen while a gate such as the exit pass is shut.
    """
    moment = at or now()
    take(order, version, during=(Status.SETTLED,))
    if not told.explained:
        raise errors.NotExplained(order=order)
    things = [str(thing) for thing in order.belongings.all()]
    if things and not told.belongings_seen:
        raise errors.BelongingsNotSeen(order=order, things=_(", ").join(things))
    _check_next_due(order, told, moment)
    signature = order_services.sign(order, SignedFor.DELIVERY, told.signed, at=at) if told.signed else None
    if told.next_on or told.next_km:
        set_next_due(order.vehicle, told.next_on, told.next_km, by=by)
    done = order.jobs.filter(state=JobState.DONE).order_by("work_type")
    work_types = list(done.values_list("work_type", flat=True).distinct())
    order_services.advance(order, Status.DELIVERED, by=by, at=at, note=told.note, work_types=work_types)
    return Delivery.objects.create(
        order=order,
        explained=told.explained,
        old_parts_shown=told.old_parts_shown,
        covers_removed=told.covers_removed,
        belongings_seen=told.belongings_seen,
        extras=told.extras,
        note=told.note,
        next_on=told.next_on,
        next_km=told.next_km,
        signature=signature,
        by=by if isinstance(by, Employee) else None,
        handed_over_at=order.delivered_at or moment,
    )


def next_due(order: RepairOrder, at: datetime) -> tuple[date, int]:
    """Propose day and km of the next maintenance: the car's own interval, else half a year and 10,000 km."""
    vehicle = order.vehicle
    day = at.astimezone(zone_of(order.store_id)).date()
    months = day.month - 1 + (vehicle.interval_months or MONTHS)
    year, month = day.year + months // 12, months % 12 + 1
    due_on = date(year, month, min(day.day, monthrange(year, month)[1]))
    return due_on, (order.odometer or vehicle.odometer or 0) + (vehicle.interval_km or KILOMETRES)


def _check_next_due(order: RepairOrder, told: HandOver, moment: datetime) -> None:
    today = moment.astimezone(zone_of(order.store_id)).date()
    if told.next_on and told.next_on <= today:
        raise errors.NextDueBehind(order=order, due=told.next_on, now=today)
    if told.next_km is not None and told.next_km <= (order.odometer or 0):
        raise errors.NextDueBehind(order=order, due=f"{told.next_km} km", now=f"{order.odometer} km")
