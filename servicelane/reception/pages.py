"""Reads for the pages of the desk: one function for one screen, each with its number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from servicelane.booking.models import Booking
from servicelane.booking.permissions import Perm as BookingPerm
from servicelane.booking.queries import expected_on
from servicelane.orders.hints import Hint, hints_of
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .models import DamageKind
from .permissions import Perm
from .zones import CENTRES, Zone


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits at the desk, the longest first, and which booked cars are still to come today (BKG-8)."""

    waiting: list[RepairOrder]
    coming: list[Booking]
    at: datetime


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
    """The arrival queue of a store. Two queries."""
    waiting = RepairOrder.objects.visible_to(viewer, Perm.RECEIVE).filter(store=store, status=Status.ARRIVED)
    coming = (
        list(expected_on(viewer, store, today_in(store)))
        if viewer.may(BookingPerm.SEE_BOOKINGS, store)
        else []
    )
    return Queue(list(waiting.with_car().order_by("arrived_at", "pk")), coming, at)
