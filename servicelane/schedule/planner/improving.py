"""Making a day's plan better as long as there is time: some cars are lifted and put back in another order.

Ruin and recreate (Schrimpf et al. 2000; the removal of neighbours as in Christiaens and Vanden Berghe 2020),
accepted as in simulated annealing; then, where the solver is installed, windows of cars (`windows`). The best
plan met is kept, so it is never worse than the first.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from time import monotonic

from . import windows
from .days import Plan
from .placing import Board, Work

HOT, COLD = 0.01, 0.0001
"""Temperature at the start and at the end, as a share of the first cost."""
ENOUGH = 400
"""Tries without a better one after which a plan without lateness is good enough."""
MOST_LIFTED = 6
"""Cars lifted at once, at most."""
BLINKS, OVERLOOKED = 0.3, 0.3
"""Share of the cars put back with some hands overlooked, and share of the hands that then are."""

SEARCHED, EACH_OTHER = 0.1, 1000
"""Share of the time that is searched before windows are solved, and the squared number of cars for each
second of it at least: the more cars, the longer the search finds more than a window does."""
SEARCH, CP_SAT = "search", "cp-sat"

Watch = Callable[[float, int], bool]
"""Told the share of the time that has passed and the best cost; says whether to go on."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What making a plan better took: orders tried, windows solved, and whether the last one proved that no
    plan has less lateness.
    """

    tries: int
    windows: int = 0
    is_proven: bool = False

    @property
    def engine(self) -> str:
        """What searched."""
        return f"{SEARCH}, {CP_SAT}" if self.windows else SEARCH


def improved(board: Board, seconds: float, seed: int = 0, watch: Watch | None = None) -> Plan:
    """Return the plan of a board after `improve` had its time with it."""
    improve(board, seconds, seed, watch)
    return board.plan()


def improve(board: Board, seconds: float, seed: int, watch: Watch | None = None) -> Effort:
    """Make the plan on the board as good as the time allows. Seeded.

    Between plans alike in lateness the balanced one is kept, then the one of short stays.
    """
    began = monotonic()
    searched = seconds
    if windows.is_installed():
        searched = min(seconds, max(seconds * SEARCHED, len(board.day.cars) ** 2 / EACH_OTHER))
    is_wanted = True

    def told(share: float, cost: int) -> bool:
        nonlocal is_wanted
        is_wanted = watch is None or watch(share, cost)
        return is_wanted

    tries = _search(board, searched, seed, lambda share, cost: told(share * searched / seconds, cost))
    if not is_wanted or searched >= seconds or not any(_late(board)):
        return Effort(tries)
    return _solve(board, began, seconds, seed, told, tries)


def _late(board: Board) -> Iterator[int]:
    return (cost for cost, place in zip(board.costs, board.places, strict=True) if place)


def _solve(board: Board, began: float, seconds: float, seed: int, told: Watch, tries: int) -> Effort:
    """Solve windows until the time is over, nobody is late, or none can be better."""
    found, count, proven = windows.Windows(board, seed), 0, False
    best, key = board.keep(), (board.cost, board.second)
    while any(_late(board)) and found.movable and not proven:
        left = seconds - (monotonic() - began)
        if left <= 0 or not told(1 - left / seconds, key[0]):
            break
        changed, proven = found.turn(left)
        count += 1
        if changed and (board.cost, board.second) < key:
            best, key = board.keep(), (board.cost, board.second)
    board.back(best)
    return Effort(tries, count, proven)


def _search(board: Board, seconds: float, seed: int, watch: Watch) -> int:
    """Lift cars and put them back in other orders, accepting worse ones less and less; how many tries."""
    began, rng = monotonic(), Random(seed)  # noqa: S311 - a search, no secret
    movable = [number for number in range(len(board.day.cars)) if not board.is_settled[number]]
    best, best_cost, cost = board.keep(), board.cost, board.cost
    best_second = board.second
    idle = 0
    hot = max(1.0, best_cost * HOT)
    tries, share, told = 0, 0.0, 0.0
    heat = hot
    while movable and (best_cost or idle < ENOUGH):
        if tries % 16 == 0:
            share = (monotonic() - began) / seconds if seconds > 0 else 1.0
            if share >= 1 or (share - told > 0.01 and not watch(share, best_cost)):
                break
            told = share if share - told > 0.01 else told
            heat = hot * (COLD / HOT) ** share
        tries += 1
        idle += 1
        kept = board.keep()
        lifted = _ruin(board, movable, rng)
        _recreate(board, lifted, rng)
        new = board.cost
        if sum(board.moves) > board.may_move or (
            new > cost and rng.random() >= math.exp((cost - new) / heat)
        ):
            board.back(kept)
            continue
        cost = new
        if cost <= best_cost:
            second = board.second
            if cost < best_cost or second < best_second:
                best, best_cost, best_second, idle = board.keep(), cost, second, 0
    board.back(best)
    return tries


def _ruin(board: Board, movable: list[int], rng: Random) -> list[int]:
    """Lift a car, mostly a late one, and some that stand beside it in time, bay or hands."""
    late = [number for number in movable if board.costs[number]]
    seed = rng.choice(late) if late and rng.random() < 0.7 else rng.choice(movable)
    count = min(len(movable), rng.randint(2, MOST_LIFTED))
    place = board.places[seed]
    if place is None:
        others = rng.sample(movable, count)
    else:
        at = max(place.start, board.work[seed][0][2]) if rng.random() < 0.5 else board.work[seed][0][2]
        who = {slot[0] for slot in place.slots}
        same = board.bays_of[seed] if rng.random() < 0.5 else ()

        def far(number: int) -> float:
            other = board.places[number]
            if other is None:
                return 0
            near = other.bay in same or any(slot[0] in who for slot in other.slots)
            return (abs(other.start - at) + (0 if near else 240)) * (0.5 + rng.random())

        others = sorted(movable, key=far)[:count]
    lifted = list({seed, *others})
    for number in lifted:
        board.lift(number)
    return lifted


def _recreate(board: Board, lifted: list[int], rng: Random) -> None:
    """Put lifted cars back in an order drawn by chance, by weight, promise, arrival or work."""
    cars = board.day.cars
    rng.shuffle(lifted)
    kind = rng.randrange(6)
    if kind == 1:
        lifted.sort(key=lambda number: -cars[number].weight)
    elif kind == 2:
        lifted.sort(key=lambda number: cars[number].promised)
    elif kind == 3:
        lifted.sort(key=lambda number: cars[number].promised - cars[number].minutes)
    elif kind == 4:
        lifted.sort(key=lambda number: cars[number].minutes / max(cars[number].weight, 1))
    elif kind == 5:
        lifted.sort(key=lambda number: board.work[number][0][2])
    for number in lifted:
        place = board.find(number, work=_blinked(board.work[number], rng) if rng.random() < BLINKS else None)
        place = place or board.find(number)
        if place:
            board.put(number, place)


def _blinked(work: list[Work], rng: Random) -> list[Work]:
    """The same work with some of the hands overlooked, and the others in another order."""
    seen = []
    for able, minutes, ready in work:
        some = [who for who in able if rng.random() > OVERLOOKED] or able[:]
        rng.shuffle(some)
        seen.append((some, minutes, ready))
    return seen
