"""The promise that the load of the workshop allows, with a chance of keeping it (RCP-7, BKG-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from servicelane.orders.models import RepairOrder
from servicelane.orders.promising import Proposal, open_work, proposes
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, open_hours, rule, zone_of

from .floor import FloorDay, load_of
from .paces import paces_of
from .planner.chances import Spread, chance_of, ends_of, kept_by
from .planner.days import Assignment, Plan
from .planner.placing import FAR, first_plan
from .rules import PROMISE_CHANCE

GRID = 10
"""Promises are given to ten minutes (form F01)."""
DAYS_AHEAD = 14
"""Days in which a store opens again, or says that it does not."""


@proposes
def promise(order: RepairOrder, at: datetime) -> Proposal:
    """The earliest time at which the store's plan has the order's open jobs ready with the stated chance.

    All that is here or booked is planned first; this car goes into what is left and moves nobody. Then the
    plan is played two hundred times with work as long as finished jobs of the store say (`paces`), and
    with the way from the last work to ready. Never outside of opening hours. Parts count as if they were
    here. About twenty queries.
    """
    chance = rule(order.store, PROMISE_CHANCE)
    jobs = open_work(order.jobs.all())
    work = sum((job.minutes for job in jobs), timedelta())
    if not jobs:
        return Proposal(chance, work, why_not=_("there is no open work on the order"))
    floor = load_of(order.store, at, order)
    car = str(order.pk)
    reasons = [one.why for one in floor.left if one.order.pk == order.pk]
    if all(one.id != car for one in floor.day.cars):
        return Proposal(chance, work, why_not=why_not(reasons[0] if reasons else ""))
    plan = first_plan(floor.day, last=car).plan()
    if reasons or car in plan.left:
        return Proposal(chance, work, why_not=why_not(reasons[0] if reasons else "no_room"))
    paces = paces_of(order.store)

    def work_of(operation: str, technician: str) -> Spread:
        job = floor.jobs.get(operation)
        return paces.of(job.operation_id if job else None, int(technician))

    ends = ends_of(floor.day, plan, car, work_of, paces.ready, seed=order.pk)
    mine = _rows_of(floor, plan, car)
    names = dict.fromkeys(str(floor.people[who]) for row in mine for who in row.hands)
    by = kept_by(ends, chance)
    ready_at = None if by >= FAR else open_at(order.store, floor.moment(by))
    held = None
    if order.promised_at and order.promised_at > at:
        held = chance_of(ends, (order.promised_at - floor.origin) // timedelta(minutes=1))
    return Proposal(
        chance=chance,
        work=work,
        ready_at=ready_at,
        begins_at=floor.moment(mine[0].start),
        ends_at=floor.moment(mine[-1].end),
        technicians=tuple(names),
        ahead=_ahead(floor, plan, car),
        known=paces.known,
        held=held,
        why_not="" if ready_at else why_not("no_room"),
    )


def why_not(code: str) -> str:
    """Why no time can be proposed, in the reader's words."""
    words = {
        "nobody": _("nobody here has the skill and the certificate for one of its jobs"),
        "too_long": _("nobody who may do it is at work long enough"),
        "no_room": _("there is no room for it on the next days"),
        "no_bay": _("no bay in service takes it"),
    }
    return words.get(code) or _("what is settled for it contradicts itself")


def open_at(store: Store, moment: datetime) -> datetime | None:
    """The first moment from then on, to ten minutes, at which the store is open; None within two weeks."""
    local = moment.astimezone(zone_of(store.pk)).replace(second=0, microsecond=0)
    local += timedelta(minutes=-local.minute % GRID)
    for ahead in range(DAYS_AHEAD):
        day = local.date() + timedelta(days=ahead)
        hours = open_hours(store, day)
        if hours is None:
            continue
        opens, closes = (local_moment(store, day, one) for one in (hours.opens, hours.closes))
        if local <= closes:
            return max(local, opens)
    return None


def _rows_of(floor: FloorDay, plan: Plan, car: str) -> list[Assignment]:
    names = {one.id for other in floor.day.cars if other.id == car for one in other.operations}
    return sorted((row for row in plan.assignments if row.operation in names), key=lambda row: row.start)


def _ahead(floor: FloorDay, plan: Plan, car: str) -> int:
    """How many other cars the people of this one, or its bay, have before its last work begins."""
    mine = _rows_of(floor, plan, car)
    owner = {one.id: other.id for other in floor.day.cars for one in other.operations}
    people, bay = {who for row in mine for who in row.hands}, mine[0].bay
    return len(
        {
            owner[row.operation]
            for row in plan.assignments
            if row.start < mine[-1].start and (people.intersection(row.hands) or row.bay == bay)
        }
        - {car}
    )
