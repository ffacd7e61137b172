"""Whether a plan holds, judged by its rows alone and with nothing of the planner's own code."""

from collections import defaultdict
from itertools import pairwise
from typing import Any


def faults_of_day(day: Any, plan: Any) -> list[str]:  # noqa: C901 - one rule after the other
    """Every rule of `planner-day/1` that a plan breaks, in words."""
    found = []
    rows = {row.operation: row for row in plan.assignments}
    if len(rows) != len(plan.assignments):
        found.append("an operation is there twice")
    technicians = {one.id: one for one in day.technicians}
    bays = {one.id: one for one in day.bays}
    settled = {one.operation: one for one in day.settled}
    busy, held, late = defaultdict(list), defaultdict(list), 0
    for car in day.cars:
        mine = [rows.get(one.id) for one in car.operations]
        if car.id in plan.left:
            found += [f"{car.id} is left and planned"] if any(mine) else []
            continue
        if not all(mine):
            found.append(f"{car.id} is not planned as a whole")
            continue
        at = car.arrival
        for one, row in zip(car.operations, mine, strict=True):
            people = [technicians[name] for name in (row.technician, row.helper) if name]
            if len({person.id for person in people}) != one.people and one.id not in settled:
                found.append(f"{one.id} is not done by {one.people}")
            if one.id in settled:
                found += [] if row == settled[one.id] else [f"{one.id} was settled otherwise"]
            else:
                if row.start < max(at, one.ready):
                    found.append(f"{one.id} starts too soon")
                for who in people:
                    found += misfit(one, row, who)
                if one.continues and hands_of(row) != hands_of(rows[before_it(car, one)]):
                    found.append(f"{one.id} changes hands")
            if row.end - row.start != one.minutes:
                found.append(f"{one.id} has other minutes")
            if row.start < at and one.id not in settled:
                found.append(f"{one.id} comes before the one ahead of it")
            at = row.end
            for person in people:
                busy[person.id].append((row.start, row.end, one.id))
        if len({row.bay for row in mine}) != 1:
            found.append(f"{car.id} changes its bay")
        is_free = not any(one.id in settled for one in car.operations)
        fits = mine[0].bay in car.bays if car.bays else bays[mine[0].bay].kind == car.bay_kind
        if is_free and not fits:
            found.append(f"{car.id} stands in a bay of another kind")
        held[mine[0].bay].append((mine[0].start, mine[-1].end, car.id))
        late += car.weight * max(0, mine[-1].end - car.promised)
    for name, times in [*busy.items(), *held.items()]:
        times.sort()
        for (_, end, first), (start, _, second) in pairwise(times):
            if start < end:
                found.append(f"{name} has {first} and {second} at once")
    if late != plan.lateness:
        found.append(f"the lateness is {late}, not {plan.lateness}")
    return found


def misfit(one: Any, row: Any, who: Any) -> list[str]:
    """What keeps somebody from an operation at that time: skill, certificate, name or window."""
    found = []
    if (
        who.skills.get(one.skill, 0) < one.level
        or (one.certificate and one.certificate not in who.certificates)
        or (one.technicians and who.id not in one.technicians)
    ):
        found.append(f"{one.id}: {who.id} may not")
    if not any(start <= row.start and row.end <= end for start, end in who.windows):
        found.append(f"{one.id} lies outside of the windows of {who.id}")
    return found


def hands_of(row: Any) -> set[str]:
    """Who does an operation."""
    return {row.technician, row.helper}


def before_it(car: Any, one: Any) -> str:
    """The operation ahead of one on its car."""
    ids = [other.id for other in car.operations]
    return ids[ids.index(one.id) - 1]


def moved_of(day: Any, plan: Any, touched: Any = ()) -> tuple[int, int]:
    """How many assignments of the plan in force stand elsewhere now, of how many, without touched cars."""
    rows = {row.operation: row for row in plan.assignments}
    cars = {one.id: car.id for car in day.cars for one in car.operations}
    mine = [row for row in day.before if cars.get(row.operation) not in (None, *touched)]
    return sum(rows.get(row.operation) != row for row in mine), len(mine)


def faults_of_shop(jobs: Any, steps: Any) -> list[str]:
    """Every rule of a flexible job shop that a plan breaks, in words."""
    found = []
    rows = {(step.job, step.op): step for step in steps}
    asked = {(job, op) for job, row in enumerate(jobs, 1) for op, _ in enumerate(row, 1)}
    if set(rows) != asked or len(rows) != len(steps):
        return ["not every operation is planned once"]
    busy = defaultdict(list)
    for (job, op), step in rows.items():
        if dict(jobs[job - 1][op - 1]).get(step.machine) != step.end - step.start:
            found.append(f"job {job} operation {op}: the machine cannot, or takes another time")
        if step.start < (rows[job, op - 1].end if op > 1 else 0):
            found.append(f"job {job} operation {op} starts too soon")
        busy[step.machine].append((step.start, step.end))
    for machine, times in busy.items():
        times.sort()
        if any(start < end for (_, end), (start, _) in pairwise(times)):
            found.append(f"machine {machine} does two at once")
    return found
