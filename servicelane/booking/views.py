"""Bookings as the desk meets them: the day table, one booking, and what becomes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.timeline import yuan
from servicelane.org.changes import changes_of
from servicelane.org.queries import today_in
from servicelane.people.http import StaffRequest, StoreRequest

from . import services
from .forms import AgainForm, BookingForm, CancelForm, ChangeForm, DayForm
from .models import Booking, BookingCancelReason, BookingStatus
from .pages import booking_day
from .panels import panels_of
from .permissions import Perm
from .queries import advisors_of

CANCEL = "booking.cancel"
WORDS = {"amount": yuan}
"""How the facts of a booking are read, beyond the words all records share."""


@STAFF(Perm.SEE_BOOKINGS, scope=HERE)
@require_GET
def bookings(request: StoreRequest) -> HttpResponse:
    """The day table of the current store; `?day=` or today."""
    today = today_in(request.store)
    form = DayForm(request.GET)
    day: date = (form.cleaned_data["day"] if form.is_valid() else None) or today
    context = {
        "page": booking_day(request.employee, request.store, day, today, now()),
        "form": DayForm(initial={"day": day}),
        "may_write": request.employee.may(Perm.WRITE_BOOKINGS, request.store),
    }
    return render(request, "booking/bookings.html", context)


@STAFF(Perm.WRITE_BOOKINGS, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_booking(request: StoreRequest) -> HttpResponse:
    """Take a booking on one page; `?booking=` takes the car of an earlier one, `?day=` fills the day."""
    like = _earlier(request)
    form = _new_form(request, like)
    made = form.attempt(lambda: _book(request, form)) if form.is_bound and form.is_valid() else None
    if made:
        day = form.cleaned_data["comes_on"].isoformat()
        return redirect(f"{reverse('booking:list')}?day={day}#booking-{made.pk}")
    context = {"form": form, "like": like}
    return render(request, "booking/booking_new.html", context, status=422 if form.is_bound else 200)


def _book(request: StoreRequest, form: BookingForm | AgainForm) -> Booking:
    return services.book(request.store, form.booking(), by=request.employee)


def _new_form(request: StoreRequest, like: Booking | None) -> BookingForm | AgainForm:
    asked: dict[str, Any] = {"store": request.store, "advisors": advisors_of(request.store, request.employee)}
    if like:
        if request.method == "POST":
            return AgainForm(request.POST, like=like, **asked)
        return AgainForm.of(like, **asked)
    if request.method == "POST":
        return BookingForm(request.POST, **asked)
    return BookingForm.blank(request.GET.get("day", ""), viewer=request.employee, **asked)


def _earlier(request: StoreRequest) -> Booking | None:
    named = request.GET.get("booking", "")
    if not named.isascii() or not named.isdigit() or len(named) > 18:
        return None
    rows = Booking.objects.visible_to(request.employee, Perm.WRITE_BOOKINGS).filter(store=request.store)
    return rows.with_car().filter(pk=int(named)).first()


@STAFF(Perm.SEE_BOOKINGS, scope=Booking)
@require_GET
def booking(request: StaffRequest, pk: int) -> HttpResponse:
    """One booking: what was agreed, what became of it, what can be done."""
    return page_of(request, _booking(request, pk, Perm.SEE_BOOKINGS))


@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
@require_http_methods(["GET", "POST"])
def change_booking(request: StaffRequest, pk: int) -> HttpResponse:
    """Change time, work, hours, expected delivery or advisor of a booking."""
    shown = _booking(request, pk, Perm.WRITE_BOOKINGS)
    asked: dict[str, Any] = {"store": shown.store, "advisors": advisors_of(shown.store, shown.advisor)}
    form = ChangeForm(request.POST, **asked) if request.method == "POST" else ChangeForm.of(shown, **asked)
    if form.is_bound and form.is_valid():
        services.reschedule(shown, form.times(), by=request.employee, version=form.seen)
        return redirect("booking:booking", shown.pk)
    context = {"booking": shown, "form": form}
    return render(request, "booking/booking_change.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that the customer confirmed the coming."""
    shown = _booking(request, pk, Perm.WRITE_BOOKINGS)
    services.confirm(shown, by=request.employee)
    return redirect("booking:booking", shown.pk)


@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Call a booking off, with the reason."""
    shown = _booking(request, pk, Perm.WRITE_BOOKINGS)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {CANCEL: form})
    entered = form.cleaned_data
    services.cancel(
        shown,
        BookingCancelReason(entered["reason"]),
        by=request.employee,
        note=entered["note"],
        version=form.seen,
    )
    return redirect("booking:booking", shown.pk)


@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
@require_POST
def no_show(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that the customer did not come."""
    shown = _booking(request, pk, Perm.WRITE_BOOKINGS)
    services.no_show(shown, by=request.employee)
    return redirect("booking:booking", shown.pk)


@STAFF(Perm.WRITE_BOOKINGS, scope=Booking)
@require_POST
def arrive(request: StaffRequest, pk: int) -> HttpResponse:
    """Receive a booked car: its order is opened and shown."""
    order = services.arrive(_booking(request, pk, Perm.WRITE_BOOKINGS), by=request.employee)
    return redirect("orders:order", order.pk)


def _booking(request: StaffRequest, pk: int, perm: Perm) -> Booking:
    return get_object_or_404(Booking.objects.visible_to(request.employee, perm).with_car(), pk=pk)


def page_of(request: StaffRequest, shown: Booking, bound: dict[str, Form] | None = None) -> HttpResponse:
    """The page of a booking; `bound` are forms by name that were sent and are not right (422)."""
    may_write = request.employee.may(Perm.WRITE_BOOKINGS, shown.store)
    context = {
        "booking": shown,
        "form": (bound or {}).get(CANCEL) or CancelForm.of(shown),
        "panels": panels_of(request.employee, shown, bound),
        "changes": changes_of(shown, WORDS),
        "may_write": may_write,
        "may_arrive": may_write and shown.can_become(BookingStatus.ARRIVED),
        "may_miss": may_write and shown.is_coming and shown.starts_at <= now(),
    }
    return render(request, "booking/booking.html", context, status=422 if bound else 200)
