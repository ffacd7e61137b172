"""The Workshop page of the dispatcher: the queue, the cars by stage, who and what is free now (WSH-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Prefetch, Sum

from servicelane.orders.models import Consent, Hold, Job, JobState, RepairOrder, Status
from servicelane.org.models import Bay, BayKind, Store
from servicelane.org.queries import today_in
from servicelane.people.models import AWAY as NOT_HERE
from servicelane.people.models import Employee, EmployeeSkill, Shift
from servicelane.schedule.fitness import NOTHING, Ability, abilities_of, lacking
from servicelane.schedule.models import Assignment
from servicelane.schedule.permissions import Perm
from servicelane.schedule.queries import bays_of, technicians_of

from .lane import Lane, is_quick, lane_of
from .models import Clocking, ProgressCheck
from .priority import Turn, place_in_queue, turn_of
from .risk import left_of, remaining, standing, until_of

SHOWN = (Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK)
GIVEN = (Status.AGREED, Status.IN_WORK)
MOST = 200
FREE, BUSY, OFF, AWAY = "free", "busy", "off", "away"


@dataclass(frozen=True, slots=True)
class ShopCar:
    """One car in the workshop with its agreed jobs, who is on them and how its promise stands.

    `turn` says why it stands where it does in the queue; `left` is its remaining planned work,
    `said` what its technician last said about the end. `lane_due` is
    when the quick-service lane has to have it ready, None where the lane does not take it.
    """

    order: RepairOrder
    jobs: list[Job]
    turn: Turn
    urgency: str
    left: timedelta
    said: ProgressCheck | None
    lane_due: datetime | None

    @property
    def asked(self) -> ProgressCheck | None:
        """The question that its technician has not answered yet."""
        checks = (getattr(job, "progress_check", None) for job in self.open_jobs)
        return next((check for check in checks if check and check.answered_at is None), None)

    @property
    def open_jobs(self) -> list[Job]:
        """The jobs that still have to be done."""
        return [job for job in self.jobs if job.is_open]

    @property
    def is_quick(self) -> bool:
        """Whether the quick-service lane takes it."""
        return self.lane_due is not None

    @property
    def ungiven(self) -> list[Job]:
        """The open jobs that nobody has."""
        return [job for job in self.open_jobs if not job.assignments.all()]

    @property
    def team(self) -> list[Assignment]:
        """Who is on its open jobs, each person once."""
        found = {one.technician_id: one for job in self.open_jobs for one in job.assignments.all()}
        return list(found.values())

    @property
    def clocks(self) -> list[Clocking]:
        """The clocks that run on it."""
        return [clock for job in self.jobs for clock in job.clockings.all() if clock.ended_at is None]

    @property
    def bay(self) -> Bay | None:
        """Where it stands, or is to stand."""
        places = [clock.bay for clock in self.clocks] + [one.bay for one in self.team]
        return next((bay for bay in places if bay), None)

    @property
    def holds(self) -> list[Hold]:
        """What it waits for."""
        return list(self.order.holds.all())

    @property
    def may_be_given(self) -> bool:
        """Whether work on it can be given out."""
        return self.order.status in GIVEN and bool(self.open_jobs)

    @property
    def stage(self) -> str:
        """Its column: queue, given, running or check."""
        if self.order.status == Status.QUALITY_CHECK:
            return "check"
        if self.clocks:
            return "running"
        return "given" if self.team else "queue"


@dataclass(frozen=True, slots=True)
class Mate:
    """One technician as the dispatcher sees them now; `car` has their running clock, `load` is what is given.

    `state` is free (on shift, not noted absent, without a running clock), busy, off, or away: absent or on
    leave in this shift, which `attendance` says.
    """

    person: Employee
    skills: list[EmployeeSkill]
    ability: Ability
    state: str
    car: RepairOrder | None
    load: timedelta
    shift: Shift | None

    @property
    def attendance(self) -> str:
        """Whether they came, in the reader's words; empty when nobody said so."""
        return str(self.shift.get_attendance_display()) if self.shift and self.shift.attendance else ""


