"""Making a day's plan better where the search stands still: a few cars at a time, solved as a model.

Large-neighbourhood search (Shaw 1998): some cars that stand beside each other in time, bay or hands are
lifted, CP-SAT places them again around all others, and what it finds takes their place unless it is worse.
OR-Tools is an extra package; without it nothing is done here.
"""

from importlib.util import find_spec
from random import Random
from typing import Any

from .placing import FAR, Board, Gap, Place

LEAST_CARS, MOST_CARS = 10, 22
"""Cars that are placed again at once."""
ONE_WINDOW = 1.5
"""Seconds for one window at most."""
BESIDE = 240
"""Minutes by which a car without the same bays or hands counts as farther away."""


def is_installed() -> bool:
    """Whether the solver is there."""
    return find_spec("ortools") is not None


class Windows:
    """Windows of a board, one after the other; `board` always holds the last plan taken."""

    def __init__(self, board: Board, seed: int) -> None:
        from ortools.sat.python import cp_model

        self.cp, self.board = cp_model, board
        self.rng = Random(seed)  # noqa: S311 - a search, no secret
        self.movable = [
            number
            for number, place in enumerate(board.places)
            if place is not None and not board.is_settled[number] and self._is_single(place)
        ]
        self.horizon = max((end for one in board.day.technicians for _, end in one.windows), default=0)

    def _is_single(self, place: Place) -> bool:
        """Work for two together is left to the search."""
        return all(slot[0] < self.board.single for slot in place.slots)

    def turn(self, seconds: float) -> tuple[bool, bool]:
        """Place the cars of one window again: whether the plan is another one now, never a worse one, and
        whether no plan has less lateness, since the window held all cars and was solved to its end.
        """
        board = self.board
        chosen = self._chosen()
        places = {number: board.places[number] for number in chosen}
        cost, kept = board.cost, board.keep()
        for number in chosen:
            board.lift(number)
        model = _Model(self, chosen, places)
        found = model.solve(min(seconds, ONE_WINDOW))
        if found is None:
            board.back(kept)
            return False, False
        for number, place in found.items():
            board.put(number, place)
        if board.cost > cost or sum(board.moves) > board.may_move:
            board.back(kept)
            return False, False
        return True, model.is_optimal and len(chosen) == len(board.places)

    def _chosen(self) -> list[int]:
        """A car, mostly a late one, and those near its start or its promise, or beside it in bay or hands."""
        board, rng = self.board, self.rng
        first = rng.choices(self.movable, [board.costs[number] + 5 for number in self.movable])[0]
        count = min(len(self.movable), rng.randint(LEAST_CARS, MOST_CARS))
        place = board.places[first]
        assert place
        kind, at = rng.randrange(3), place.start
        if kind == 1:
            at = (max(board.work[first][0][2], board.day.cars[first].promised - 200) + place.end) // 2
        hands = {slot[0] for slot in place.slots}

        def far(number: int) -> float:
            other = board.places[number]
            assert other
            away: float = abs(other.start - at)
            if kind == 2 and other.bay != place.bay and not any(slot[0] in hands for slot in other.slots):
                away += BESIDE
            return away * (0.6 + 0.8 * rng.random())

        chosen = sorted(self.movable, key=far)[:count]
        return chosen if first in chosen else [*chosen[:-1], first]


