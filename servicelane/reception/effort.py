"""How much typing an opened order cost, measured where it is typed: fields, clicks and seconds (RCP-12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from servicelane.kernel.models import ActorKind, Event
from servicelane.orders.models import RepairOrder
from servicelane.orders.timeline import worded
from servicelane.org.models import Store
from servicelane.people.models import Employee
from servicelane.people.roles import Role

from . import events

GOAL = 60
"""Seconds in which an order is to be opened (RCP-12)."""
MOST = 99_999
SHOWN_DAYS = 30
SHOWN_ROWS = 200


@dataclass(frozen=True, slots=True)
class Effort:
    """What one order cost to open: fields that were filled in, presses of the mouse or finger, seconds."""

    fields: int
    clicks: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Effort | None:
        """Read what the page measured, "fields,clicks,seconds"; None when it measured nothing sensible."""
        numbers = text.split(",")
        if len(numbers) != 3 or not all(one.isascii() and one.isdigit() and len(one) <= 9 for one in numbers):
            return None
        fields, clicks, seconds = map(int, numbers)
        if not fields or max(fields, clicks, seconds) > MOST:
            return None
        return cls(fields, clicks, seconds)


def role_of(person: Employee, store: Store) -> str:
    """The role under which a person's effort counts: the first of theirs in the house's order, or empty."""
    held = person.roles_in(store) | person.roles_in(store.region)
    return next((role.value for role in Role if role in held), "")


@worded(events.TYPED_IN)
def typed_in(data: dict[str, Any]) -> str:
    """What opening an order cost, as its timeline says it."""
    said = _("{fields} fields, {clicks} clicks, {seconds} s")
    return said.format(fields=data["fields"], clicks=data["clicks"], seconds=data["seconds"])


@dataclass(frozen=True, slots=True)
class Opening:
    """One opened order with what it cost, and who opened it."""

    at: datetime
    order: RepairOrder
    by: Employee | None
    role: str
    effort: Effort

    @property
    def role_name(self) -> str:
        """The role in the reader's language."""
        return _name(self.role)

    @property
    def is_slow(self) -> bool:
        """Whether it took longer than the goal."""
        return self.effort.seconds >= GOAL


@dataclass(frozen=True, slots=True)
class OfRole:
    """The openings of one role, of all roles when `role` is empty: medians, and how many kept the goal."""

    role: str
    count: int
    fields: int
    clicks: int
    seconds: int
    quick: int

    @property
    def name(self) -> str:
        """The role in the reader's language."""
        return _name(self.role)

    @property
    def share(self) -> int:
        """The share that kept the goal, in whole per cent, rounded down: only all are a hundred."""
        return self.quick * 100 // self.count


@dataclass(frozen=True, slots=True)
class Efforts:
    """The openings of a store in the last thirty days: of all, by role, and the newest one by one."""

    whole: OfRole | None
    roles: list[OfRole]
    rows: list[Opening]


def efforts_of(store: Store, today: date, role: str = "") -> Efforts:
    """Read what opening orders cost in a store; `role` narrows the rows, not the sums. Three queries."""
    days = (today - timedelta(days=SHOWN_DAYS - 1), today)
    facts = list(
        Event.objects.filter(store_id=store.pk, local_day__range=days, kind=events.TYPED_IN).order_by("-id")
    )
    by_role: dict[str, list[Effort]] = {}
    for fact in facts:
        by_role.setdefault(fact.data["role"], []).append(_effort(fact))
    shown = [fact for fact in facts if role in ("", fact.data["role"])][:SHOWN_ROWS]
    orders = RepairOrder.objects.with_car().in_bulk({fact.subject_id for fact in shown})
    authors = {fact.actor_id for fact in shown if fact.actor_kind == ActorKind.PERSON and fact.actor_id}
    people = Employee.objects.in_bulk(authors) if authors else {}
    rows = [
        Opening(
            fact.happened_at,
            orders[fact.subject_id],
            people.get(fact.actor_id) if fact.actor_id else None,
            fact.data["role"],
            _effort(fact),
        )
        for fact in shown
    ]
    whole = _sum("", (one for some in by_role.values() for one in some)) if facts else None
    known = [value for value in ("", *Role.values) if value in by_role]
    return Efforts(whole, [_sum(value, by_role[value]) for value in known], rows)


def _sum(role: str, efforts: Iterable[Effort]) -> OfRole:
    all_of = list(efforts)
    fields, clicks, seconds = (
        round(median(values))
        for values in zip(*((one.fields, one.clicks, one.seconds) for one in all_of), strict=True)
    )
    return OfRole(role, len(all_of), fields, clicks, seconds, sum(one.seconds < GOAL for one in all_of))


def _effort(fact: Event) -> Effort:
    return Effort(fact.data["fields"], fact.data["clicks"], fact.data["seconds"])


def _name(role: str) -> str:
    return str(Role(role).label) if role in Role.values else "–"
