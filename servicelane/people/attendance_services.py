"""Who came: the attendance of planned shifts (PPL-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from servicelane.kernel.events import record
from servicelane.kernel.versions import rise
from servicelane.org.models import Store
from servicelane.org.queries import today_in

from . import errors, events
from .guards import By
from .models import AWAY, Attendance, Employee, Shift


@transaction.atomic
def set_attendance(
    shift: Shift, attendance: Attendance, *, by: By, note: str = "", version: int | None = None
) -> Shift:
    """Note whether the person of a shift came; the same again records nothing.

    Raises ShiftNotBegun for a later day, where only leave is known, and ChangedMeanwhile.
    """
    if attendance != Attendance.LEAVE and shift.day > today_in(shift.store):
        raise errors.ShiftNotBegun(who=shift.employee, day=shift.day)
    if shift.attendance == attendance:
        return shift
    rise(shift, version)
    was, shift.attendance = shift.attendance, attendance
    shift.save(update_fields=["attendance"])
    record(
        events.ATTENDANCE_SET, shift, by=by, note=note.strip()[:200],
        employee=shift.employee_id, day=shift.day.isoformat(), attendance=str(attendance), was=was,
    )  # fmt: skip
    return shift


def shifts_of_today(store: Store) -> list[Shift]:
    """The shifts of the store's day with their people, by start and name. One query."""
    rows = Shift.objects.filter(store=store, day=today_in(store)).select_related("employee", "store")
    return list(rows.order_by("starts", "employee__sort_key", "pk"))


def is_away(person: Employee, store: Store, at: datetime) -> bool:
    """Whether a person is noted absent or on leave in a shift that runs at a moment. One query."""
    return Shift.objects.at(at).filter(employee=person, store=store, attendance__in=AWAY).exists()


def away_from(store: Store, at: datetime) -> dict[int, str]:
    """Who is noted absent or on leave in a shift of `store` at a moment: the word by id. One query."""
    rows = Shift.objects.at(at).filter(store=store, attendance__in=AWAY)
    return {row.employee_id: str(row.get_attendance_display()) for row in rows}
