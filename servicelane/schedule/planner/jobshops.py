"""Flexible job shops: each operation on one of several machines, jobs in their order, the last end soonest.

The first plan is the best of some rules that always place next what one of them prefers. With OR-Tools
installed CP-SAT goes on from it, on the whole shop and then on windows of it (large-neighbourhood search,
Shaw 1998); without, the first plan is the answer and `Result.engine` says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from time import monotonic
from typing import Any

Option = tuple[int, int]
"""A machine, counted from 1, and how long it takes."""
Jobs = tuple[tuple[tuple[Option, ...], ...], ...]
"""For each job its operations, for each of these its options."""

GREEDY, CP_SAT = "greedy", "cp-sat"
WHOLE, ONE_WINDOW = 0.4, 1.5
"""Share of the time for the shop as a whole, and seconds for one window of it after that, at most."""
SIZES, NEAR = (30, 50, 80), 0.7
"""Operations of a window, and the share of windows that are cut by time; the others are cut by jobs."""
STARTING = 0.3
"""Seconds that are kept of a time limit for ending the search and for writing the answer."""


@dataclass(frozen=True, slots=True)
class JobShop:
    """Machines and jobs; see Brandimarte (1993) for the text form."""

    machines: int
    jobs: Jobs

    @property
    def lower_bound(self) -> int:
        """No plan ends sooner: the longest job at its fastest, or the least work shared by all machines."""
        fastest = [[min(time for _, time in one) for one in job] for job in self.jobs]
        alone = [0] * (self.machines + 1)
        for job in self.jobs:
            for options in job:
                if len(options) == 1:
                    alone[options[0][0]] += options[0][1]
        total = sum(map(sum, fastest))
        return max(*(sum(job) for job in fastest), -(-total // self.machines), *alone)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One operation as planned; job, operation and machine are counted from 1."""

    job: int
    op: int
    machine: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Result:
    """A plan of a job shop. `lower_bound` is proven; `engine` names what searched."""

    steps: tuple[Step, ...]
    lower_bound: int
    engine: str

    @property
    def makespan(self) -> int:
        """When the last operation ends."""
        return max(step.end for step in self.steps)


Key = tuple[int, int]
"""Job and operation, from 0."""
Planned = dict[Key, Step]


def plan(shop: JobShop, seconds: float, seed: int = 0) -> Result:
    """Plan a job shop within `seconds`; never worse than the first plan. Any-time, seeded."""
    began = monotonic()
    first, bound = first_plan(shop), shop.lower_bound
    if max(step.end for step in first) == bound:
        return Result(first, bound, GREEDY)
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return Result(first, bound, GREEDY)
    return _Search(cp_model, shop, seed, began + seconds - STARTING).run(first)


def first_plan(shop: JobShop) -> tuple[Step, ...]:
    """The best plan of a handful of rules, in milliseconds."""
    return min(
        (_placed(shop, rule) for rule in _rules(shop)), key=lambda steps: max(one.end for one in steps)
    )


Rule = Callable[[int, int, int, int], Any]
"""Of job, operation (both from 0), start and end: what is smallest goes next."""


def _rules(shop: JobShop) -> Iterator[Rule]:
    remaining = []
    for job in shop.jobs:
        rest, behind = [0] * (len(job) + 1), 0
        for at in range(len(job) - 1, -1, -1):
            behind += min(time for _, time in job[at])
            rest[at] = behind
        remaining.append(rest)
    yield lambda job, op, _start, end: (end, -remaining[job][op])
    yield lambda job, op, start, _end: (start, -remaining[job][op])
    yield lambda job, op, _start, end: (-remaining[job][op], end)
    yield from (_ahead(remaining, share) for share in (1, 2, 4))


def _ahead(remaining: list[list[int]], share: int) -> Rule:
    """Soon done, and much to do after it; `share` weighs the former."""
    return lambda job, op, _start, end: end * share - remaining[job][op + 1]


def _placed(shop: JobShop, rule: Rule) -> tuple[Step, ...]:
    """Place next, of the next operations of all jobs, the one the rule prefers, where it ends first."""
    done, job_free = [0] * len(shop.jobs), [0] * len(shop.jobs)
    machine_free = [0] * (shop.machines + 1)
    waiting = [job for job, steps in enumerate(shop.jobs) if steps]
    placed = []
    while waiting:
        best: tuple[Any, int, int, int, int] | None = None
        for job in waiting:
            op = done[job]
            end, start, machine = min(
                (
                    max(job_free[job], machine_free[machine]) + time,
                    max(job_free[job], machine_free[machine]),
                    machine,
                )
                for machine, time in shop.jobs[job][op]
            )
            key = rule(job, op, start, end)
            if best is None or (key, job) < best[:2]:
                best = (key, job, machine, start, end)
        assert best
        _, job, machine, start, end = best
        placed.append(Step(job + 1, done[job] + 1, machine, start, end))
        done[job] += 1
        job_free[job] = machine_free[machine] = end
        if done[job] == len(shop.jobs[job]):
            waiting.remove(job)
    return tuple(sorted(placed))


