"""When a planned car is really done: the plan played many times with work as long as it was before.

Who does what and in which order stays as planned; every piece of work takes what a draw from the spread of
its kind says, and what stands behind it waits. Work that a window ends goes on in the next one.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import ceil
from random import Random

from .days import Day, Plan, both
from .placing import FAR, Gap

STEPS = 10
"""Parts into which a spread is cut: its values stand at 0 %, 10 % … 100 %."""
Spread = tuple[float, ...]
"""Eleven values in their order, smallest first: least, nine deciles, largest."""
RUNS = 200
"""How often a plan is played."""


def spread_of(values: Sequence[float]) -> Spread:
    """The eleven values of a sample that has any, each between its two neighbours in proportion.

    Quantiles as Hyndman and Fan (1996), type 7.
    """
    ordered = sorted(values)
    last = len(ordered) - 1
    found = []
    for step in range(STEPS + 1):
        place = last * step / STEPS
        low = int(place)
        high = min(low + 1, last)
        found.append(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
    return tuple(found)


def drawn(spread: Spread, share: float) -> float:
    """The value of a spread below which this share (0 to 1) of all lies."""
    place = min(max(share, 0.0), 1.0) * STEPS
    low = min(int(place), STEPS - 1)
    return spread[low] + (spread[low + 1] - spread[low]) * (place - low)


def ends_of(
    day: Day,
    plan: Plan,
    car: str,
    work: Callable[[str, str], Spread],
    after: Spread,
    *,
    seed: int = 0,
    runs: int = RUNS,
) -> list[int]:
    """The minutes at which a planned car is ready in `runs` plays of the plan, the soonest first.

    `work` gives, for an operation and who does it, the spread of what it takes as a share of its planned
    minutes; `after` the spread of minutes from the last work to ready. FAR where the windows end before the
    work does. Seeded; the same input gives the same minutes.
    """
    rng = Random(seed)  # noqa: S311 - a draw, no secret
    owner = {one.id: other for other in day.cars for one in other.operations}
    until = max(row.end for row in plan.assignments if owner[row.operation].id == car)
    ready = {one.id: max(one.ready, other.arrival) for other in day.cars for one in other.operations}
    rows = sorted(
        (row for row in plan.assignments if row.start < until), key=lambda row: (row.start, row.end)
    )
    of = {one.id: one.windows for one in day.technicians}
    windows = [both(of[row.technician], of[row.helper]) if row.helper else of[row.technician] for row in rows]
    settled = {row.operation for row in day.settled}
    spreads = [work(row.operation, row.technician) for row in rows]
    found = []
    for _ in range(runs):
        free: dict[str, int] = {}
        held: dict[str, tuple[str, int]] = {}
        last: dict[str, int] = {}
        for row, spread, open_at in zip(rows, spreads, windows, strict=True):
            whose = owner[row.operation].id
            minutes = max(1, ceil((row.end - row.start) * drawn(spread, rng.random())))
            holder, held_until = held.get(row.bay, (whose, 0))
            begins = max(ready[row.operation], last.get(whose, 0), *(free.get(who, 0) for who in row.hands))
            if holder != whose:
                begins = max(begins, held_until)
            if row.operation in settled:
                end = max(begins, row.start) + minutes
            else:
                end = worked_off(open_at, begins, minutes)
            last[whose] = end
            free.update(dict.fromkeys(row.hands, end))
            held[row.bay] = (whose, max(end, held_until))
        done = last[car]
        found.append(done + ceil(drawn(after, rng.random())) if done < FAR else FAR)
    return sorted(found)


def worked_off(windows: Sequence[Gap], begins: int, minutes: int) -> int:
    """When this much work from a minute on is done within windows; FAR where they end before it."""
    index = max(0, bisect_right(windows, (begins, FAR)) - 1)
    for opens, closes in windows[index:]:
        at = max(opens, begins)
        if closes <= at:
            continue
        if closes - at >= minutes:
            return at + minutes
        minutes -= closes - at
    return FAR


def kept_by(ends: Sequence[int], chance: int) -> int:
    """The minute by which a car is ready in `chance` of a hundred plays; FAR where it is not known."""
    return ends[min(len(ends) - 1, ceil(len(ends) * chance / 100) - 1)]


def chance_of(ends: Sequence[int], minute: int) -> int:
    """In how many of a hundred plays a car is ready by a minute, rounded down."""
    return 100 * bisect_right(ends, minute) // len(ends)
