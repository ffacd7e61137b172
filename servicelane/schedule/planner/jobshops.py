"""Flexible job shops: each operation on one of several machines, jobs in their order, the last end soonest.

The first plan is the best of some rules that always place next what one of them prefers. With OR-Tools
installed CP-SAT goes on from it; without, the first plan is the answer and `Result.engine` says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

Option = tuple[int, int]
"""A machine, counted from 1, and how long it takes."""
Jobs = tuple[tuple[tuple[Option, ...], ...], ...]
"""For each job its operations, for each of these its options."""

GREEDY, CP_SAT = "greedy", "cp-sat"
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
    left = seconds - STARTING - (monotonic() - began)
    if left <= 0:
        return Result(first, bound, GREEDY)
    return _search(cp_model, shop, first, left, seed)


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


def _search(cp_model: Any, shop: JobShop, first: tuple[Step, ...], seconds: float, seed: int) -> Result:
    """CP-SAT on the whole shop from the first plan as its hint."""
    horizon = max(step.end for step in first)
    hint = {(step.job - 1, step.op - 1): step for step in first}
    model = cp_model.CpModel()
    on_machine: dict[int, list[Any]] = {}
    starts: dict[tuple[int, int], Any] = {}
    ends: dict[tuple[int, int], Any] = {}
    choices: dict[tuple[int, int, int], Any] = {}
    last = model.new_int_var(shop.lower_bound, horizon, "")
    for job, operations in enumerate(shop.jobs):
        for op, options in enumerate(operations):
            start = model.new_int_var(0, horizon, "")
            end = model.new_int_var(0, horizon, "")
            model.add_hint(start, hint[job, op].start)
            model.add_hint(end, hint[job, op].end)
            chosen = []
            for machine, time in options:
                if len(options) == 1:
                    model.add(end == start + time)
                    interval = model.new_interval_var(start, time, end, "")
                    choices[job, op, machine] = None
                else:
                    is_there = model.new_bool_var("")
                    interval = model.new_optional_interval_var(start, time, end, is_there, "")
                    model.add_hint(is_there, machine == hint[job, op].machine)
                    choices[job, op, machine] = is_there
                    chosen.append(is_there)
                on_machine.setdefault(machine, []).append(interval)
            if chosen:
                model.add_exactly_one(chosen)
            if op:
                model.add(start >= ends[job, op - 1])
            starts[job, op], ends[job, op] = start, end
        model.add(last >= ends[job, len(operations) - 1])
    for intervals in on_machine.values():
        model.add_no_overlap(intervals)
    model.add_hint(last, horizon)
    model.minimize(last)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    bound = max(shop.lower_bound, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Result(first, shop.lower_bound, GREEDY)
    steps = [
        Step(job + 1, op + 1, machine, solver.value(starts[job, op]), solver.value(ends[job, op]))
        for (job, op, machine), is_there in choices.items()
        if is_there is None or solver.value(is_there)
    ]
    return Result(tuple(sorted(steps)), bound, CP_SAT)
