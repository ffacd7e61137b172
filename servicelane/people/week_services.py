"""Planning a whole week of shifts from the one before (PPL-1)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from servicelane.org.models import Store
from servicelane.org.queries import zone_of

from .guards import By
from .models import Employee, Shift
from .shift_services import Times, plan_shift

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Copied:
    """How many shifts were planned, and how many were left out because they did not fit."""

    planned: int
    left_out: int


@transaction.atomic
def copy_week(store: Store, monday: date, *, by: By) -> Copied:
    """Plan the week of `monday` in `store` as the week before was planned, at the same times of day.

    Left out is who works there no more, and a shift that meets one planned already, so a second
    call plans nothing. Raises as `plan_shift` only when somebody else plans the same people meanwhile.
    """
    zone = zone_of(store.pk)
    here = {person.pk: person for person in Employee.objects.in_store(store).active()}
    last_week = Shift.objects.filter(store=store, day__gte=monday - WEEK, day__lt=monday)
    planned = left_out = 0
    for shift in last_week.order_by("starts", "pk"):
        times = Times(_later(shift.starts, zone), _later(shift.ends, zone), shift.break_minutes)
        person = here.get(shift.employee_id)
        if person is None or _is_taken(person, times):
            left_out += 1
            continue
        plan_shift(person, store, times, by=by)
        planned += 1
    return Copied(planned, left_out)


def _later(at: datetime, zone: object) -> datetime:
    # By the wall clock, which a change to summer time does not move.
    local = at.astimezone(zone)  # type: ignore[arg-type]
    return datetime.combine(local.date() + WEEK, local.timetz())


def _is_taken(person: Employee, times: Times) -> bool:
    return Shift.objects.filter(employee=person).overlapping(times.starts, times.ends).exists()
