"""Making a plan of a store's workshop in the background, with progress, to be cancelled at any time (WSH-3).

The plan is made outside of any transaction; its lines are written in one at the end. Whoever makes it says
each second how far it is: who says nothing for a minute has died, and the last plan that was made stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from django.db import IntegrityError, transaction
from django_tasks import task

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.orders.models import Job
from servicelane.org.models import Store
from servicelane.people.models import Employee
from servicelane.schedule.floor import FloorDay, LeftOut
from servicelane.schedule.models import Assignment
from servicelane.schedule.planner.days import Assignment as Planned
from servicelane.schedule.planner.days import Car, Plan
from servicelane.schedule.planner.improving import Effort, improve
from servicelane.schedule.planner.placing import first_come, first_plan
from servicelane.schedule.planner.reasons import Reason, reasons_of

from . import errors, events
from .floor_day import floor_day
from .models import IN_THE_MAKING, LineState, PlanEffort, PlanLine, PlanState, ShopPlan

SECONDS = 10.0
"""Time for one plan; a small workshop in which nobody is late takes less."""
TELL_EVERY = 1.0
"""Seconds between two words about the progress."""


@transaction.atomic
def ask(store: Store, *, by: Employee) -> ShopPlan:
    """Ask for a plan of a store; it is made by `make_plan` in the background.

    One that a dead process left behind is broken off first. Raises PlanInTheMaking.
    """
    at = now()
    for other in ShopPlan.objects.filter(store=store, state__in=IN_THE_MAKING).select_related("asked_by"):
        if not other.is_silent(at):
            raise errors.PlanInTheMaking(store=store, person=other.asked_by)
        ShopPlan.objects.filter(pk=other.pk, state=other.state).update(state=PlanState.BROKEN)
    made = ShopPlan(store=store, asked_by=by, asked_at=at, beat_at=at)
    try:
        # The database decides between two who ask at once.
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise errors.PlanInTheMaking(store=store, person=by) from None
    record(events.PLAN_ASKED, store, by=by, plan=made.pk)
    make_plan.enqueue(made.pk)
    return made


@transaction.atomic
def cancel(plan: ShopPlan, *, by: Employee) -> None:
    """Stop the making of a plan; the one made before stays. Raises NoPlanInTheMaking."""
    rows = ShopPlan.objects.filter(pk=plan.pk, state__in=IN_THE_MAKING)
    if not rows.update(state=PlanState.CANCELLED):
        raise errors.NoPlanInTheMaking
    plan.refresh_from_db()
    record(events.PLAN_CANCELLED, plan.store, by=by, plan=plan.pk, share=plan.share)


@task()
def make_plan(plan_id: int) -> bool:
    """Make a plan that was asked for; whether it was made. Nothing where it is not wanted any more."""
    return make(plan_id, SECONDS)


def make(plan_id: int, seconds: float, seed: int = 1) -> bool:
    """Read the floor, plan it for some seconds at most and write the lines; whether it was made."""
    began = monotonic()
    at = now()
    wanted = ShopPlan.objects.filter(pk=plan_id, state__in=IN_THE_MAKING)
    if not wanted.update(state=PlanState.RUNNING, beat_at=at, share=0):
        return False
    plan = ShopPlan.objects.select_related("store").get(pk=plan_id)
    floor = floor_day(plan.store, at)
    board = first_plan(floor.day)
    told = monotonic()

    def watch(share: float, _best: int) -> bool:
        nonlocal told
        if monotonic() - told < TELL_EVERY:
            return True
        told = monotonic()
        running = ShopPlan.objects.filter(pk=plan_id, state=PlanState.RUNNING)
        return bool(running.update(share=min(99, int(100 * share)), beat_at=now()))

    effort = improve(board, seconds, seed, watch)
    return _write(plan, floor, board.plan(), effort, monotonic() - began)


@transaction.atomic
def _write(plan: ShopPlan, floor: FloorDay, made: Plan, effort: Effort, took: float) -> bool:
    taken_as_they_come = first_come(floor.as_they_came)
    cars = {car.id: car for car in floor.day.cars}
    left = [*floor.left, *(LeftOut(floor.orders[name], "no_room") for name in made.left)]
    lines = _lines(plan, floor, made)
    rows = ShopPlan.objects.filter(pk=plan.pk, state=PlanState.RUNNING)
    written = rows.update(
        state=PlanState.READY,
        made_at=now(),
        beat_at=now(),
        share=100,
        effort=PlanEffort.of(effort, made.lateness),
        cars=len(cars) - len(made.left),
        lateness=made.lateness,
        lateness_first_come=taken_as_they_come.lateness,
        late=_late(cars, made),
        late_first_come=_late(cars, taken_as_they_come),
        left=[{"order": one.order.pk, "why": one.why, "hold": one.hold} for one in left],
    )
    if not written:
        return False
    PlanLine.objects.bulk_create(lines)
    record(
        events.PLAN_MADE, plan.store, by=plan.asked_by, plan=plan.pk, cars=len(cars) - len(made.left),
        left=len(left), changes=sum(line.is_open for line in lines), lateness=made.lateness,
        first_come=taken_as_they_come.lateness, seconds=round(took),
    )  # fmt: skip
    return True


def _late(cars: Mapping[str, Car], plan: Plan) -> int:
    ends: dict[str, int] = {}
    owner = {one.id: car.id for car in cars.values() for one in car.operations}
    for row in plan.assignments:
        ends[owner[row.operation]] = max(row.end, ends.get(owner[row.operation], row.end))
    return sum(end > cars[name].promised for name, end in ends.items())


def _lines(plan: ShopPlan, floor: FloorDay, made: Plan) -> list[PlanLine]:
    """One line for each job that does not run; the pieces of a long job are one."""
    why = reasons_of(floor.day, made)
    pieces: dict[int, list[Planned]] = {}
    for row in made.assignments:
        job = floor.jobs.get(row.operation)
        if job:
            pieces.setdefault(job.pk, []).append(row)
    lines = []
    for rows in pieces.values():
        first, last = rows[0], rows[-1]
        job = floor.jobs[first.operation]
        reasons = [*why[first.operation]]
        if last is not first:
            reasons += [*why[last.operation]]
        line = PlanLine(
            plan=plan,
            order=job.order,
            job=job,
            technician=floor.people[first.technician],
            bay=floor.bays.get(first.bay),
            starts=floor.moment(first.start),
            ends=floor.moment(last.end),
            origin=floor.origin,
            reasons=[_kept(reason, floor) for reason in reasons],
        )
        before = now_of(job)
        if before:
            line.was_technician, line.was_bay = before.technician, before.bay
            line.was_start = before.planned_start
        # Whom several share a job with, only a person decides.
        is_shared = len(job.assignments.all()) > 1
        is_same = before and (before.technician_id, before.bay_id, before.planned_start) == (
            line.technician_id,
            line.bay_id,
            line.starts,
        )
        line.state = LineState.SAME if is_same or is_shared else LineState.OPEN
        lines.append(line)
    return lines


def now_of(job: Job) -> Assignment | None:
    """Who is on a job now, the first one where there are several; its assignments are read."""
    return next(iter(job.assignments.all()), None)


def _kept(reason: Reason, floor: FloorDay) -> tuple[str, dict[str, str | int]]:
    """A reason as a row keeps it: people, bays and cars by the ids of their rows."""
    facts = dict(reason.facts)
    if "car" in facts:
        facts["car"] = str(facts["car"])
    if facts.get("bay") and facts["bay"] not in floor.bays:
        facts["bay"] = ""
    return reason.code, facts