@dataclass(frozen=True, slots=True)
class FreeBays:
    """The bays of one kind in which nobody works; `count` is how many of the kind are in service."""

    label: str
    bays: list[Bay]
    count: int


@dataclass
class Shop:
    """The Workshop page of one store at one moment."""

    cars: list[ShopCar]
    mates: list[Mate]
    bays: list[Bay]
    at: datetime
    version: str
    lane: Lane

    @cached_property
    def queue(self) -> list[ShopCar]:
        """The cars nobody has, as WSH-2 orders them."""
        return self._waiting(is_quick=False)

    @cached_property
    def quick_queue(self) -> list[ShopCar]:
        """The cars nobody has that the quick-service lane takes, in the same order."""
        return self._waiting(is_quick=True)

    def _waiting(self, *, is_quick: bool) -> list[ShopCar]:
        rows = [car for car in self.cars if car.stage == "queue" and car.is_quick is is_quick]
        return sorted(rows, key=lambda car: place_in_queue(car.order, car.turn))

    @cached_property
    def columns(self) -> list[tuple[str, list[ShopCar]]]:
        """The cars that somebody has, by stage."""
        return [
            (stage, [car for car in self.cars if car.stage == stage])
            for stage in ("given", "running", "check")
        ]

    @property
    def late(self) -> int:
        """How many are past their promise."""
        return sum(car.urgency == "late" for car in self.cars)

    @property
    def risky(self) -> int:
        """How many may miss it."""
        return sum(car.urgency == "risk" for car in self.cars)

    @cached_property
    def free(self) -> list[Mate]:
        """Who is free now."""
        return [mate for mate in self.mates if mate.state == FREE]

    @property
    def on_shift(self) -> int:
        """How many technicians are here."""
        return sum(mate.state in (FREE, BUSY) for mate in self.mates)

    @property
    def away(self) -> list[Mate]:
        """Who is planned now and not here."""
        return [mate for mate in self.mates if mate.state == AWAY]

    @cached_property
    def free_bays(self) -> list[FreeBays]:
        """The free bays by kind."""
        taken = self.taken
        kinds = dict.fromkeys(bay.kind for bay in self.bays)
        found = []
        for kind in kinds:
            same = [bay for bay in self.bays if bay.kind == kind]
            open_ones = [bay for bay in same if bay.pk not in taken]
            found.append(FreeBays(str(BayKind(kind).label), open_ones, len(same)))
        return found

    @cached_property
    def taken(self) -> dict[int, RepairOrder]:
        """Which car is worked on in a bay, by the bay's id."""
        return {clock.bay_id: car.order for car in self.cars for clock in car.clocks if clock.bay_id}

    def car(self, pk: object) -> ShopCar | None:
        """The car of an order by its id as an address writes it, if its work can be given out."""
        return next((car for car in self.cars if str(car.order.pk) == str(pk) and car.may_be_given), None)


def shop_of(viewer: Employee, store: Store, at: datetime) -> Shop:
    """All that the Workshop page shows of a store. Sixteen queries at most."""
    clocks = Clocking.objects.select_related("technician", "bay")
    team = Assignment.objects.current().select_related("technician", "bay")
    jobs = (
        Job.objects.filter(consent=Consent.AGREED)
        .exclude(state=JobState.DROPPED)
        .select_related("operation__skill", "progress_check")
        .prefetch_related(Prefetch("clockings", clocks), Prefetch("assignments", team))
    )
    holds = Hold.objects.filter(ended_at=None)
    rows = RepairOrder.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(store=store, status__in=SHOWN)
    rows = rows.with_car().prefetch_related(Prefetch("jobs", jobs)).prefetch_related(Prefetch("holds", holds))
    orders = rows.order_by("promised_at", "pk")[:MOST]
    version, lane = shop_version(viewer, store, at), lane_of(viewer, store)
    cars = [_car(order, at, lane) for order in orders]
    return Shop(cars, _mates(store, cars, at), bays_of(store), at, version, lane)


