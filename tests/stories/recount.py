"""Ten figures of a store counted a second time, from nothing but its facts and in plain Python.

A story walks cars through the real services; what the product's own pages then say must agree with what
these functions count from the ledger (spec, "Figures"). They share no code with the product: they read
kind, subject, day, time and data of each fact. Amounts are whole 分.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any, Protocol

ORDER = "orders.repairorder"
STATUSES = (
    "arrived", "open", "agreed", "in_work", "quality_check", "ready", "settled", "delivered", "cancelled",
)  # fmt: skip
STAGES = {
    "greet_wait": "arrived",
    "reception_time": "open",
    "dispatch_wait": "agreed",
    "work_time": "in_work",
    "qc_wait": "quality_check",
    "settle_time": "ready",
    "handover_wait": "settled",
}
"""Each stage time, and the status in which it runs."""
COMEBACK_DAYS = 30
FOLLOW_UP_DAYS = 3


class Fact(Protocol):
    """What a row of the ledger says, as far as figures need it."""

    id: int
    kind: str
    subject_type: str
    subject_id: int
    happened_at: datetime
    local_day: date
    data: dict[str, Any]


@dataclass(frozen=True)
class Period:
    """The store's local days from `first` to `last`, both counted."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Share:
    """A rate with its two counts; without a whole there is no value, neither 0 nor 1."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        """The exact rate, None for an empty whole."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True)
class Figures:
    """The ten figures of one period."""

    throughput: int
    revenue: Mapping[str, int]
    ftfr: Share
    on_time: Share
    stage_times: Mapping[str, timedelta]
    no_show: Share
    follow_up: Share
    fill: Share
    clocked: timedelta
    sold_minutes: int


def recount(facts: Iterable[Fact], period: Period) -> Figures:
    """Count everything again for one store; `facts` are all facts of the store, in any order."""
    told = sorted(facts, key=lambda fact: (fact.happened_at, fact.id))
    return Figures(
        throughput=throughput(told, period),
        revenue=revenue(told, period),
        ftfr=ftfr(told, period),
        on_time=on_time(told, period),
        stage_times=stage_times(told, period),
        no_show=no_show(told, period),
        follow_up=follow_up(told, period),
        fill=fill(told, period),
        clocked=clocked(told, period),
        sold_minutes=sold_minutes(told, period),
    )


def throughput(facts: list[Fact], period: Period) -> int:
    """Orders checked in; one that went back to reception and came again counts once, on its first day."""
    first = _first_of(facts, "orders.open")
    return sum(period.holds(fact.local_day) for fact in first.values())


def revenue(facts: list[Fact], period: Period) -> dict[str, int]:
    """Net amounts invoiced less credited: in all, as labour, as parts, by work type (`work.CODE`)."""
    sums: dict[str, int] = defaultdict(int)
    for data in _bills(facts, period):
        sums["total"] += data["net"]
        for kind in ("labour", "parts"):
            for code, net in data[kind].items():
                sums[kind] += net
                sums[f"work.{code}"] += net
    return {"total": 0, "labour": 0, "parts": 0, **sums}


def sold_minutes(facts: list[Fact], period: Period) -> int:
    """Minutes billed less minutes credited, by the day of the invoice and of the credit; goodwill apart."""
    return sum(
        minutes
        for data in _bills(facts, period)
        for pay_type, minutes in data["minutes"].items()
        if pay_type != "goodwill"
    )


def ftfr(facts: list[Fact], period: Period) -> Share:
    """Orders delivered in the period without a comeback within 30 days, of all delivered."""
    delivered = _delivered(facts, period)
    came_back: set[int] = set()
    for fact in facts:
        first = fact.data.get("comeback_of", 0) if fact.kind in _COMEBACKS else 0
        if first in delivered:
            arrived = _arrival_day(facts, fact)
            came_back |= {first} if arrived <= delivered[first] + timedelta(days=COMEBACK_DAYS) else set()
    return Share(len(delivered) - len(came_back), len(delivered))


_COMEBACKS = ("orders.arrived", "orders.comeback_linked")


def _arrival_day(facts: list[Fact], fact: Fact) -> date:
    """The day on which the order of a fact arrived: a comeback may be linked days later."""
    arrivals = (
        other.local_day
        for other in facts
        if other.kind == "orders.arrived" and other.subject_id == fact.subject_id
    )
    return next(arrivals, fact.local_day)


