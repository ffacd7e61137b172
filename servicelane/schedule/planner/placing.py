"""Placing cars one after the other into what technicians and bays have free; the first good plan at once."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from .days import MOST_MOVED, Assignment, Car, Day, Infeasible, Operation, Plan, both

FAR = 10**9
"""Later than any minute."""
LEFT = 10**6
"""What a car without a place costs, times its weight: more than any lateness."""

Gap = tuple[int, int]
Slot = tuple[int, int, int]
"""Technician by number, start and end of one operation; two together have a number of their own."""
Work = tuple[list[int], int, int]
"""Who may do an operation, its minutes, and when it may begin at the earliest.

Nobody is named for a piece that continues the one ahead: it is for the same hands.
"""
Kept = tuple[list[list[Gap]], list[list[Gap]], list["Place | None"], list[int], list[int]]
"""All that changes on a board."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a whole car goes: bay by number, one slot for each operation."""

    bay: int
    slots: tuple[Slot, ...]

    @property
    def start(self) -> int:
        """When the car takes its bay."""
        return self.slots[0][1]

    @property
    def end(self) -> int:
        """When the car leaves its bay."""
        return self.slots[-1][2]


def first_fit(gaps: list[Gap], at: int, minutes: int) -> int:
    """Return the first start from `at` on that has `minutes` within one gap; FAR where there is none."""
    index = bisect_right(gaps, (at, FAR))
    if index and gaps[index - 1][1] - at >= minutes:
        return at
    for start, end in gaps[index:] if index else gaps:
        if end - start >= minutes:
            return start
    return FAR


def last_fit(gaps: list[Gap], by: int, minutes: int) -> int:
    """Return the last start that has `minutes` within one gap and ends by `by`; -FAR where there is none."""
    for index in range(bisect_right(gaps, (by, -FAR)) - 1, -1, -1):
        start, end = gaps[index]
        found = min(end, by) - minutes
        if found >= start:
            return found
    return -FAR


def take(gaps: list[Gap], start: int, end: int) -> None:
    """Take [start, end) out of the one gap that holds it."""
    index = bisect_right(gaps, (start, FAR)) - 1
    first, last = gaps[index]
    gaps[index : index + 1] = [gap for gap in ((first, start), (end, last)) if gap[0] < gap[1]]