class _Model:
    """The lifted cars as a model of CP-SAT, around what the board holds."""

    def __init__(self, windows: Windows, chosen: list[int], places: dict[int, Place | None]) -> None:
        self.windows, self.board, self.chosen = windows, windows.board, chosen
        self.model = windows.cp.CpModel()
        self.people: dict[int, list[Any]] = {}
        self.bays: dict[int, list[Any]] = {}
        self.starts: dict[int, list[Any]] = {}
        self.hands: dict[int, list[dict[int, Any]]] = {}
        self.bay_of: dict[int, dict[int, Any]] = {}
        self.late: list[Any] = []
        self.moved: list[Any] = []
        self.is_optimal = False
        worst = 0
        for number in chosen:
            place = places[number]
            assert place
            self._car(number, place)
            car = self.board.day.cars[number]
            worst += car.weight * max(0, place.end - car.promised)
        for rows, free in ((self.people, self.board.people), (self.bays, self.board.bays)):
            for at, intervals in rows.items():
                taken = _taken(free[at], windows.horizon)
                fixed = [self.model.new_fixed_size_interval_var(*span, "") for span in taken]
                self.model.add_no_overlap([*intervals, *fixed])
        if self.moved:
            others = sum(moves for number, moves in enumerate(self.board.moves) if number not in places)
            self.model.add(sum(self.moved) <= max(0, self.board.may_move - others))
        self.model.add(sum(self.late) <= worst)
        self.model.minimize(sum(self.late))

    def _car(self, number: int, place: Place) -> None:
        model, board = self.model, self.board
        car = board.day.cars[number]
        starts: list[Any] = []
        hands: list[dict[int, Any]] = []
        ends: Any = None
        for (able, minutes, ready), slot in zip(board.work[number], place.slots, strict=True):
            start = model.new_int_var(ready, max(ready, self.windows.horizon - minutes), "")
            model.add_hint(start, slot[1])
            if ends is not None:
                model.add(start >= ends)
            ends = start + minutes
            chosen = {}
            for who in able or hands[-1]:
                is_there = model.new_bool_var("")
                model.add_hint(is_there, who == slot[0])
                interval = model.new_optional_fixed_size_interval_var(start, minutes, is_there, "")
                self.people.setdefault(who, []).append(interval)
                chosen[who] = is_there
                if not able:
                    model.add(is_there == hands[-1][who])
            model.add_exactly_one(chosen.values())
            starts.append(start)
            hands.append(chosen)
        size = model.new_int_var(board.minutes[number], self.windows.horizon, "")
        model.add(size == ends - starts[0])
        bays = {}
        for bay in board.bays_of[number]:
            is_there = model.new_bool_var("")
            model.add_hint(is_there, bay == place.bay)
            self.bays.setdefault(bay, []).append(
                model.new_optional_interval_var(starts[0], size, ends, is_there, "")
            )
            bays[bay] = is_there
        model.add_exactly_one(bays.values())
        if car.weight:
            late = model.new_int_var(0, max(0, self.windows.horizon - car.promised), "")
            model.add(late >= ends - car.promised)
            model.add_hint(late, max(0, place.end - car.promised))
            self.late.append(car.weight * late)
        self.starts[number], self.hands[number], self.bay_of[number] = starts, hands, bays
        before = board.before[number]
        if before:
            self._stays(number, before)

    def _stays(self, number: int, before: Place) -> None:
        """Count the operations of a car that stand elsewhere than in the plan in force."""
        model = self.model
        rows = zip(before.slots, self.starts[number], self.hands[number], strict=True)
        for (who, at, _), start, hands in rows:
            moved = model.new_bool_var("")
            model.add(start == at).only_enforce_if(moved.negated())
            for literal in (hands.get(who), self.bay_of[number].get(before.bay)):
                if literal is None:
                    model.add(moved == 1)
                else:
                    model.add_implication(moved.negated(), literal)
            self.moved.append(moved)

    def solve(self, seconds: float) -> dict[int, Place] | None:
        """Where each car goes; None when nothing as good as before was found in time."""
        cp = self.windows.cp
        solver = cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.05)
        solver.parameters.random_seed = self.windows.rng.randrange(2**31)
        solver.parameters.num_workers = 2
        status = solver.solve(self.model)
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            return None
        self.is_optimal = status == cp.OPTIMAL
        found = {}
        for number in self.chosen:
            slots = []
            for start, hands, (_, minutes, _) in zip(
                self.starts[number], self.hands[number], self.board.work[number], strict=True
            ):
                at = solver.value(start)
                who = next(who for who, literal in hands.items() if solver.value(literal))
                slots.append((who, at, at + minutes))
            bay = next(bay for bay, literal in self.bay_of[number].items() if solver.value(literal))
            found[number] = Place(bay, tuple(slots))
        return found


def _taken(gaps: list[Gap], horizon: int) -> list[tuple[int, int]]:
    """Start and length of what lies between the gaps, from 0 to the horizon."""
    found, last = [], -FAR
    for start, end in [*gaps, (horizon, horizon)]:
        begins, stops = max(last, 0), min(start, horizon)
        if begins < stops:
            found.append((begins, stops - begins))
        last = max(last, end)
    return found