class _Search:
    """CP-SAT on the whole shop, then on windows of it, each from the last plan as its hint."""

    def __init__(self, cp_model: Any, shop: JobShop, seed: int, until: float) -> None:
        self.cp, self.shop, self.until = cp_model, shop, until
        self.rng = Random(seed)  # noqa: S311 - a search, no secret
        self.bound = shop.lower_bound

    def run(self, first: tuple[Step, ...]) -> Result:
        """Search until the time is over or nothing can be better."""
        steps = {(step.job - 1, step.op - 1): step for step in first}
        found = self._solve(steps, set(steps), (self.until - monotonic()) * WHOLE)
        engine = CP_SAT if found else GREEDY
        steps = found or steps
        while _end(steps) > self.bound and monotonic() < self.until:
            found = self._solve(steps, self._chosen(steps), ONE_WINDOW)
            if found:
                steps, engine = found, CP_SAT
        return Result(tuple(sorted(steps.values())), self.bound, engine)

    def _chosen(self, steps: Planned) -> set[Key]:
        """Operations that are planned near one moment, or all those of some jobs."""
        count = self.rng.choice(SIZES)
        if self.rng.random() < NEAR:
            at = self.rng.uniform(-0.05, 1) * _end(steps)
            return set(sorted(steps, key=lambda key: abs(steps[key].start + steps[key].end - 2 * at))[:count])
        jobs = list(range(len(self.shop.jobs)))
        self.rng.shuffle(jobs)
        chosen: set[Key] = set()
        for job in jobs:
            if len(chosen) < count:
                chosen |= {(job, op) for op in range(len(self.shop.jobs[job]))}
        return chosen

    def _solve(self, steps: Planned, free: set[Key], seconds: float) -> Planned | None:
        """Plan the free operations anew; the others keep machine and order, and may begin at other times.

        Of the whole shop a plan as good is taken too, of a window only a better one; None without one.
        """
        model, end = self.cp.CpModel(), _end(steps)
        is_whole = len(free) == len(steps)
        starts: dict[Key, Any] = {}
        chosen: dict[tuple[Key, int], Any] = {}
        on_machine: dict[int, list[tuple[Key, Any]]] = {}
        last = model.new_int_var(min(self.bound, end - 1), end if is_whole else end - 1, "")
        for job, operations in enumerate(self.shop.jobs):
            ends: Any = None
            for op, options in enumerate(operations):
                key, step = (job, op), steps[job, op]
                start = model.new_int_var(0, end, "")
                model.add_hint(start, step.start)
                if ends is not None:
                    model.add(start >= ends)
                if key in free and len(options) > 1:
                    ends = model.new_int_var(0, end, "")
                    for machine, time in options:
                        is_there = model.new_bool_var("")
                        model.add_hint(is_there, machine == step.machine)
                        interval = model.new_optional_interval_var(start, time, ends, is_there, "")
                        on_machine.setdefault(machine, []).append((key, interval))
                        chosen[key, machine] = is_there
                    model.add_exactly_one(chosen[key, machine] for machine, _ in options)
                else:
                    ends = start + (step.end - step.start)
                    interval = model.new_fixed_size_interval_var(start, step.end - step.start, "")
                    on_machine.setdefault(step.machine, []).append((key, interval))
                    chosen[key, step.machine] = None
                starts[key] = start
            model.add(last >= ends)
        for rows in on_machine.values():
            model.add_no_overlap(interval for _, interval in rows)
            kept = sorted((steps[key].start, steps[key].end, key) for key, _ in rows if key not in free)
            for (_, _, ahead), (_, _, behind) in pairwise(kept):
                model.add(starts[behind] >= starts[ahead] + (steps[ahead].end - steps[ahead].start))
        if is_whole:
            model.add_hint(last, end)
        model.minimize(last)
        return self._solved(model, starts, chosen, seconds, is_whole=is_whole)

    def _solved(
        self,
        model: Any,
        starts: dict[Key, Any],
        chosen: dict[tuple[Key, int], Any],
        seconds: float,
        *,
        is_whole: bool,
    ) -> Planned | None:
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.0, min(seconds, self.until - monotonic()))
        solver.parameters.random_seed = self.rng.randrange(2**31)
        solver.parameters.num_workers = 2
        status = solver.solve(model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None
        if is_whole:
            self.bound = max(self.bound, round(solver.best_objective_bound))
        return {
            key: self._step(key, machine, solver.value(starts[key]))
            for (key, machine), is_there in chosen.items()
            if is_there is None or solver.value(is_there)
        }

    def _step(self, key: Key, machine: int, start: int) -> Step:
        time = dict(self.shop.jobs[key[0]][key[1]])[machine]
        return Step(key[0] + 1, key[1] + 1, machine, start, start + time)


def _end(steps: Planned) -> int:
    return max(step.end for step in steps.values())