class Board:
    """A plan in the making: what everybody and every bay has free, and where each placed car stands."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.people = [list(technician.windows) for technician in day.technicians]
        self.bays: list[list[Gap]] = [[(-FAR, FAR)] for _ in day.bays]
        self.places: list[Place | None] = [None] * len(day.cars)
        self.costs = [LEFT * max(car.weight, 1) for car in day.cars]
        self._numbers = {one.id: number for number, one in enumerate(day.technicians)}
        self._edges = [frozenset(start for start, _ in one.windows) for one in day.technicians]
        by_kind: dict[str, list[int]] = {}
        for number, bay in enumerate(day.bays):
            by_kind.setdefault(bay.kind, []).append(number)
        numbers = {bay.id: number for number, bay in enumerate(day.bays)}
        self.bays_of = [
            sorted(numbers[name] for name in car.bays) if car.bays else by_kind[car.bay_kind]
            for car in day.cars
        ]
        # The least versatile first: the others are kept for what only they can do.
        breadth = sorted(
            range(len(day.technicians)), key=lambda who: (sum(day.technicians[who].skills.values()), who)
        )
        self.single = len(day.technicians)
        self.pairs: list[tuple[int, int]] = []
        able: dict[tuple[str, int, str, frozenset[str], int], list[int]] = {}

        def able_to(one: Operation) -> list[int]:
            if one.continues:
                return []
            key = (one.skill, one.level, one.certificate, one.technicians, one.people)
            if key not in able:
                able[key] = [who for who in breadth if day.technicians[who].may(one)]
                if one.people == 2:
                    able[key] = [self._pair(*who) for who in combinations(able[key], 2)]
            return able[key]

        self.work = [
            [(able_to(one), one.minutes, max(one.ready, car.arrival)) for one in car.operations]
            for car in day.cars
        ]
        self.minutes = [car.minutes for car in day.cars]
        self.is_settled = [False] * len(day.cars)
        self.before: list[Place | None] = [None] * len(day.cars)
        self.moves = [0] * len(day.cars)
        self.may_move = len(day.cars) * FAR
        self._settle()
        self._keep_before()

    def _pair(self, first: int, second: int) -> int:
        """The number of two technicians together."""
        pair = (min(first, second), max(first, second))
        if pair not in self.pairs:
            self.pairs.append(pair)
        return self.single + self.pairs.index(pair)

    def hands(self, who: int) -> tuple[int, ...]:
        """The technicians behind a number: one, or two together."""
        return (who,) if who < self.single else self.pairs[who - self.single]

    def free(self, who: int) -> list[Gap]:
        """What one technician, or two at the same time, have free."""
        if who < self.single:
            return self.people[who]
        first, second = self.pairs[who - self.single]
        return list(both(self.people[first], self.people[second]))

    @property
    def cost(self) -> int:
        """Weighted lateness of all, those without a place by LEFT."""
        return sum(self.costs)

    def find(self, number: int, work: list[Work] | None = None) -> Place | None:
        """Return the place where a car, as a whole, ends first; None where nothing is free for it.

        Every operation but the last is put as late as that end allows, so that the car does not hold a bay
        in which nobody works. `work` is its own, unless something of it is to be overlooked.
        """
        work = work or self.work[number]
        open_from, minutes = work[0][2], self.minutes[number]
        gaps = []
        for bay in self.bays_of[number]:
            free = self.bays[bay]
            for opens, closes in free[max(0, bisect_right(free, (open_from, FAR)) - 1) :]:
                at = max(open_from, opens)
                if closes - at >= minutes:
                    gaps.append((at, closes, bay))
        # The later a car may begin, the later it ends: the first gap that holds it is the best one.
        gaps.sort()
        slots: list[Slot] = []
        for at, closes, bay in gaps:
            if not slots or at > slots[0][1]:
                slots = self._slots(work, at)
            if not slots:
                return None
            if slots[-1][2] <= closes:
                return Place(bay, tuple(self._tight(work, slots)))
        return None

    def in_bay(self, work: list[Work], bay: int) -> Place | None:
        """Return where a car with this work ends first in one bay."""
        for opens, closes in self.bays[bay]:
            slots = self._slots(work, max(opens, work[0][2]))
            if slots and slots[-1][2] <= closes:
                return Place(bay, tuple(slots))
        return None

    def put(self, number: int, place: Place) -> None:
        """Put a car where `find` said."""
        take(self.bays[place.bay], place.start, place.end)
        for who, start, end in place.slots:
            for one in self.hands(who):
                take(self.people[one], start, end)
        self.places[number] = place
        car = self.day.cars[number]
        self.costs[number] = car.weight * max(0, place.end - car.promised)
        before = self.before[number]
        if before:
            stays = before.bay == place.bay
            pairs = zip(before.slots, place.slots, strict=True)
            self.moves[number] = sum(not stays or was != now for was, now in pairs)

    def lift(self, number: int) -> None:
        """Take a car out of its place."""
        place = self.places[number]
        if place is None:
            return
        _give(self.bays[place.bay], place.start, place.end, frozenset())
        for who, start, end in place.slots:
            for one in self.hands(who):
                _give(self.people[one], start, end, self._edges[one])
        self.places[number] = None
        self.costs[number] = LEFT * max(self.day.cars[number].weight, 1)
        self.moves[number] = len(place.slots) if self.before[number] else 0

    @property
    def second(self) -> tuple[int, int]:
        """What decides between plans alike in lateness: balance, then short stay; the less the better.

        The range of the minutes planned with those who have any window; the sum of the minutes from
        arrival to the end of the work (WSH-3).
        """
        load, stay = [0] * len(self.people), 0
        for number, place in enumerate(self.places):
            if place:
                for who, start, end in place.slots:
                    for one in self.hands(who):
                        load[one] += end - start
                stay += place.end - self.work[number][0][2]
        here = [minutes for minutes, person in zip(load, self.day.technicians, strict=True) if person.windows]
        return (max(here) - min(here) if here else 0, stay)

    def keep(self) -> Kept:
        """Return what `back` restores."""
        people, bays = [gaps[:] for gaps in self.people], [gaps[:] for gaps in self.bays]
        return people, bays, self.places[:], self.costs[:], self.moves[:]

    def back(self, kept: Kept) -> None:
        """Make the board as it was."""
        self.people, self.bays, self.places, self.costs, self.moves = kept

    def plan(self) -> Plan:
        """Return the plan as it stands."""
        day, rows = self.day, []
        for car, place in zip(day.cars, self.places, strict=True):
            if place:
                for one, (who, start, end) in zip(car.operations, place.slots, strict=True):
                    names = [day.technicians[hand].id for hand in self.hands(who)]
                    helper = names[1] if len(names) > 1 else ""
                    bay_id = day.bays[place.bay].id
                    rows.append(Assignment(one.id, names[0], bay_id, start, end, helper))
        left = tuple(car.id for car, place in zip(day.cars, self.places, strict=True) if place is None)
        late = sum(cost for cost, place in zip(self.costs, self.places, strict=True) if place)
        return Plan(tuple(rows), late, left)

    def _slots(self, work: list[Work], at: int) -> list[Slot]:
        """The first hands free for each operation in its turn, from `at` on; nothing where one finds none."""
        slots: list[Slot] = []
        for able, minutes, ready in work:
            if ready > at:
                at = ready
            first, chosen = FAR, -1
            for who in able or (slots[-1][0],):
                free = self.people[who] if who < self.single else self.free(who)
                start = first_fit(free, at, minutes)
                if start < first:
                    first, chosen = start, who
                    if start == at:
                        break
            if chosen < 0:
                return []
            at = first + minutes
            slots.append((chosen, first, at))
        return slots

    def _tight(self, work: list[Work], slots: list[Slot]) -> list[Slot]:
        """The same end, every operation but the last as late as it can be."""
        slots = slots[:]
        for index in range(len(slots) - 2, -1, -1):
            able, minutes, _ = work[index]
            if not able or not work[index + 1][0]:
                continue
            who, start, end = slots[index]
            by = slots[index + 1][1]
            if end == by:
                continue
            for other in able:
                later = last_fit(self.free(other), by, minutes)
                if later > start:
                    who, start = other, later
            slots[index] = (who, start, start + minutes)
        return slots

    def _settle(self) -> None:
        """Place the cars with running or pinned work first; their other operations go around it (WSH-3)."""
        day = self.day
        bays = {bay.id: number for number, bay in enumerate(day.bays)}
        settled = {one.operation: one for one in day.settled}
        for row in day.settled:
            for who in self.hands(self._who(row)):
                self.people[who] = _without(self.people[who], row.start, row.end)
        held = [
            (min(settled[one.id].start for one in car.operations if one.id in settled), number)
            for number, car in enumerate(day.cars)
            if any(one.id in settled for one in car.operations)
        ]
        for _, number in sorted(held):
            bay = {bays[settled[one.id].bay] for one in day.cars[number].operations if one.id in settled}
            if len(bay) > 1:
                raise Infeasible(
                    "settled", day.cars[number].id, f"car {day.cars[number].id} is settled in two bays"
                )
            self._hold(number, Place(bay.pop(), self._around(number, settled)), settled)

    def _who(self, row: Assignment) -> int:
        """The number of who does an assignment; -1 for somebody who is not there."""
        numbers = [self._numbers.get(name, -1) for name in row.hands]
        if -1 in numbers:
            return -1
        return numbers[0] if len(numbers) == 1 else self._pair(*numbers)

    def _around(self, number: int, settled: dict[str, Assignment]) -> tuple[Slot, ...]:
        """The slots of a car around what is settled of it: ahead as late, behind as early as can be."""
        car, work = self.day.cars[number], self.work[number]
        last = max(index for index, one in enumerate(car.operations) if one.id in settled)
        slots: list[Slot] = []
        by = FAR
        for index in range(last, -1, -1):
            one, (able, minutes, ready) = car.operations[index], work[index]
            kept = settled.get(one.id)
            if kept:
                slot = (self._who(kept), kept.start, kept.end)
            else:
                hands = able or [slots[0][0]]
                start, who = max((last_fit(self.free(who), by, minutes), who) for who in hands)
                slot = (who, start, start + minutes)
            if slot[2] > by or (not kept and slot[1] < ready):
                raise Infeasible("order", one.id, f"{one.id}: no time between what is settled of {car.id}")
            slots.insert(0, slot)
            by = slot[1]
        for index in range(last + 1, len(work)):
            able, minutes, ready = work[index]
            found = self._slots([(able or [slots[-1][0]], minutes, ready)], slots[-1][2])
            if not found:
                name = car.operations[index].id
                raise Infeasible("order", name, f"{name}: no time after what is settled of {car.id}")
            slots += found
        return tuple(slots)

    def _hold(self, number: int, place: Place, settled: dict[str, Assignment]) -> None:
        car = self.day.cars[number]
        if not _holds(self.bays[place.bay], place.start, place.end):
            bay = self.day.bays[place.bay].id
            raise Infeasible("collision", bay, f"bay {bay} is settled for {car.id} and another car at once")
        take(self.bays[place.bay], place.start, place.end)
        for one, (who, start, end) in zip(car.operations, place.slots, strict=True):
            for hand in () if one.id in settled else self.hands(who):
                take(self.people[hand], start, end)
        self.places[number], self.is_settled[number] = place, True
        self.costs[number] = car.weight * max(0, place.end - car.promised)

    def _keep_before(self) -> None:
        """Put the cars where the plan in force has them, as far as that still holds (WSH-3)."""
        day = self.day
        bays = {bay.id: number for number, bay in enumerate(day.bays)}
        rows = {one.operation: one for one in day.before}
        known = []
        for number, car in enumerate(day.cars):
            mine = [rows[one.id] for one in car.operations if one.id in rows]
            if self.places[number] or len(mine) != len(car.operations):
                continue
            if len({row.bay for row in mine}) == 1 and mine[0].bay in bays:
                slots = tuple((self._who(row), row.start, row.end) for row in mine)
                known.append((mine[0].start, number, Place(bays[mine[0].bay], slots)))
        for _, number, place in sorted(known, key=lambda one: one[:2]):
            if self._still_holds(number, place):
                self.before[number] = place
                self.put(number, place)
        if day.before:
            self.may_move = int(MOST_MOVED * sum(len(place.slots) for place in self.before if place))

    def _still_holds(self, number: int, place: Place) -> bool:
        at, hands = -FAR, -1
        if place.bay not in self.bays_of[number] or not _holds(self.bays[place.bay], place.start, place.end):
            return False
        for (who, start, end), (able, minutes, ready) in zip(place.slots, self.work[number], strict=True):
            if who not in (able or (hands,)) or end - start != minutes or start < max(at, ready):
                return False
            if not _holds(self.free(who), start, end):
                return False
            at, hands = end, who
        return True


def _holds(gaps: list[Gap], start: int, end: int) -> bool:
    index = bisect_right(gaps, (start, FAR)) - 1
    return index >= 0 and end <= gaps[index][1]


def _without(gaps: list[Gap], start: int, end: int) -> list[Gap]:
    """What is left of gaps beside [start, end), which may lie outside of them: overtime."""
    parts = [
        part for opens, closes in gaps for part in ((opens, min(closes, start)), (max(opens, end), closes))
    ]
    return [(opens, closes) for opens, closes in parts if opens < closes]


def _give(gaps: list[Gap], start: int, end: int, edges: frozenset[int]) -> None:
    index = bisect_right(gaps, (start, FAR))
    if index < len(gaps) and gaps[index][0] == end and end not in edges:
        end = gaps.pop(index)[1]
    if index and gaps[index - 1][1] == start and start not in edges:
        index -= 1
        start = gaps.pop(index)[0]
    gaps.insert(index, (start, end))


def place_all(board: Board, order: Iterable[int]) -> None:
    """Place cars in the given order, each where it ends first; who finds nothing stays without a place."""
    for number in order:
        place = None if board.places[number] else board.find(number)
        if place:
            board.put(number, place)


def first_come(day: Day) -> Plan:
    """Return the plan of a shop without a planner: in order of arrival, each car where it ends first.

    Of technicians and bays that serve alike the one takes it that is named first.
    """
    board = Board(day)
    for number in sorted(range(len(day.cars)), key=lambda number: _arrival(day.cars[number])):
        work = [(sorted(able), minutes, ready) for able, minutes, ready in board.work[number]]
        places = [] if board.places[number] else [board.in_bay(work, bay) for bay in board.bays_of[number]]
        found = [place for place in places if place]
        if found:
            board.put(number, min(found, key=lambda place: place.end))
    return board.plan()


def first_plan(day: Day, last: str = "") -> Board:
    """Place all cars by the best of some orders, in well under a second for sixty of them (WSH-2).

    The cheapest of: by weight and promise, by the work a unit of weight asks for, by slack, by arrival.
    The car `last` is placed after all others, into what these leave.
    """
    cars = day.cars
    orders: list[Callable[[int], tuple[float, ...]]] = [
        lambda number: (-cars[number].weight, cars[number].promised),
        lambda number: (cars[number].minutes / max(cars[number].weight, 1), cars[number].promised),
        lambda number: (cars[number].promised - cars[number].minutes, -cars[number].weight),
        lambda number: (cars[number].arrival, -cars[number].weight),
    ]
    boards = []
    for order in orders:
        board = Board(day)
        place_all(board, sorted(range(len(cars)), key=lambda one: (cars[one].id == last, *order(one))))
        boards.append(board)
    return min(boards, key=lambda board: board.cost)


def _arrival(car: Car) -> tuple[int, str]:
    return car.arrival, car.id
