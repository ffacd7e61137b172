"""The desk: who waits, a car without a booking, and the steps on the order page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.booking.permissions import Perm as BookingPerm
from servicelane.booking.queries import advisors_of
from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders import order_services, photo_services
from servicelane.orders.documents import printed
from servicelane.orders.errors import NotAPhoto
from servicelane.orders.forms import OrderForm, PictureForm
from servicelane.orders.models import RepairOrder, Shows, Status
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.orders.photo_services import photos_of
from servicelane.orders.views import answer, order_of
from servicelane.org.queries import today_in
from servicelane.people.http import StaffRequest, StoreRequest

from . import greeting_services, services
from .effort import SHOWN_DAYS, Effort, efforts_of
from .forms import CheckInForm, HandOverForm, WalkAroundForm, WalkInForm
from .pages import at_the_car, calls_for
from .pages import queue as arrivals
from .permissions import Perm
from .printed import walk_around


@STAFF(Perm.GREET, scope=HERE)
@require_GET
def queue(request: StoreRequest) -> HttpResponse:
    """Cars that stand here unreceived, and the booked ones still to come today."""
    person = request.employee
    context = {
        "queue": arrivals(person, request.store, now()),
        "may_receive": person.may(Perm.RECEIVE, request.store),
        "may_stand_in": calls_for(person, request.store) is not None,
        "may_arrive": request.employee.may(BookingPerm.WRITE_BOOKINGS, request.store),
    }
    return render(request, "reception/queue.html", context)


@STAFF(Perm.GREET, scope=RepairOrder)
@require_POST
def greet(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that one goes to the customer of a car that waits."""
    greeting_services.greet(order_of(request, pk, Perm.GREET), by=request.employee)
    return redirect("reception:queue")


@STAFF(Perm.RECEIVE, scope=HERE)
@require_POST
def call_stand_ins(request: StoreRequest) -> HttpResponse:
    """Call whoever may stand in at this desk."""
    greeting_services.call_stand_ins(request.store, by=request.employee)
    return redirect("reception:queue")


@STAFF(Perm.RECEIVE, scope=HERE)
@require_POST
def end_call(request: StoreRequest) -> HttpResponse:
    """End the call for stand-ins."""
    greeting_services.end_call(request.store, by=request.employee)
    return redirect("reception:queue")


@STAFF(Perm.STAND_IN, scope=HERE)
@require_POST
def come(request: StoreRequest) -> HttpResponse:
    """Note that one comes to stand in."""
    greeting_services.come(request.store, by=request.employee)
    return redirect("reception:queue")


@STAFF(Perm.RECEIVE, scope=HERE)
@require_http_methods(["GET", "POST"])
def walk_in(request: StoreRequest) -> HttpResponse:
    """Open the order of a car that came without a booking."""
    asked: dict[str, Any] = {"store": request.store, "advisors": advisors_of(request.store, request.employee)}
    form = WalkInForm(request.POST or None, initial={"advisor": request.employee.pk}, **asked)
    order = form.attempt(lambda: _open(request, form)) if form.is_bound and form.is_valid() else None
    if order:
        return redirect("orders:order", order.pk)
    return render(request, "reception/walk_in.html", {"form": form}, status=422 if form.is_bound else 200)


def _open(request: StoreRequest, form: WalkInForm) -> RepairOrder:
    cost = Effort.read(form.cleaned_data["effort"] or "")
    return services.walk_in(request.store, form.walk_in(), by=request.employee, cost=cost)


@STAFF(Perm.RECEIVE, scope=HERE)
@require_GET
def effort(request: StoreRequest) -> HttpResponse:
    """How many fields, clicks and seconds it takes to open an order here, by role."""
    role = request.GET.get("role", "")
    context = {
        "efforts": efforts_of(request.store, today_in(request.store), role),
        "role": role,
        "days": SHOWN_DAYS,
    }
    return render(request, "reception/effort.html", context)


@STAFF(Perm.RECEIVE, scope=RepairOrder)
@require_http_methods(["GET", "POST"])
def check_in(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the car over: odometer, fuel, papers, belongings, key tag, words, signature.

    A GET draws the check-in in steps for a tablet at the car, or the order page once that is done; its form
    brings the damage marks. The short form of the order page comes without them.
    """
    order = order_of(request, pk, Perm.RECEIVE)
    if request.method == "GET":
        if order.status != Status.ARRIVED:
            return answer(request, order)
        return _at_the_car(request, WalkAroundForm.of(order))
    if "marks" not in request.POST:
        form = CheckInForm(request.POST, order=order)
        if not form.is_valid():
            return answer(request, order, {"reception.check_in": form})
        services.check_in(order, form.seen_at_the_car(), by=request.employee, version=form.seen)
        return redirect("orders:order", order.pk)
    walk = WalkAroundForm(request.POST, order=order)
    if not walk.is_valid():
        return _at_the_car(request, walk)
    seen, marks = walk.seen_at_the_car(), walk.cleaned_data["marks"]
    services.check_in(order, seen, marks=marks, by=request.employee, version=walk.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.RECEIVE, scope=RepairOrder)
@require_POST
def damage_photo(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a photo of a damage while the car is being checked in; what is typed there stays as it is."""
    order = order_of(request, pk, Perm.RECEIVE)
    form = PictureForm(request.POST, request.FILES, order=order)
    if not form.is_valid():
        raise NotAPhoto()
    photo_services.add_photo(order, form.cleaned_data["photo"], Shows.DAMAGE, by=request.employee)
    if not request.headers.get("HX-Request"):
        return redirect("reception:check_in", order.pk)
    # Who saw what stood before the photo has seen what stands now; whoever did not is still told at the end.
    is_newest = form.seen == order.version - 1
    context = {
        "order": order,
        "photos": photos_of(order, Shows.DAMAGE),
        "version": order.version if is_newest else form.seen,
        "is_newest": is_newest,
    }
    return render(request, "reception/_walk_photos_news.html", context)


def _at_the_car(request: StaffRequest, form: WalkAroundForm) -> HttpResponse:
    page = at_the_car(form.order, request.employee)
    photos = photos_of(form.order, Shows.DAMAGE)
    context = {"form": form, "order": form.order, "page": page, "photos": photos}
    return render(request, "reception/check_in.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.RECEIVE, scope=RepairOrder)
@require_POST
def belongings(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that all belongings were seen back in the car."""
    order = order_of(request, pk, Perm.RECEIVE)
    form = OrderForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"reception.belongings": form})
    order_services.belongings_back(order, by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.HAND_OVER, scope=RepairOrder)
@require_POST
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the car back to the customer."""
    order = order_of(request, pk, Perm.HAND_OVER)
    form = HandOverForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"reception.hand_over": form})
    services.hand_over(order, form.told(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def walk_around_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """Belongings and walk-around to sign (F14)."""
    order = order_of(request, pk, OrdersPerm.SEE_ORDERS)
    return printed(request, request.employee, lambda: walk_around(order))
