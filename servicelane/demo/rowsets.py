"""A finished visit as one set of rows: read once, written again for other cars on other days.

The set is found through the foreign keys that lead to the order, so an app that hangs new rows on orders
joins by itself. Facts about rows of the set belong to it, with their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from servicelane.billing.models import CountedPayment
from servicelane.care.models import Complaint, FollowUp
from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.models import Event, EventDetail
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import zone_of
from servicelane.parts.models import Movement, Reservation

from .bulk import Batch, FactPattern, Recorded, Row, Told

LEFT_OUT = (FollowUp, Complaint, CountedPayment)
"""What the house did about a visit after it, and the till of another day that counted its cash.

The facts of care begin with LATER."""
LATER = "care."
IDS = {
    "job": "orders.job",
    "finding": "orders.finding",
    "invoice": "billing.invoice",
    "exit_pass": "billing.exitpass",
    "movement": "parts.movement",
    "order": "orders.repairorder",
    "vehicle": "customers.vehicle",
}
"""Names in the data of facts that hold the id of a row, with the row's model."""
KILOMETRES = {
    "orders.repairorder": ("odometer",),
    "workshop.qualitycheck": ("odometer",),
    "reception.delivery": ("next_km",),
}
TOLD_KILOMETRES = {
    "orders.open": ("odometer",),
    "customers.odometer_noted": ("km",),
    "customers.next_due_set": ("km",),
}
OF_CARS = "customers.vehicle"
OF_THE_CAR = tuple(kind for kind in TOLD_KILOMETRES if kind.startswith("customers."))
ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"([A-Z]{2})-[0-9]{8}-[0-9]{4,}")
COUNTED = {"RO": "orders", "IN": "billing.invoice", "EP": "billing.exit_pass"}
"""The counter of each kind of number, without its store."""


@dataclass(slots=True)
class Car:
    """A car that gets a visit: its ids, its owner's name, and its kilometres on the day."""

    vehicle: int
    customer: int
    name: str
    kilometres: int


@dataclass(slots=True)
class Slots:
    """What one row of a set takes anew: column to what stands there."""

    ids: list[tuple[int, str, int]] = field(default_factory=list)
    vehicle: list[int] = field(default_factory=list)
    customer: list[int] = field(default_factory=list)
    name: list[int] = field(default_factory=list)
    kilometres: list[int] = field(default_factory=list)
    number: tuple[int, str] | None = None
    """Column and kind, such as "RO"."""


@dataclass(slots=True)
class Fact:
    """One fact of a set: whom it is about and which of its data are ids or kilometres."""

    event: Event
    subject: tuple[str, int] | None
    ids: list[tuple[str, str, int]]
    kilometres: Sequence[str]
    words: EventDetail | None


@dataclass(slots=True)
class Moment:
    """A fact as it is on the day of the copy, and its data with that day's times."""

    pattern: FactPattern
    data: dict[str, Any]


@dataclass(slots=True)
class Issue:
    """What one visit takes out of a stock row: thousandths and 分, as its movement and its fact tell it."""

    place: int
    item: int
    quantity: int
    value: int


