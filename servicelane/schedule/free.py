"""What a workshop can still take: hands by skill and bays by kind, half-hour by half-hour (BKG-2, BKG-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from servicelane.org.models import Bay, Store
from servicelane.org.queries import local_moment, open_hours
from servicelane.people.models import Employee

from .fitness import ALONE
from .floor import load_of
from .planner.placing import Gap, first_plan

HALF_HOUR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class HalfHour:
    """One half-hour: the free minutes of each technician who has any, and the bays free all through it."""

    starts_at: datetime
    people: dict[Employee, int] = field(default_factory=dict)
    bays: list[Bay] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """Free minutes of all technicians together."""
        return sum(self.people.values())


@dataclass(slots=True)
class FreeDay:
    """A day's half-hours from opening, or from now, to closing; `able` are the people by skill id who do
    its work alone.
    """

    day: date
    half_hours: list[HalfHour]
    able: dict[int, set[int]]

    def minutes(self, half_hour: HalfHour, skill: int) -> int:
        """Free minutes in a half-hour of those who have a skill."""
        able = self.able.get(skill, set())
        return sum(minutes for person, minutes in half_hour.people.items() if person.pk in able)


def free_hours(store: Store, at: datetime, days: Iterable[date]) -> list[FreeDay]:
    """What is left of these days after everything that is here, carried over or booked has its place.

    Counted are the shifts of who is not away, without their breaks, and bays in service. A day on which
    the store is closed has no half-hours. Some fifteen queries, two more for each day.
    """
    floor = load_of(store, at)
    board = first_plan(floor.day)
    people = list(zip(floor.day.technicians, board.people, strict=True))
    bays = [
        (floor.bays[one.id], gaps)
        for one, gaps in zip(floor.day.bays, board.bays, strict=True)
        if one.id in floor.bays
    ]
    able: dict[int, set[int]] = {}
    for technician in floor.day.technicians:
        for skill, level in technician.skills.items():
            if skill and level >= ALONE:
                able.setdefault(int(skill), set()).add(int(technician.id))
    found = []
    for day in days:
        half_hours = []
        for starts_at in _starts(store, day, at):
            begins = (starts_at - floor.origin) // MINUTE
            ends = begins + 30
            from_now = max(begins, -((floor.origin - at) // MINUTE))
            one = HalfHour(starts_at)
            for technician, gaps in people:
                free = _overlap(gaps, from_now, ends)
                if free and technician.id in floor.people:
                    one.people[floor.people[technician.id]] = free
            one.bays = [bay for bay, gaps in bays if _overlap(gaps, from_now, ends) == ends - from_now]
            half_hours.append(one)
        found.append(FreeDay(day, half_hours, able))
    return found


def _starts(store: Store, day: date, at: datetime) -> list[datetime]:
    hours = open_hours(store, day)
    if hours is None:
        return []
    opens, closes = (local_moment(store, day, one) for one in (hours.opens, hours.closes))
    count = (closes - opens) // HALF_HOUR
    starts = (opens + number * HALF_HOUR for number in range(count))
    return [one for one in starts if one + HALF_HOUR > at]


def _overlap(gaps: Iterable[Gap], begins: int, ends: int) -> int:
    return sum(max(0, min(end, ends) - max(start, begins)) for start, end in gaps)
