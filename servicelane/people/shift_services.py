"""Writes of planned shifts (PPL-1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from servicelane.kernel.events import record
from servicelane.kernel.versions import drop, rise
from servicelane.org.models import Store
from servicelane.org.queries import zone_of

from . import errors, events
from .guards import By, check_works_here
from .models import Employee, Shift

LONGEST = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Times:
    """When a shift starts and ends (aware), and how many minutes of it are a break."""

    starts: datetime
    ends: datetime
    break_minutes: int = 0


@transaction.atomic
def plan_shift(employee: Employee, store: Store, times: Times, *, by: By) -> Shift:
    """Plan a shift; its day is the store's calendar day at the start.

    Raises HasLeft, NotInThisStore, ShiftBackwards, ShiftTooLong and ShiftOverlaps.
    """
    check_works_here(employee)
    if store.pk not in employee.reach.stores:
        raise errors.NotInThisStore(who=employee, store=store)
    shift = Shift(employee=employee, store=store)
    _put(shift, times)
    shift.save()
    record(events.SHIFT_PLANNED, shift, by=by, **_told(shift))
    return shift


@transaction.atomic
def move_shift(shift: Shift, times: Times, *, by: By, version: int | None = None) -> Shift:
    """Give a shift other times. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile, HasLeft, ShiftBackwards, ShiftTooLong and ShiftOverlaps.
    """
    check_works_here(shift.employee)
    if times == Times(shift.starts, shift.ends, shift.break_minutes):
        return shift
    rise(shift, version)
    _put(shift, times)
    shift.save(update_fields=["day", "starts", "ends", "break_minutes"])
    record(events.SHIFT_MOVED, shift, by=by, **_told(shift))
    return shift


@transaction.atomic
def cancel_shift(shift: Shift, *, by: By) -> None:
    """Take a shift out of the plan. Raises ChangedMeanwhile if it is out already."""
    drop(shift)
    record(events.SHIFT_CANCELLED, shift, by=by, **_told(shift))


def _put(shift: Shift, times: Times) -> None:
    length = times.ends - times.starts
    if length <= timedelta(0) or not timedelta(0) <= timedelta(minutes=times.break_minutes) < length:
        raise errors.ShiftBackwards
    if length > LONGEST:
        raise errors.ShiftTooLong(hours=LONGEST // timedelta(hours=1))
    # The person's row is the lock: of two planners who give the same hours, the second sees the first.
    Employee.objects.select_for_update().values_list("pk").get(pk=shift.employee_id)
    others = Shift.objects.filter(employee_id=shift.employee_id).exclude(pk=shift.pk)
    other = others.overlapping(times.starts, times.ends).select_related("store").first()
    if other:
        zone = zone_of(other.store_id)
        raise errors.ShiftOverlaps(
            who=shift.employee,
            store=other.store,
            day=other.day,
            starts=f"{other.starts.astimezone(zone):%H:%M}",
            ends=f"{other.ends.astimezone(zone):%H:%M}",
        )
    shift.day = times.starts.astimezone(zone_of(shift.store_id)).date()
    shift.starts, shift.ends, shift.break_minutes = times.starts, times.ends, times.break_minutes


def _told(shift: Shift) -> dict[str, Any]:
    return {
        "employee": shift.employee_id,
        "day": shift.day.isoformat(),
        "starts": shift.starts.astimezone(UTC).isoformat(),
        "ends": shift.ends.astimezone(UTC).isoformat(),
    }