class RowSet:
    """All rows of one finished visit, ready to be written again."""

    def __init__(self, order: RepairOrder) -> None:
        self.order = order
        self.zone = zone_of(order.store_id)
        self.day = order.arrived_at.astimezone(self.zone).date()
        self.rows: dict[str, list[models.Model]] = _rows(order)
        self._places = {
            label: {row.pk: place for place, row in enumerate(rows)} for label, rows in self.rows.items()
        }
        self.slots = {label: [self._slots(row) for row in rows] for label, rows in self.rows.items()}
        self.facts = [self._fact(event) for event in self._events()]
        self.issues = [
            Issue(place, row.item_id, _units(row, "quantity"), _units(row, "value"))
            for place, row in enumerate(cast("list[Movement]", self.rows.get("parts.movement", [])))
        ]
        self._prepared: tuple[date, dict[str, list[Row]], list[Moment]] | None = None

    def counts(self) -> dict[str, int]:
        """How many ids of each model a copy needs."""
        counted = {label: len(rows) for label, rows in self.rows.items()}
        return {**counted, "kernel.event": len(self.facts)}

    def numbers(self) -> Iterator[str]:
        """The kinds of the numbers that a copy takes, such as "RO", one by one."""
        for slots in self.slots.values():
            yield from (found.number[1] for found in slots if found.number)

    def due(self, car: Car, day: date) -> tuple[int | None, str | None]:
        """Kilometres and day (ISO) of the next maintenance as the visit set them, None where it did not."""
        for fact in self.facts:
            if fact.event.kind == "customers.next_due_set":
                told = _later_data(fact.event.data, timedelta(days=(day - self.day).days))
                km = told["km"] + car.kilometres - (self.order.odometer or 0) if told["km"] >= 0 else None
                return km, told["on"] or None
        return None, None

    def copy(
        self,
        batch: Batch,
        ids: Mapping[str, Sequence[int]],
        numbers: Mapping[str, Iterator[str]],
        car: Car,
        day: date,
        recorded: Recorded,
        on_hand: dict[int, int],
    ) -> None:
        """Put a copy for `car` on `day` into the batch, with these ids and the next of the numbers.

        `on_hand` is what lies in each stock row, in thousandths; what the copy takes is taken off.
        """
        prepared, moments = self._on(day)
        more = car.kilometres - (self.order.odometer or 0)
        for label, rows in prepared.items():
            own, into = ids[label], batch.rows[model_of(label)]
            for place, (base, slots) in enumerate(zip(rows, self.slots[label], strict=True)):
                row = list(base)
                row[0] = own[place]
                for column, model, at in slots.ids:
                    row[column] = ids[model][at]
                for column in slots.vehicle:
                    row[column] = car.vehicle
                for column in slots.customer:
                    row[column] = car.customer
                for column in slots.name:
                    row[column] = car.name[:60]
                for column in slots.kilometres:
                    row[column] += more
                if slots.number:
                    row[slots.number[0]] = next(numbers[slots.number[1]])
                into.append(row)
        left = self._take(batch, on_hand, len(self.issues))
        self._tell(batch, ids, car, more, moments, recorded, left)

    def _take(self, batch: Batch, on_hand: dict[int, int], count: int) -> dict[int, int]:
        left: dict[int, int] = {}
        rows = batch.rows[Movement][-count:] if count else []
        column = _columns("parts.movement")["on_hand_after"]
        for issue, row in zip(self.issues, rows, strict=True):
            on_hand[issue.item] += issue.quantity
            left[issue.place] = cast("list[Any]", row)[column] = on_hand[issue.item]
        return left

    def _tell(
        self,
        batch: Batch,
        ids: Mapping[str, Sequence[int]],
        car: Car,
        more: int,
        moments: list[Moment],
        recorded: Recorded,
        left: dict[int, int],
    ) -> None:
        own = ids["kernel.event"]
        facts, words = batch.rows[Event], batch.rows[EventDetail]
        for pk, fact, moment in zip(own, self.facts, moments, strict=True):
            event, data = fact.event, moment.data
            if fact.ids or fact.kilometres:
                data = dict(data)
                for name, model, at in fact.ids:
                    data[name] = ids[model][at]
                    if name == "movement" and "on_hand" in data:
                        data["on_hand"] = left[at]
                for name in fact.kilometres:
                    data[name] += more
            subject = event.subject_id
            if fact.subject:
                model, at = fact.subject
                subject = car.vehicle if model == OF_CARS else ids[model][at]
            facts.append(moment.pattern.row(pk, subject, data, recorded))
            if fact.words:
                words.append([pk, fact.words.salt, fact.words.text])

    def _on(self, day: date) -> tuple[dict[str, list[Row]], list[Moment]]:
        """The rows and times of the facts as they are on `day`; kept, for a day has many visits."""
        if self._prepared is None or self._prepared[0] != day:
            later = timedelta(days=(day - self.day).days)
            rows = {label: [_shifted(row, later) for row in found] for label, found in self.rows.items()}
            moments = [self._moment(fact.event, later) for fact in self.facts]
            self._prepared = day, rows, moments
        return self._prepared[1:]

    def _moment(self, event: Event, later: timedelta) -> Moment:
        at, day = event.happened_at + later, event.local_day + later
        told = Told(
            event.kind,
            event.store_id,
            event.subject_type,
            event.subject_id,
            event.actor_kind,
            event.actor_id,
            at,
            at,
            day,
            {},
            event.detail_hash,
        )
        return Moment(FactPattern(told), _later_data(event.data, later))

    def _slots(self, row: models.Model) -> Slots:
        slots, label = Slots(), row._meta.label_lower
        for place, one in enumerate(row._meta.concrete_fields):
            value = getattr(row, one.attname)
            target = one.related_model
            if place == 0 or value is None:
                continue
            if target is Vehicle and value == self.order.vehicle_id:
                slots.vehicle.append(place)
            elif target is Customer and value in (self.order.customer_id, self.order.driver_id):
                slots.customer.append(place)
            elif isinstance(target, type) and value in self._places.get(target._meta.label_lower, ()):
                known = target._meta.label_lower
                slots.ids.append((place, known, self._places[known][value]))
            elif one.name in KILOMETRES.get(label, ()):
                slots.kilometres.append(place)
            elif isinstance(value, str) and value == self.order.customer.name:
                slots.name.append(place)
            elif isinstance(value, str) and one.name == "number" and (found := NUMBER.fullmatch(value)):
                slots.number = place, found.group(1)
        for_type = getattr(row, "for_type", "")
        if for_type:
            at = self._places[for_type][row.for_id]  # type: ignore[attr-defined]
            slots.ids.append((_columns(label)["for_id"], for_type, at))
        return slots

    def _events(self) -> list[Event]:
        own = Q()
        for label, places in self._places.items():
            own |= Q(subject_type=label, subject_id__in=list(places))
        last = self.order.delivered_at
        assert last
        stock = {row.item_id for row in cast("list[Movement]", self.rows.get("parts.movement", []))}
        moved = Q(subject_type="parts.stockitem", subject_id__in=stock)
        car = Q(subject_type=OF_CARS, subject_id=self.order.vehicle_id, kind__in=OF_THE_CAR)
        within = Q(happened_at__range=(self.order.arrived_at, last + timedelta(seconds=5)))
        facts = Event.objects.exclude(kind__startswith=LATER).filter(own | (moved | car) & within)
        found = facts.select_related("detail").order_by("id")
        return [event for event in found if event.subject_type != "parts.stockitem" or self._is_ours(event)]

    def _is_ours(self, event: Event) -> bool:
        return event.data.get("for_id") in self._places.get(str(event.data.get("for_type")), {})

    def _fact(self, event: Event) -> Fact:
        ids = []
        for name, value in event.data.items():
            label = str(event.data.get("for_type")) if name == "for_id" else IDS.get(name, "")
            if label in self._places and value in self._places[label]:
                ids.append((name, label, self._places[label][value]))
        subject: tuple[str, int] | None = None
        if event.subject_type == OF_CARS:
            subject = event.subject_type, 0
        elif event.subject_type in self._places:
            subject = event.subject_type, self._places[event.subject_type][event.subject_id]
        names = [name for name in TOLD_KILOMETRES.get(event.kind, ()) if event.data.get(name, -1) >= 0]
        return Fact(event, subject, ids, names, getattr(event, "detail", None))


