"""A store's workshop as the planner takes it; who reads it from the floor announces itself here.

What holds the floor, the clocks and the bookings, lies above dispatch: it gives `reads_floor` its reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from servicelane.orders.models import Job, RepairOrder
from servicelane.org.models import Bay, Store
from servicelane.people.models import Employee

from .planner import days
from .planner.placing import Board

OF_A_CAR = {"no_bay", "no_operation", "settled"}
"""Findings of the planner that name a car; the others name an operation, or a person or bay."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A car that is not planned, with the code of the reason; the reason of its wait for `hold`."""

    order: RepairOrder
    why: str
    hold: str = ""


@dataclass(slots=True)
class FloorDay:
    """A day of the planner with the rows its ids stand for; minutes count from `origin`, midnight here."""

    origin: datetime
    at: datetime
    day: days.Day
    jobs: dict[str, Job]
    people: dict[str, Employee]
    bays: dict[str, Bay]
    orders: dict[str, RepairOrder]
    left: list[LeftOut] = field(default_factory=list)

    def moment(self, minute: int) -> datetime:
        """The moment of a minute of the plan."""
        return self.origin + timedelta(minutes=minute)

    @property
    def as_they_came(self) -> days.Day:
        """The same day for a shop that takes cars as they come: each with the minute at which it came."""
        came = {
            key: (order.arrived_at - self.origin) // timedelta(minutes=1)
            for key, order in self.orders.items()
        }
        return replace(
            self.day,
            cars=tuple(replace(car, arrival=min(came[car.id], car.arrival)) for car in self.day.cars),
            before=(),
        )

    def check(self) -> None:
        """Take out, one after the other, the cars that no plan could hold, each with its reason."""
        while self.day.cars:
            try:
                self.day.check()
                Board(self.day)
            except days.Infeasible as why:
                self._drop(why)
            else:
                return

    def _drop(self, why: days.Infeasible) -> None:
        operations = {one.id: car.id for car in self.day.cars for one in car.operations}
        car = why.about if why.code in OF_A_CAR else operations.get(why.about, "")
        if all(one.id != car for one in self.day.cars):
            raise why
        # A car that is still to come has no order to be named by.
        order = self.orders.get(car)
        if order and all(one.order.pk != order.pk for one in self.left):
            self.left.append(LeftOut(order, why.code))
        running = {row.operation for row in self.day.settled}
        cars = []
        for one in self.day.cars:
            if one.id != car:
                cars.append(one)
                continue
            # What runs goes on: its people and its bay stay taken.
            kept = tuple(operation for operation in one.operations if operation.id in running)
            if kept and len(kept) < len(one.operations):
                cars.append(replace(one, operations=kept))
        names = {operation.id for one in cars for operation in one.operations}
        self.day = replace(
            self.day,
            cars=tuple(cars),
            settled=tuple(row for row in self.day.settled if row.operation in names),
            before=tuple(row for row in self.day.before if row.operation in names),
        )


Reader = Callable[[Store, datetime, "RepairOrder | None"], FloorDay]
"""Of a store at a moment, with one order beside what is agreed there: as if its open jobs were agreed."""

_readers: list[Reader] = []


def reads_floor(reader: Reader) -> Reader:
    """Announce who reads the floor; the last one that did so is asked."""
    _readers.append(reader)
    return reader


def load_of(store: Store, at: datetime, asked: RepairOrder | None = None) -> FloorDay:
    """All that keeps a workshop busy from a moment on: cars here and booked, and `asked` among them.

    Raises LookupError where nobody reads the floor.
    """
    if not _readers:
        raise LookupError("nobody announced how the floor is read")
    return _readers[-1](store, at, asked)
