"""Reads for the pages of the desk: one function for one screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from servicelane.booking.models import Booking
from servicelane.booking.permissions import Perm as BookingPerm
from servicelane.booking.queries import expected_on
from servicelane.orders.hints import Hint, hints_of
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, rule, today_in
from servicelane.people.models import Employee

from .greeting_services import ungreeted
from .models import DamageKind, Greeting, StandInCall
from .permissions import Perm
from .rules import GREETING_MINUTES
from .zones import CENTRES, Zone


@dataclass(frozen=True, slots=True)
class Waiting:
    """One car that waits to be received; `greeting` is None while nobody went to its customer (RCP-1)."""

    order: RepairOrder
    greeting: Greeting | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits at the desk, the longest first, and which booked cars are still to come today (BKG-8).

    `target` is the store's greeting time in minutes, `call` the open call for stand-ins with those who came.
    `greeted` of `came` customers of today were greeted, or received, within it.
    """

    waiting: list[Waiting]
    coming: list[Booking]
    at: datetime
    target: int
    call: StandInCall | None
    greeted: int
    came: int

    @property
    def ungreeted(self) -> int:
        """How many wait whom nobody greeted."""
        return sum(row.greeting is None for row in self.waiting)

    @property
    def late(self) -> int:
        """How many of them wait beyond the target."""
        return sum(row.is_late for row in self.waiting)


@dataclass(frozen=True, slots=True)
class Asked:
    """One guided question about a symptom: what is asked, and the phrases one press puts into the words."""

    question: str
    phrases: list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """One zone of the drawing: its code, its name, and its middle in thousandths."""

    code: str
    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class AtTheCar:
    """What the check-in in steps shows beside its form (RCP-2, RCP-3, RCP-4)."""

    hints: list[Hint]
    asked: list[Asked]
    places: list[Place]
    kinds: list[tuple[str, str]]


def at_the_car(order: RepairOrder, viewer: Employee) -> AtTheCar:
    """Return hints, guided questions and the drawing's zones for an order's check-in. Four queries."""
    places = [Place(str(zone), str(zone.label), *CENTRES[zone]) for zone in Zone]
    kinds = [(str(kind), str(kind.label)) for kind in DamageKind]
    return AtTheCar(hints_of(order, viewer), _asked(), places, kinds)


def _asked() -> list[Asked]:
    return [
        Asked(_("When?"), [_("when cold"), _("when warm"), _("when starting"), _("standing"),
                           _("accelerating"), _("braking"), _("turning"), _("over bumps")]),
        Asked(_("Where?"), [_("front left"), _("front right"), _("rear left"), _("rear right"),
                            _("engine bay"), _("inside")]),
        Asked(_("How often?"), [_("always"), _("often"), _("now and then"), _("once so far")]),
        Asked(_("How fast?"), [_("below 40 km/h"), _("40 to 80 km/h"), _("above 80 km/h")]),
        Asked(_("Weather?"), [_("in the cold"), _("in the heat"), _("in the rain")]),
    ]  # fmt: skip


def queue(viewer: Employee, store: Store, at: datetime) -> Queue:
    """The arrival queue of a store. Seven queries at most."""
    rows = RepairOrder.objects.visible_to(viewer, Perm.GREET).filter(store=store)
    target = rule(store, GREETING_MINUTES)
    waiting = rows.filter(status=Status.ARRIVED).with_car().select_related("greeting__greeted_by")
    coming = (
        list(expected_on(viewer, store, today_in(store)))
        if viewer.may(BookingPerm.SEE_BOOKINGS, store)
        else []
    )
    within = _greeted_within(rows, store, at, timedelta(minutes=target))
    call = StandInCall.objects.filter(store=store, ended_at=None).select_related("called_by")
    return Queue(
        [_waiting(order, at, target) for order in waiting.order_by("arrived_at", "pk")],
        coming,
        at,
        target,
        call.prefetch_related("stand_ins__person").first(),
        sum(within),
        len(within),
    )


def _greeted_within(rows: QuerySet[RepairOrder], store: Store, at: datetime, target: timedelta) -> list[bool]:
    """For each customer of today whether the target was kept; those who still may be in time are left out."""
    begins = local_moment(store, today_in(store), time())
    today = rows.filter(arrived_at__gte=begins).exclude(status=Status.CANCELLED)
    kept = []
    for arrived, greeted, received in today.values_list(
        "arrived_at", "greeting__greeted_at", "checked_in_at"
    ):
        first = greeted or received
        if first or at - arrived > target:
            kept.append(first is not None and first - arrived <= target)
    return kept


def _waiting(order: RepairOrder, at: datetime, target: int) -> Waiting:
    greeting: Greeting | None = getattr(order, "greeting", None)
    return Waiting(order, greeting, greeting is None and at - order.arrived_at > timedelta(minutes=target))


def calls_for(person: Employee, store: Store) -> StandInCall | None:
    """The open call of a store that `person` may answer and has not; None while nobody waits. Two queries."""
    if not person.may(Perm.STAND_IN, store):
        return None
    open_call = StandInCall.objects.filter(store=store, ended_at=None).exclude(called_by=person)
    call = open_call.exclude(stand_ins__person=person).select_related("called_by").first()
    return call if call and ungreeted(store) else None
