"""What a day's plan is made of: technicians, bays, cars with their operations, and what is settled."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

MOST_MOVED = 0.25
"""The share of the assignments of a plan in force that a new plan may move."""


class Infeasible(ValueError):
    """What was given cannot be planned by anybody; the message names the first constraint that cannot hold.

    `code` names the kind of constraint, `about` the id of the row that it stands on.
    """

    def __init__(self, code: str, about: str, words: str) -> None:
        super().__init__(words)
        self.code, self.about = code, about


@dataclass(frozen=True, slots=True)
class Technician:
    """One person: level by skill, certificates, and windows of work; breaks and nights lie between them."""

    id: str
    skills: Mapping[str, int]
    windows: tuple[tuple[int, int], ...]
    certificates: frozenset[str] = frozenset()

    def may(self, operation: "Operation") -> bool:
        """Whether skill, level and certificate suffice (WSH-2), and the work is not kept for others."""
        return (
            self.skills.get(operation.skill, 0) >= operation.level
            and (not operation.certificate or operation.certificate in self.certificates)
            and (not operation.technicians or self.id in operation.technicians)
        )


@dataclass(frozen=True, slots=True)
class Bay:
    """One place for one car."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One piece of work, done without interruption; `ready` is when its parts are there.

    `technicians` are the only ones who may do it, anybody able where it is empty; an operation that
    `continues` is the next piece of the one ahead of it, for the same hands: work over several windows.
    An empty `skill` at level 0 asks for nothing. `people` are 1, or 2 who do it side by side, each able.
    """

    id: str
    skill: str
    level: int
    minutes: int
    ready: int = 0
    certificate: str = ""
    technicians: frozenset[str] = frozenset()
    continues: bool = False
    people: int = 1


@dataclass(frozen=True, slots=True)
class Car:
    """One visit: operations in their order, in one bay of `bay_kind` from the first start to the last end.

    `weight` is what a minute of lateness counts, by the class of the visit; `bays`, where given, are the
    only ones it may stand in, whatever their kind.
    """

    id: str
    priority: str
    weight: int
    arrival: int
    promised: int
    bay_kind: str
    operations: tuple[Operation, ...]
    bays: frozenset[str] = frozenset()

    @property
    def minutes(self) -> int:
        """Work of all operations."""
        return sum(operation.minutes for operation in self.operations)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One operation with who does it, where and when; `helper` is the second of two, empty for one alone."""

    operation: str
    technician: str
    bay: str
    start: int
    end: int
    helper: str = ""

    @property
    def hands(self) -> tuple[str, ...]:
        """Everybody who does it."""
        return (self.technician, self.helper) if self.helper else (self.technician,)