def on_time(facts: list[Fact], period: Period) -> Share:
    """Orders delivered in the period whose last step to ready kept the promise, of all delivered."""
    delivered = _delivered(facts, period)
    last = {fact.subject_id: fact for fact in facts if fact.kind == "orders.ready"}
    kept = sum(bool(last[order].data["on_time"]) for order in delivered if order in last)
    return Share(kept, len(delivered))


def stage_times(facts: list[Fact], period: Period) -> dict[str, timedelta]:
    """The median time in each stage, and of the whole stay, over the orders delivered in the period.

    What an order spends in a stage is the sum of all times it stood there: rework adds up.
    """
    spent: dict[str, list[timedelta]] = defaultdict(list)
    for order in _delivered(facts, period):
        moves = list(_moves(facts, order))
        stood: dict[str, timedelta] = defaultdict(timedelta)
        for (status, since), (_next, until) in pairwise(moves):
            stood[status] += until - since
        for stage, status in STAGES.items():
            if status in stood:
                spent[stage].append(stood[status])
        spent["stay"].append(moves[-1][1] - moves[0][1])
    return {stage: median(times) for stage, times in spent.items()}


def _moves(facts: list[Fact], order: int) -> Iterator[tuple[str, datetime]]:
    """Where an order stood since when, steps back included."""
    for fact in facts:
        app, _dot, name = fact.kind.partition(".")
        if app == "orders" and fact.subject_id == order and fact.subject_type == ORDER:
            if name in STATUSES:
                yield name, fact.happened_at
            elif name == "reopened":
                yield fact.data["to"], fact.happened_at


def no_show(facts: list[Fact], period: Period) -> Share:
    """Booked visits that nobody came to, of all that fell due.

    A cancelled booking did not fall due; whoever was given up and came after all did come.
    """
    missed = _distinct(facts, "booking.no_show", period)
    kept = _distinct(facts, "booking.arrived", period)
    return Share(len(missed - kept), len(missed | kept))


def follow_up(facts: list[Fact], period: Period) -> Share:
    """Orders delivered in the period of whom somebody tried to call within three days, of all delivered."""
    delivered = _delivered(facts, period)
    called = _first_of(facts, "care.called")
    in_time = sum(
        called[order].local_day <= day + timedelta(days=FOLLOW_UP_DAYS)
        for order, day in delivered.items()
        if order in called
    )
    return Share(in_time, len(delivered))


def fill(facts: list[Fact], period: Period) -> Share:
    """Part lines that the stock filled at once, of those demanded when customers agreed."""
    rows = [fact.data for fact in facts if fact.kind == "orders.authorised" and period.holds(fact.local_day)]
    return Share(sum(row["filled"] for row in rows), sum(row["part_lines"] for row in rows))


def clocked(facts: list[Fact], period: Period) -> timedelta:
    """Time that technicians clocked on jobs, by the day on which each clocking ended."""
    ended = ("workshop.paused", "workshop.finished")
    return timedelta(
        seconds=sum(
            fact.data["seconds"] for fact in facts if fact.kind in ended and period.holds(fact.local_day)
        )
    )


def _first_of(facts: list[Fact], kind: str) -> dict[int, Fact]:
    """The first fact of a kind about each order."""
    first: dict[int, Fact] = {}
    for fact in facts:
        if fact.kind == kind and fact.subject_type == ORDER:
            first.setdefault(fact.subject_id, fact)
    return first


def _delivered(facts: list[Fact], period: Period) -> dict[int, date]:
    """The orders delivered in the period, each with its day."""
    first = _first_of(facts, "orders.delivered")
    return {order: fact.local_day for order, fact in first.items() if period.holds(fact.local_day)}


def _distinct(facts: list[Fact], kind: str, period: Period) -> set[int]:
    return {fact.subject_id for fact in facts if fact.kind == kind and period.holds(fact.local_day)}


def _bills(facts: list[Fact], period: Period) -> Iterator[dict[str, Any]]:
    """What invoices and credits say; a credit counts in its own period, and all its amounts are negative."""
    for fact in facts:
        if fact.kind in ("billing.invoiced", "billing.credited") and period.holds(fact.local_day):
            yield fact.data
