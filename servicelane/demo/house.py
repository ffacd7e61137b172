"""One store of the demo while its days pass: its hours, who is on duty, its stock, and its own dice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from servicelane.kernel.clock import now
from servicelane.orders.models import Job, Operation, PartLine, Status
from servicelane.org.models import Bay
from servicelane.org.queries import Hours, local_moment, open_hours, zone_of
from servicelane.parts.models import Part, StockItem
from servicelane.parts.services import receive
from servicelane.people.attendance_services import set_attendance
from servicelane.people.models import AWAY, Attendance, Employee, Shift
from servicelane.schedule.fitness import abilities_of, lacks

from .cast import PARTS
from .crews import Crew


def minutes(count: float) -> timedelta:
    """A span of minutes, in whole seconds."""
    return timedelta(seconds=round(count * 60))


@dataclass(slots=True)
class House:
    """A store with its crew. `seed` is the dealership's; `there` counts the cars of each stage.

    `bays` says which bay the order of a car has taken.
    """

    crew: Crew
    seed: int
    there: Counter[Status] = field(default_factory=Counter)
    bays: dict[int, Bay] = field(default_factory=dict)
    _hours: dict[date, Hours | None] = field(default_factory=dict)
    _duty: dict[date, set[int]] = field(default_factory=dict)

    def draw(self, *what: object) -> Random:
        """Dice of their own for one thing, the same in every run with this seed."""
        return Random(":".join(map(str, (self.seed, self.crew.store.code, *what))))  # noqa: S311 - no secret

    def day(self, at: datetime) -> date:
        """The store's calendar day at a moment."""
        return at.astimezone(zone_of(self.crew.store.pk)).date()

    def clock(self, at: datetime) -> time:
        """What the store's clock shows at a moment."""
        return at.astimezone(zone_of(self.crew.store.pk)).time()

    def hours(self, day: date) -> Hours | None:
        """The opening hours of a day, None when closed; asked once."""
        if day not in self._hours:
            self._hours[day] = open_hours(self.crew.store, day)
        return self._hours[day]

    def closing(self, at: datetime) -> datetime:
        """When the day of `at` ends for those who work; midnight of a day that is closed."""
        day = self.day(at)
        hours = self.hours(day)
        return local_moment(self.crew.store, day, hours.closes if hours else time(0))

    def opening_after(self, at: datetime) -> datetime:
        """The first opening after `at`."""
        day = self.day(at)
        for ahead in range(15):
            hours = self.hours(day + timedelta(days=ahead))
            if hours:
                opens = local_moment(self.crew.store, day + timedelta(days=ahead), hours.opens)
                if opens > at:
                    return opens
        return at + timedelta(days=1)

    def is_open(self, at: datetime) -> bool:
        """Whether the store is open at a moment."""
        hours = self.hours(self.day(at))
        return hours is not None and hours.opens <= self.clock(at) < hours.closes

    def working(self, at: datetime, draw: Random) -> datetime:
        """`at`, or some minutes after the next opening where the store is closed then."""
        return at if self.is_open(at) else self.opening_after(at) + minutes(draw.randint(3, 75))

    def on_duty(self, people: Sequence[Employee]) -> list[Employee]:
        """Those of `people` who have a shift on the day it is now; all of them where nobody has one."""
        day = self.day(now())
        if day not in self._duty:
            shifts = Shift.objects.filter(store=self.crew.store, day=day).exclude(attendance__in=AWAY)
            self._duty = {day: set(shifts.values_list("employee_id", flat=True))}
        return [person for person in people if person.pk in self._duty[day]] or list(people)

    def free(self, people: Sequence[Employee]) -> Employee | None:
        """The first of those on duty whom no car has."""
        return self.crew.free(self.on_duty(people))

    def note_attendance(self, day: date) -> None:
        """Let the dispatcher note who came today; now and then somebody comes late, is ill or on leave."""
        rows = Shift.objects.filter(store=self.crew.store, day=day, attendance="")
        cast = set(PARTS)
        for shift in rows.select_related("employee", "store").order_by("pk"):
            chance = self.draw("came", shift.employee.user_name, day).random()
            what = Attendance.LATE if chance > 0.93 else Attendance.PRESENT
            # The people one signs in as are always here.
            if chance < 0.06 and shift.employee.user_name not in cast:
                what = Attendance.ABSENT if chance < 0.03 else Attendance.LEAVE
            set_attendance(shift, what, by=self.crew.dispatchers[0])
        self._duty.clear()

    def able(self, jobs: Iterable[Job]) -> list[Employee]:
        """The technicians who may be given all open ones of `jobs`; those for the first where nobody may.

        All of them where nobody of the store may: the car must not wait for ever.
        """
        people = self.crew.technicians
        todo = [job for job in jobs if job.is_open and job.operation_id]
        wanted = list(
            Operation.objects.filter(pk__in=[job.operation_id for job in todo]).select_related("skill")
        )
        wanted = [one for one in wanted if one.skill_id or one.certificate]
        if not wanted:
            return people
        known, day = abilities_of(people), self.day(now())
        first = [one for one in wanted if one.pk == todo[0].operation_id]
        for asked in (wanted, first):
            able = [person for person in people if not any(lacks(person, one, day, known) for one in asked)]
            if able:
                return able
        return people

    def leaves(self, order_id: int, technician: Employee | None) -> None:
        """A car leaves the workshop: its technician and its bay are free again."""
        bay = self.bays.pop(order_id, None)
        self.crew.busy -= {technician.pk if technician else 0, -bay.pk if bay else 0}

    def restock(self, only: Part | None = None, quantity: Decimal = Decimal(0)) -> None:
        """Let the clerk receive what is short, or what one car waits for."""
        items = StockItem.objects.filter(store=self.crew.store).select_related("part")
        short = items.filter(part=only) if only else items.filter(is_short=True)
        clerk = (self.crew.clerks or self.crew.managers)[0]
        for item in short.order_by("pk"):
            wanted = quantity + (item.min_quantity or Decimal(1)) * 3
            reference = f"PO-{self.day(now()):%y%m%d}"
            receive(self.crew.store, item.part, wanted, item.unit_cost, by=clerk, reference=reference)


def open_lines(order_id: int) -> list[PartLine]:
    """The part lines of agreed jobs that are not issued in full. One query."""
    lines = PartLine.objects.filter(
        job__order=order_id, job__consent="agreed", job__state__in=("waiting", "running", "paused")
    )
    lines = lines.select_related("job__order__store", "part").order_by("pk")
    return [line for line in lines if line.open_quantity]