@dataclass(frozen=True, slots=True)
class Day:
    """All that is to be planned. `settled` is running or pinned work: it stays where it is.

    `before` is the plan in force: of what it can still keep, at most a share MOST_MOVED moves (WSH-3).
    """

    technicians: tuple[Technician, ...]
    bays: tuple[Bay, ...]
    cars: tuple[Car, ...]
    settled: tuple[Assignment, ...] = ()
    before: tuple[Assignment, ...] = ()

    def check(self) -> None:
        """Raise Infeasible for the first thing that no plan could keep."""
        for finding in self._findings():
            raise finding

    def _findings(self) -> Iterator[Infeasible]:
        yield from _twice("technician", [one.id for one in self.technicians])
        yield from _twice("bay", [one.id for one in self.bays])
        yield from _twice("car", [one.id for one in self.cars])
        yield from _twice("operation", [one.id for car in self.cars for one in car.operations])
        for technician in self.technicians:
            yield from _odd_windows(technician)
        kinds, names = {bay.kind for bay in self.bays}, {bay.id for bay in self.bays}
        settled = {one.operation for one in self.settled}
        for car in self.cars:
            if not car.operations:
                yield Infeasible("no_operation", car.id, f"car {car.id} has no operation")
            if car.bays and not car.bays <= names:
                wrong = min(car.bays - names)
                yield Infeasible("no_bay", car.id, f"car {car.id}: there is no bay {wrong!r}")
            elif not car.bays and car.bay_kind not in kinds:
                yield Infeasible(
                    "no_bay", car.id, f"car {car.id}: there is no bay of the kind {car.bay_kind!r}"
                )
            if car.operations and car.operations[0].continues:
                first = car.operations[0].id
                yield Infeasible("continues", first, f"operation {first} continues, but is the first one")
            for operation in car.operations:
                yield from self._undoable(operation, is_settled=operation.id in settled)
        yield from self._unsettled()

    def _undoable(self, one: Operation, *, is_settled: bool) -> Iterator[Infeasible]:
        if one.minutes <= 0:
            yield Infeasible("minutes", one.id, f"operation {one.id} takes {one.minutes} minutes")
        if is_settled:
            return
        able = [technician for technician in self.technicians if technician.may(one)]
        if one.people not in (1, 2):
            yield Infeasible("people", one.id, f"operation {one.id} is for {one.people} people, not 1 or 2")
        elif len(able) < one.people and able:
            yield Infeasible("nobody", one.id, f"operation {one.id} is for two, only {able[0].id} may")
        elif not able:
            wanted = f"{one.skill!r} at level {one.level}"
            wanted += f" with the certificate {one.certificate!r}" if one.certificate else ""
            yield Infeasible("nobody", one.id, f"operation {one.id}: nobody has {wanted}")
        elif one.minutes > self._longest(able, one.people):
            yield Infeasible(
                "too_long", one.id,
                f"operation {one.id} takes {one.minutes} minutes, longer than any window of who may do it",
            )  # fmt: skip

    def _longest(self, able: list[Technician], people: int) -> int:
        """The longest window in which one of them, or two together, are at work."""
        spans = [one.windows for one in able]
        if people == 2:
            spans = [both(first, second) for first, second in combinations(spans, 2)]
        return max((end - start for windows in spans for start, end in windows), default=0)

    def _unsettled(self) -> Iterator[Infeasible]:
        operations = {one.id: (car, one) for car in self.cars for one in car.operations}
        technicians = {one.id: one for one in self.technicians}
        bays = {one.id: one for one in self.bays}
        yield from _twice("settled operation", [one.operation for one in self.settled])
        taken: dict[str, list[tuple[int, int, str]]] = {}
        for one in self.settled:
            named: list[tuple[str, Mapping[str, Any]]] = [(one.operation, operations), (one.bay, bays)]
            named += [(who, technicians) for who in one.hands]
            for name, known in named:
                if name not in known:
                    yield Infeasible("unknown", name, f"the settled operation {one.operation}: no {name!r}")
                    return
            minutes = operations[one.operation][1].minutes
            if one.end - one.start != minutes:
                yield Infeasible(
                    "settled", one.operation, f"{one.operation} is settled for other than {minutes} minutes"
                )
            for who in one.hands:
                taken.setdefault(who, []).append((one.start, one.end, one.operation))
        for who, times in taken.items():
            times.sort()
            for (_, end, first), (start, _, second) in pairwise(times):
                if start < end:
                    yield Infeasible("collision", who, f"{who} is settled on {first} and {second} at once")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what where and when; `left` are the cars for which the windows had no room any more.

    `lateness` is the sum of weight times minutes after the promise, over the planned cars.
    """

    assignments: tuple[Assignment, ...]
    lateness: int
    left: tuple[str, ...] = field(default=())


def both(first: Iterable[tuple[int, int]], second: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans that lie in both of two rows of spans; each row in its order, without overlap."""
    found, rest = [], list(second)
    for start, end in first:
        for opens, closes in rest:
            if opens >= end:
                break
            if closes > start:
                found.append((max(start, opens), min(end, closes)))
    return tuple(found)


def _twice(kind: str, ids: list[str]) -> Iterator[Infeasible]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield Infeasible("twice", name, f"{kind} {name} is there {count} times")


def _odd_windows(technician: Technician) -> Iterator[Infeasible]:
    last: int | None = None
    for start, end in technician.windows:
        if end <= start or (last is not None and start < last):
            yield Infeasible(
                "window", technician.id,
                f"technician {technician.id}: the window {start} to {end} is empty or before the one ahead",
            )  # fmt: skip
        last = end
