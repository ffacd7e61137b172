"""A store's workshop as the planner takes it: who is here when, which cars with which work (WSH-3).

What a person decided stays: running work, and who was put on a job by hand. What an earlier plan proposed and
somebody accepted may move, as little as it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from math import ceil

from django.db.models import Prefetch, QuerySet

from servicelane.booking.models import COMING, Booking
from servicelane.orders.models import Consent, Hold, Job, JobState, RepairOrder, Status, WorkType
from servicelane.org.models import BayKind, Store
from servicelane.org.queries import local_moment, open_hours, today_in
from servicelane.people.models import AWAY, Employee, Shift
from servicelane.schedule.fitness import ALONE, NOTHING, Ability, abilities_of
from servicelane.schedule.floor import FloorDay, LeftOut, reads_floor
from servicelane.schedule.models import Assignment
from servicelane.schedule.planner import days
from servicelane.schedule.planner.days import both
from servicelane.schedule.queries import bays_of, technicians_of

from .lane import is_quick
from .models import Clocking
from .priority import Turn, turn_of
from .risk import left_of

DAYS = 4
"""Today and the days after it on which work may be planned."""
LEAST = 5
"""Minutes that a job takes at least from now on, however long it has run."""
STILL_COMES = timedelta(minutes=30)
"""How long after its time a booked car is still counted on."""
PIECE = 60
"""Minutes of one piece of a job that no window holds whole."""
MOST = 200
"""Cars of one plan."""
UNPROMISED = 100_000
"""A promise later than any minute of a plan."""
BODY = {WorkType.BODY_PAINT, WorkType.ACCIDENT}
PLANNED = (Status.AGREED, Status.IN_WORK)

Span = tuple[int, int]


def floor_day(store: Store, at: datetime) -> FloorDay:
    """Read what there is to plan in a store. Eleven queries, three more for each day without shifts."""
    return _Reader(store, at).read(_orders(store, at))


@reads_floor
def whole_load(store: Store, at: datetime, asked: RepairOrder | None) -> FloorDay:
    """Read what keeps the workshop busy: what is to be planned, booked cars, and one that is asked for.

    The last stands as if its open jobs were agreed and nothing held it up. Three queries more than
    `floor_day` at most.
    """
    orders = [order for order in _orders(store, at) if asked is None or order.pk != asked.pk]
    reader = _Reader(store, at)
    coming = Booking.objects.filter(
        store=store,
        status__in=COMING,
        starts_at__gte=at - STILL_COMES,
        starts_at__lt=reader.origin + timedelta(days=DAYS),
    ).exclude(minutes=timedelta())
    if asked:
        orders.append(_rows(consent__in=(Consent.AGREED, Consent.NEW)).get(pk=asked.pk))
    return reader.read(orders, coming.order_by("starts_at", "pk")[:MOST], asked)


def _orders(store: Store, at: datetime) -> Iterable[RepairOrder]:
    rows = _rows(consent=Consent.AGREED).filter(store=store, status__in=PLANNED)
    return rows.order_by("promised_at", "pk")[:MOST]


def _rows(**which: object) -> QuerySet[RepairOrder]:
    clocks = Clocking.objects.select_related("technician", "bay")
    team = Assignment.objects.current().select_related("technician", "bay")
    jobs = (
        Job.objects.filter(**which)
        .exclude(state=JobState.DROPPED)
        .select_related("operation__skill")
        .prefetch_related(Prefetch("clockings", clocks), Prefetch("assignments", team))
    )
    rows = RepairOrder.objects.with_car().prefetch_related(Prefetch("jobs", jobs))
    return rows.prefetch_related(Prefetch("holds", Hold.objects.filter(ended_at=None)))


class _Reader:
    def __init__(self, store: Store, at: datetime) -> None:
        self.store, self.at = store, at
        self.origin = local_moment(store, today_in(store), time(0))
        self.now = self._minute(at)
        self.people = {str(person.pk): person for person in technicians_of(store)}
        self.places = {str(bay.pk): bay for bay in bays_of(store)}
        self.abilities = abilities_of(self.people.values())
        self.windows = windows_of(store, self.people.values(), at)
        self.jobs: dict[str, Job] = {}
        self.orders: dict[str, RepairOrder] = {}
        self.left: list[LeftOut] = []
        self.settled: list[days.Assignment] = []
        self.before: list[days.Assignment] = []
        self.extra_bays: list[days.Bay] = []
        self.held: set[str] = set()
        self.asked: int | None = None

    def read(
        self,
        orders: Iterable[RepairOrder],
        coming: Iterable[Booking] = (),
        asked: RepairOrder | None = None,
    ) -> FloorDay:
        self.asked = asked.pk if asked else None
        found = [(order, [job for job in order.jobs.all() if job.is_open]) for order in orders]
        found = [(order, jobs) for order, jobs in found if jobs]
        # Running cars first: they hold their bays and people.
        found.sort(key=lambda one: all(not _running(job) for job in one[1]))
        cars = [car for order, jobs in found if (car := self._car(order, jobs))]
        cars += [self._booked(booking) for booking in coming]
        technicians = tuple(self._technician(pk, person) for pk, person in self.people.items())
        bays = (*(days.Bay(pk, bay.kind) for pk, bay in self.places.items()), *self.extra_bays)
        whole = days.Day(technicians, bays, tuple(cars), tuple(self.settled), tuple(self.before))
        made = FloorDay(
            self.origin, self.at, whole, self.jobs, self.people, self.places, self.orders, self.left
        )
        made.check()
        return made

    def _minute(self, at: datetime) -> int:
        return ceil((at - self.origin) / timedelta(minutes=1))

    def _technician(self, pk: str, person: Employee) -> days.Technician:
        ability: Ability = self.abilities.get(person.pk, NOTHING)
        skills = {str(skill): int(held.level) for skill, held in ability.levels.items()}
        today = today_in(self.store)
        papers = frozenset(kind for kind, last in ability.papers.items() if last >= today)
        return days.Technician(pk, {"": 1, **skills}, tuple(self.windows.get(pk, ())), papers)

    def _car(self, order: RepairOrder, jobs: list[Job]) -> days.Car | None:
        running = [job for job in jobs if _running(job)]
        operations = [self._run(order, running)] if running else []
        holds = [] if order.pk == self.asked else list(order.holds.all())
        if holds and len(jobs) > len(running):
            self.left.append(LeftOut(order, "waits", str(holds[0].reason)))
        if holds and not running:
            return None
        if not holds:
            waiting = sorted(
                (job for job in jobs if job not in running),
                key=lambda job: (job.state != JobState.PAUSED, job.position),
            )
            operations += [one for job in waiting for one in self._pieces(job)]
        key = str(order.pk)
        self.orders[key] = order
        turn = turn_of(order, jobs)
        promised = self._minute(order.promised_at) if order.promised_at else UNPROMISED
        return days.Car(
            id=key,
            priority=turn.name.lower(),
            weight=weight_of(turn),
            arrival=self.now,
            promised=promised,
            bay_kind="",
            operations=tuple(operations),
            bays=self._bays(order, jobs),
        )

    def _booked(self, booking: Booking) -> days.Car:
        """A car that is still to come: as much work as was booked, for anybody, from its arrival on."""
        minutes = max(LEAST, booking.minutes // timedelta(minutes=1))
        arrival, name = max(self.now, self._minute(booking.starts_at)), f"booked-{booking.pk}"
        due = booking.expected_delivery_at
        longest = max((end - start for spans in self.windows.values() for start, end in spans), default=0)
        count = 1 if minutes <= longest or not longest else ceil(minutes / min(PIECE, longest))
        return days.Car(
            id=name,
            priority=Turn.BOOKED.name.lower(),
            weight=weight_of(Turn.BOOKED),
            arrival=arrival,
            promised=self._minute(due) if due else UNPROMISED,
            bay_kind="",
            operations=tuple(
                days.Operation(
                    f"{name}.{number}",
                    "",
                    0,
                    minutes // count + (number < minutes % count),
                    continues=number > 0,
                )
                for number in range(count)
            ),
            bays=self._bays_for(is_body=booking.work_type in BODY, is_quick=False),
        )

    def _run(self, order: RepairOrder, running: Sequence[Job]) -> days.Operation:
        """The running work of a car as one settled operation; further clocks keep their people busy."""
        name, minutes = f"run-{order.pk}", 0
        clocks = [(self._left(job), clock) for job in running for clock in _running(job)]
        clocks.sort(key=lambda one: -one[0])
        minutes, first = clocks[0]
        who = str(first.technician_id)
        self.people.setdefault(who, first.technician)
        bay = str(first.bay_id) if first.bay_id else ""
        if bay not in self.places or bay in self.held:
            bay = self._own_bay(order)
        self.held.add(bay)
        start = max([self.now, *(row.end for row in self.settled if row.technician == who)])
        self.settled.append(days.Assignment(name, who, bay, start, start + minutes))
        for busy, clock in clocks[1:]:
            other = str(clock.technician_id)
            self.windows[other] = without(self.windows.get(other, []), self.now, self.now + busy)
        return days.Operation(name, "", 0, minutes)

    def _own_bay(self, order: RepairOrder) -> str:
        name = f"own-{order.pk}"
        if all(bay.id != name for bay in self.extra_bays):
            self.extra_bays.append(days.Bay(name, ""))
        return name

    def _left(self, job: Job) -> int:
        return max(LEAST, ceil(left_of(job, self.at) / timedelta(minutes=1)))

    def _pieces(self, job: Job) -> list[days.Operation]:
        """A job as one operation, or as equal pieces for the same hands where no window holds it whole.

        Two whom somebody put on it do it together, each half of what is left of it.
        """
        minutes, kept = self._left(job), self._kept_for(job)
        two = self._two_on(job)
        if two:
            minutes, kept = max(LEAST, ceil(minutes / 2)), frozenset(two)
        operation = job.operation
        skill = str(operation.skill_id) if operation and operation.skill_id else ""
        certificate = operation.certificate if operation else ""
        spans = [self.windows.get(pk, []) for pk in kept or self.windows]
        if two:
            spans = [list(both(*spans))]
        longest = max((end - start for windows in spans for start, end in windows), default=0)
        count = 1 if minutes <= longest or not longest else ceil(minutes / min(PIECE, longest))
        sizes = [minutes // count + (number < minutes % count) for number in range(count)]
        names = [str(job.pk) if not number else f"{job.pk}.{number + 1}" for number in range(count)]
        self.jobs.update(dict.fromkeys(names, job))
        if count == 1:
            self._note_plan(job, names[0], minutes)
        return [
            days.Operation(
                name,
                skill,
                int(ALONE) if skill else 0,
                size,
                0,
                certificate,
                technicians=kept,
                continues=number > 0,
                people=2 if two else 1,
            )
            for number, (name, size) in enumerate(zip(names, sizes, strict=True))
        ]

    def _note_plan(self, job: Job, name: str, minutes: int) -> None:
        for one in job.assignments.all():
            if one.planned_start and one.bay_id:
                start = self._minute(one.planned_start)
                row = days.Assignment(name, str(one.technician_id), str(one.bay_id), start, start + minutes)
                self.before.append(row)
                return

    def _kept_for(self, job: Job) -> frozenset[str]:
        """Who alone is to do a job: who began it, or whom somebody put on it by hand, while they are here."""
        began = [str(clock.technician_id) for clock in job.clockings.all()]
        given = [str(one.technician_id) for one in job.assignments.all() if one.planned_start is None]
        return frozenset(pk for pk in (*began[-1:], *given) if self.windows.get(pk))

    def _two_on(self, job: Job) -> tuple[str, ...]:
        """The first two whom somebody put on a job and who are both here at some time; else nobody."""
        given = dict.fromkeys(str(one.technician_id) for one in job.assignments.all())
        here = [pk for pk in given if self.windows.get(pk)][:2]
        if len(here) < 2 or not both(self.windows[here[0]], self.windows[here[1]]):
            return ()
        return tuple(here)

    def _bays(self, order: RepairOrder, jobs: Sequence[Job]) -> frozenset[str]:
        """Where a car may be: where it stands, where somebody put it by hand, else where its work is done."""
        stands = [
            str(clock.bay_id) for job in order.jobs.all() for clock in job.clockings.all() if clock.bay_id
        ]
        for row in self.settled:
            if row.operation == f"run-{order.pk}":
                return frozenset({row.bay})
        if stands and stands[-1] in self.places:
            return frozenset({stands[-1]})
        given = [
            str(one.bay_id)
            for job in jobs
            for one in job.assignments.all()
            if one.bay_id and one.planned_start is None
        ]
        if given and given[0] in self.places:
            return frozenset({given[0]})
        is_body = any(job.work_type in BODY for job in jobs)
        return self._bays_for(is_body=is_body, is_quick=is_quick(jobs)) or frozenset({self._own_bay(order)})

    def _bays_for(self, *, is_body: bool, is_quick: bool) -> frozenset[str]:
        """The bays of the kind that work asks for, any where there is none of it."""
        kinds = {BayKind.GENERAL, BayKind.LIFT}
        if is_body:
            kinds = {BayKind.BODY, BayKind.PAINT_BOOTH}
        elif is_quick:
            kinds.add(BayKind.QUICK_SERVICE)
        return frozenset([pk for pk, bay in self.places.items() if bay.kind in kinds] or self.places)


def weight_of(turn: Turn) -> int:
    """What a minute after the promise counts: 6 for a campaign, 1 for who came first (WSH-2)."""
    return 7 - int(turn)


def windows_of(store: Store, people: Iterable[Employee], at: datetime) -> dict[str, list[Span]]:
    """When each technician is at work from a moment on, in minutes after today's midnight, by id.

    Shifts of people who are not away, each with its break in the middle; the opening hours for everybody
    where the store plans no shifts at all on these days.
    """
    origin = local_moment(store, today_in(store), time(0))
    now = ceil((at - origin) / timedelta(minutes=1))
    end = origin + timedelta(days=DAYS)
    ids = [person.pk for person in people]
    found: dict[str, list[Span]] = {str(pk): [] for pk in ids}
    shifts = list(Shift.objects.filter(store=store, starts__lt=end, ends__gt=at).order_by("starts", "pk"))
    mine = [shift for shift in shifts if str(shift.employee_id) in found]
    for shift in mine:
        if shift.attendance not in AWAY:
            starts, ends = (
                (moment - origin) // timedelta(minutes=1) for moment in (shift.starts, shift.ends)
            )
            windows = found[str(shift.employee_id)]
            for span in _around_break(starts, ends, shift.break_minutes):
                last = windows[-1][1] if windows else now
                begins = max(span[0], last, now)
                if span[1] > begins:
                    windows.append((begins, span[1]))
    if not mine:
        for ahead in range(DAYS):
            hours = open_hours(store, today_in(store) + timedelta(days=ahead))
            if hours:
                first = max(now, ahead * 1440 + hours.opens.hour * 60 + hours.opens.minute)
                last = ahead * 1440 + hours.closes.hour * 60 + hours.closes.minute
                for windows in found.values() if last > first else ():
                    windows.append((first, last))
    return found


def _around_break(starts: int, ends: int, minutes: int) -> list[Span]:
    if not minutes or ends - starts <= minutes:
        return [(starts, ends)]
    middle = (starts + ends - minutes) // 2 // 15 * 15
    return [(starts, middle), (middle + minutes, ends)]


def without(windows: Iterable[Span], start: int, end: int) -> list[Span]:
    """What is left of windows beside [start, end)."""
    parts = [
        part for opens, closes in windows for part in ((opens, min(closes, start)), (max(opens, end), closes))
    ]
    return [(opens, closes) for opens, closes in parts if opens < closes]


def _running(job: Job) -> list[Clocking]:
    return [clock for clock in job.clockings.all() if clock.ended_at is None]