def _car(order: RepairOrder, at: datetime, lane: Lane) -> ShopCar:
    jobs = list(order.jobs.all())
    todo = [job for job in jobs if job.is_open]
    checks = (getattr(job, "progress_check", None) for job in todo)
    said = next((check for check in checks if check and check.answered_at), None)
    until = until_of(jobs, said.until if said else None)
    urgency = standing(order, jobs, at, until)
    due = lane.due_at(order) if is_quick(jobs) else None
    return ShopCar(order, jobs, turn_of(order, todo or jobs), urgency, remaining(jobs, at), said, due)


def _mates(store: Store, cars: Sequence[ShopCar], at: datetime) -> list[Mate]:
    people = technicians_of(store)
    abilities = abilities_of(people)
    here = {shift.employee_id: shift for shift in Shift.objects.at(at).filter(store=store)}
    running = Clocking.objects.running().filter(technician__in=people)
    busy = {clock.technician_id: clock.job.order for clock in running.select_related("job__order__vehicle")}
    load: dict[int, timedelta] = {}
    for car in cars:
        for job in car.open_jobs:
            for one in job.assignments.all():
                load[one.technician_id] = load.get(one.technician_id, timedelta()) + left_of(job, at)
    mates = []
    for person in people:
        ability = abilities.get(person.pk, NOTHING)
        skills = sorted(ability.levels.values(), key=lambda held: (-held.level, held.skill.code))
        shift = here.get(person.pk)
        state = BUSY if person.pk in busy else OFF if shift is None else FREE
        if state == FREE and shift and shift.attendance in NOT_HERE:
            state = AWAY
        had = load.get(person.pk, timedelta())
        mates.append(Mate(person, skills, ability, state, busy.get(person.pk), had, shift))
    return mates


def shop_version(viewer: Employee, store: Store, at: datetime) -> str:
    """The version of the page: it changes with each order, question, shift, bay and minute. Four queries."""
    orders = RepairOrder.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(store=store, status__in=SHOWN)
    cars = orders.aggregate(n=Count("pk"), versions=Sum("version"), ids=Sum("pk"))
    shifts = Shift.objects.filter(store=store, day=today_in(store))
    duty = shifts.aggregate(n=Count("pk"), versions=Sum("version"))
    bays = Bay.objects.usable().filter(store=store).count()
    asked = ProgressCheck.objects.filter(order__store=store, order__status__in=SHOWN).count()
    seen = (asked, cars["n"], cars["versions"] or 0, cars["ids"] or 0, duty["n"], duty["versions"] or 0, bays)
    return "-".join(map(str, (*seen, int(at.timestamp()) // 60)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician for one car: `lacks` says why they may not be given its work, `partly` which of its jobs.

    `level` is how well they do what the car needs.
    """

    mate: Mate
    lacks: str
    partly: list[tuple[Job, str]]
    level: int

    @property
    def rank(self) -> tuple[bool, int, int, timedelta]:
        """Who is offered first: fit, free, skilled, with the least to do (WSH-2)."""
        order = {FREE: 0, BUSY: 1, OFF: 2, AWAY: 3}
        return (bool(self.lacks), order[self.mate.state], -self.level, self.mate.load)


def candidates(shop: Shop, car: ShopCar, store: Store) -> list[Candidate]:
    """Every technician of the store for one car, the best first; the unfit last, with the reason."""
    day = today_in(store)
    found = []
    for mate in shop.mates:
        reasons = [(job, lacking(mate.ability, job.operation, day)) for job in car.open_jobs]
        refused = [(job, why) for job, why in reasons if why]
        is_unfit = len(refused) == len(reasons)
        level = max((mate.ability.level_of(job.operation) for job in car.open_jobs), default=0)
        why = refused[0][1] if is_unfit and refused else ""
        found.append(Candidate(mate, why, [] if is_unfit else refused, level))
    return sorted(found, key=lambda one: one.rank)