def _rows(order: RepairOrder) -> dict[str, list[models.Model]]:
    """The rows that hang on an order, by model, with the movements and reservations for its part lines."""
    found: dict[str, list[models.Model]] = {"orders.repairorder": [order]}
    todo: list[type[models.Model]] = [RepairOrder]
    while todo:
        model = todo.pop(0)
        for child, name in _children(model):
            parents = found[model._meta.label_lower]
            known = found.setdefault(child._meta.label_lower, [])
            have = {row.pk for row in known}
            hanging = child._default_manager.filter(**{f"{name}__in": parents})
            new = [row for row in hanging if row.pk not in have]
            if new:
                known += new
                todo.append(child)
    lines = Q()
    for label, rows in found.items():
        lines |= Q(for_type=label, for_id__in=[row.pk for row in rows])
    for model in (Movement, Reservation):
        found[model._meta.label_lower] = list(model._default_manager.filter(lines))
    return {label: sorted(rows, key=lambda row: row.pk) for label, rows in found.items() if rows}


@cache
def _children(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Models with a foreign key to `model`, without those to itself and those that are left out."""
    fields = model._meta.get_fields(include_hidden=True)
    return [
        (relation.related_model, relation.field.name)
        for relation in fields
        if isinstance(relation, models.ManyToOneRel)
        and isinstance(relation.related_model, type)
        and relation.related_model is not model
        and not issubclass(relation.related_model, LEFT_OUT)
    ]


@cache
def model_of(label: str) -> type[models.Model]:
    """The model of a label such as "orders.job"."""
    return apps.get_model(label)


@cache
def _columns(label: str) -> dict[str, int]:
    return {one.attname: place for place, one in enumerate(model_of(label)._meta.concrete_fields)}


def _later_data(data: dict[str, Any], later: timedelta) -> dict[str, Any]:
    moved = dict(data)
    for name, value in data.items():
        if isinstance(value, str) and ISO_MOMENT.fullmatch(value):
            moved[name] = (datetime.fromisoformat(value) + later).isoformat()
        elif isinstance(value, str) and ISO_DAY.fullmatch(value):
            moved[name] = (date.fromisoformat(value) + later).isoformat()
    return moved


def _shifted(row: models.Model, later: timedelta) -> Row:
    values = []
    for one in row._meta.concrete_fields:
        value = getattr(row, one.attname)
        if isinstance(value, date):
            value += later
        values.append(one.get_db_prep_save(value, connection))
    return values


def _units(row: models.Model, name: str) -> int:
    one: Any = row._meta.get_field(name)
    return int(one.get_db_prep_save(getattr(row, name), connection))
