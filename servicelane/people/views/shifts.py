"""The shifts of the current store: one week at a time, people by days."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import HERE, STAFF
from servicelane.org.queries import today_in, zone_of

from .. import shift_services
from ..attendance_services import set_attendance, shifts_of_today
from ..forms import AttendanceForm, NewShiftForm, ShiftForm, WeekForm
from ..http import StaffRequest, StoreRequest
from ..models import Attendance, Employee, Shift
from ..pages import shift_week, week_name
from ..permissions import Perm
from ..week_services import copy_week


@STAFF(Perm.SEE_PEOPLE, scope=HERE)
@require_GET
def shifts(request: StoreRequest) -> HttpResponse:
    """The plan of one week; `?week=2026-W48` or this week."""
    form = WeekForm(request.GET)
    form.is_valid()
    context = {
        "week": shift_week(request.store, form.cleaned_data.get("week")),
        "may_plan": request.employee.may(Perm.PLAN_SHIFTS, request.store),
    }
    return render(request, "people/shifts.html", context)


@STAFF(Perm.PLAN_SHIFTS, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_shift(request: StoreRequest) -> HttpResponse:
    """Plan a shift in the current store; `?employee=` and `?day=` fill the form."""
    people = Employee.objects.in_store(request.store).active().by_name()
    given = {name: request.GET[name] for name in ("employee", "day") if name in request.GET}
    form = NewShiftForm(
        request.POST or None, people=people, initial={"day": today_in(request.store), **given}
    )
    if form.is_bound and form.is_valid():
        employee = form.cleaned_data["employee"]
        shift = shift_services.plan_shift(
            employee, request.store, form.times(request.store), by=request.employee
        )
        return _to_week(shift.day)
    context = {"form": form, "back": _week_url(_day_of(given.get("day"), today_in(request.store)))}
    return render(request, "people/shift_new.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.PLAN_SHIFTS, scope=Shift)
@require_http_methods(["GET", "POST"])
def shift(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the times of a planned shift."""
    shown = _shift(request, pk)
    if request.method == "POST":
        form = ShiftForm(request.POST)
        if form.is_valid():
            times = form.times(shown.store)
            shift_services.move_shift(shown, times, by=request.employee, version=form.seen)
            return _to_week(shown.day)
    else:
        zone = zone_of(shown.store_id)
        form = ShiftForm.of(shown, shown.starts.astimezone(zone), shown.ends.astimezone(zone))
    context = {"shift": shown, "form": form, "back": _week_url(shown.day)}
    return render(request, "people/shift.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.PLAN_SHIFTS, scope=Shift)
@require_POST
def cancel_shift(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a shift out of the plan."""
    shown = _shift(request, pk)
    shift_services.cancel_shift(shown, by=request.employee)
    return _to_week(shown.day)


@STAFF(Perm.PLAN_SHIFTS, scope=HERE)
@require_POST
def copy_last_week(request: StoreRequest) -> HttpResponse:
    """Plan a week as the one before was planned; what does not fit is left out and counted."""
    form = WeekForm(request.POST)
    monday = form.cleaned_data.get("week") if form.is_valid() else None
    if monday is None:
        return redirect("people:shifts")
    copied = copy_week(request.store, monday, by=request.employee)
    said = ngettext("{n} shift was planned.", "{n} shifts were planned.", copied.planned).format(
        n=copied.planned
    )
    if copied.left_out:
        said += " " + ngettext(
            "{n} was left out: the person works elsewhere then, or has no role here any more.",
            "{n} were left out: the people work elsewhere then, or have no role here any more.",
            copied.left_out,
        ).format(n=copied.left_out)
    (messages.success if copied.planned else messages.info)(request, said)
    return _to_week(monday)


@STAFF(Perm.PLAN_SHIFTS, scope=HERE)
@require_GET
def attendance(request: StoreRequest) -> HttpResponse:
    """Who is planned today, and whether they came."""
    rows = shifts_of_today(request.store)
    context = {"rows": rows, "choices": Attendance.choices, "day": today_in(request.store)}
    return render(request, "people/attendance.html", context)


@STAFF(Perm.PLAN_SHIFTS, scope=Shift)
@require_POST
def note_attendance(request: StaffRequest, pk: int) -> HttpResponse:
    """Note whether the person of a shift came."""
    shown = _shift(request, pk)
    form = AttendanceForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        what = Attendance(said["attendance"])
        set_attendance(shown, what, by=request.employee, note=said["note"], version=form.seen)
    return redirect("people:attendance")


def _shift(request: StaffRequest, pk: int) -> Shift:
    rows = Shift.objects.visible_to(request.employee, Perm.PLAN_SHIFTS)
    return get_object_or_404(rows.select_related("employee", "store"), pk=pk)


def _week_url(day: date) -> str:
    return f"{reverse('people:shifts')}?week={week_name(day)}"


def _to_week(day: date) -> HttpResponse:
    return redirect(_week_url(day))


def _day_of(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise
