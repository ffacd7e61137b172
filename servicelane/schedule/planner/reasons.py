"""Why each assignment of a plan is as it is: the hands, the moment, the promise (WSH-3)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .days import Assignment, Car, Day, Operation, Plan, Technician

Facts = Mapping[str, str | int]
NEVER = 10**9
"""Later than any minute."""
NAMES = {"technician": "technician", "helper": "technician", "car": "car", "bay": "bay"}
"""Facts that are ids, and of what."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code of `reasons.json` and what its sentence speaks of, by ids.

    `technician`, `helper`, `car` and `bay` are ids, `at` is a moment, `minutes` a length, `others` a count.
    """

    code: str
    facts: Facts = field(default_factory=dict)


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Return the sentence of each code by language, zh and en."""
    found: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_name("reasons.json").read_text(encoding="utf-8")
    )
    return found


def say(
    code: str, facts: Facts, language: str, name: Callable[[str, str], str], clock: Callable[[int], str]
) -> str:
    """Return a reason in words; `name` turns a kind and an id into a name, `clock` a moment into a time.

    Raises KeyError for a code or a language that there is not.
    """
    words = {
        key: clock(int(value))
        if key == "at"
        else name(NAMES[key], str(value))
        if key in NAMES
        else str(value)
        for key, value in facts.items()
    }
    return sentences()[code][language].format(**words)


def reasons_of(day: Day, plan: Plan) -> dict[str, tuple[Reason, ...]]:
    """Return the reasons of each assignment by its operation: who, when, and how the promise stands."""
    return _Told(day, plan).all()


class _Told:
    """A plan, seen by technician and by bay."""

    def __init__(self, day: Day, plan: Plan) -> None:
        self.day = day
        self.rows = {row.operation: row for row in plan.assignments}
        self.settled = {row.operation for row in day.settled}
        self.before = {row.operation: row for row in day.before}
        self.people = {one.id: one for one in day.technicians}
        self.car_of = {one.id: car for car in day.cars for one in car.operations}
        self.by_person: dict[str, list[Assignment]] = {}
        self.stands: dict[str, list[tuple[int, int, str]]] = {}
        for row in plan.assignments:
            for who in row.hands:
                self.by_person.setdefault(who, []).append(row)
        for car in day.cars:
            mine = [self.rows[one.id] for one in car.operations if one.id in self.rows]
            if mine:
                self.stands.setdefault(mine[0].bay, []).append((mine[0].start, mine[-1].end, car.id))

    def all(self) -> dict[str, tuple[Reason, ...]]:
        found = {}
        for car in self.day.cars:
            ahead: Assignment | None = None
            for one in car.operations:
                row = self.rows.get(one.id)
                if row is None:
                    continue
                is_last = one is car.operations[-1]
                found[one.id] = tuple(self._about(car, one, row, ahead, is_last=is_last))
                ahead = row
        return found

    def _about(
        self, car: Car, one: Operation, row: Assignment, ahead: Assignment | None, *, is_last: bool
    ) -> Iterator[Reason]:
        if one.id in self.settled:
            yield Reason("stays")
        else:
            yield self._hands(one, row)
            if self.before.get(one.id) == row:
                yield Reason("planned_before")
            yield self._moment(car, one, row, ahead)
        if is_last:
            spare = car.promised - row.end
            kind = "late" if spare < 0 else "in_time"
            yield Reason(kind, {"minutes": abs(spare), "at": car.promised})

    def _hands(self, one: Operation, row: Assignment) -> Reason:
        me = {"technician": row.technician}
        if row.helper:
            return Reason("two", {**me, "helper": row.helper})
        if one.continues:
            return Reason("same_hands", me)
        if one.technicians == {row.technician}:
            return Reason("kept_for", me)
        others = [who for who in self.day.technicians if who.id != row.technician and who.may(one)]
        if not others:
            return Reason("only", me)
        soonest = min(self._free(who, row.start, one.minutes) for who in others)
        if soonest == NEVER:
            return Reason("nobody_else", me)
        if soonest <= row.start:
            free = sum(self._free(who, row.start, one.minutes) <= row.start for who in others)
            return Reason("one_of", {**me, "others": free + 1})
        return Reason("free_first", {**me, "others": len(others), "at": soonest})

    def _free(self, who: Technician, at: int, minutes: int) -> int:
        """When somebody could begin, from `at` on, beside what they are planned for; NEVER if they cannot."""
        taken = sorted((row.start, row.end) for row in self.by_person.get(who.id, []))
        for opens, closes in who.windows:
            start = max(at, opens)
            for begins, ends in taken:
                if start + minutes <= begins:
                    break
                start = max(start, ends)
            if start + minutes <= closes:
                return start
        return NEVER

    def _moment(self, car: Car, one: Operation, row: Assignment, ahead: Assignment | None) -> Reason:
        at = {"at": row.start}
        if ahead and ahead.end == row.start:
            return Reason("after", at)
        if row.start == one.ready and one.ready > car.arrival:
            return Reason("parts", at)
        if row.start <= car.arrival:
            return Reason("on_arrival", at)
        for other in self.by_person[row.technician]:
            if other.end == row.start and self.car_of[other.operation].id != car.id:
                return Reason(
                    "hands", {**at, "technician": row.technician, "car": self.car_of[other.operation].id}
                )
        for _, ends, other_car in self.stands[row.bay]:
            if ends == row.start and other_car != car.id and ahead is None:
                return Reason("bay", {**at, "car": other_car, "bay": row.bay})
        if any(opens == row.start for opens, _ in self.people[row.technician].windows):
            return Reason("shift", {**at, "technician": row.technician})
        return Reason("not_sooner", at)
