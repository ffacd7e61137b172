"""Vehicles' files: one vehicle, new, change, odometer, and the people of a vehicle."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import STAFF
from servicelane.org.changes import changes_of
from servicelane.org.queries import today_in
from servicelane.people.http import StaffRequest

from .. import party_services, vehicle_services
from ..forms import OdometerForm, PartyForm, VehicleForm
from ..models import Customer, PartyRole, Vehicle, VehicleParty
from ..pages import people_of, words_of_facts
from ..panels import panels_of_vehicle
from ..permissions import Perm
from ..queries import working_store
from ..visitor_services import person_for
from .customers import visible as visible_customer


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Customer)
@require_http_methods(["GET", "POST"])
def new_vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a vehicle to a customer, who is its owner."""
    owner = visible_customer(request, pk, Perm.CHANGE_CUSTOMERS)
    store = working_store(request.employee, request.store, Customer.objects.filter(pk=owner.pk))
    form = VehicleForm(request.POST or None)
    if form.is_bound and form.is_valid():
        details = form.details()
        added = form.attempt(
            lambda: vehicle_services.add_vehicle(store, details, owner=owner, by=request.employee)
        )
        if added:
            return redirect("customers:vehicle", added.pk)
    context = {"form": form, "customer": owner}
    return render(request, "customers/vehicle_new.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.SEE_CUSTOMERS, scope=Vehicle)
@require_GET
def vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """One vehicle: plate, identity, people, maintenance, changes, and panels of higher apps."""
    shown = visible(request, pk, Perm.SEE_CUSTOMERS)
    context = {
        "vehicle": shown,
        "people": people_of(shown, request.employee),
        "panels": panels_of_vehicle(request.employee, shown, request.store),
        "changes": changes_of(shown, words_of_facts()),
        "is_due": shown.is_due(today_in(request.store)),
        "odometer": OdometerForm(),
        "may_change": Vehicle.objects.visible_to(request.employee, Perm.CHANGE_CUSTOMERS)
        .filter(pk=shown.pk)
        .exists(),
    }
    return render(request, "customers/vehicle.html", context)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Vehicle)
@require_http_methods(["GET", "POST"])
def change_vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is known about a vehicle."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    form = VehicleForm(request.POST) if request.method == "POST" else VehicleForm.of(shown)
    if form.is_bound and form.is_valid():
        details = form.details(shown)
        saved = form.attempt(
            lambda: vehicle_services.change_vehicle(shown, details, by=request.employee, version=form.seen)
        )
        if saved:
            return redirect("customers:vehicle", shown.pk)
    context = {"form": form, "vehicle": shown}
    return render(request, "customers/vehicle_change.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Vehicle)
@require_POST
def note_odometer(request: StaffRequest, pk: int) -> HttpResponse:
    """Note the odometer as it was read today."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    form = OdometerForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "vehicle": shown}
        return render(request, "customers/odometer.html", context, status=422)
    vehicle_services.note_odometer(shown, form.cleaned_data["km"], by=request.employee)
    return redirect("customers:vehicle", shown.pk)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Vehicle)
@require_http_methods(["GET", "POST"])
def add_party(request: StaffRequest, pk: int) -> HttpResponse:
    """Say who else owns, drives or pays for a vehicle; whoever has the mobile already is taken."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    store = working_store(
        request.employee, request.store, Customer.objects.filter(parties__vehicle=shown, parties__until=None)
    )
    form = PartyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        person = form.attempt(
            lambda: person_for(
                store, said["name"], said["mobile"], reason=said["mobile_reason"], by=request.employee
            )
        )
        if person:
            role = PartyRole(said["party"])
            if role is PartyRole.OWNER:
                party_services.change_owner(shown, person, by=request.employee, store=store)
            else:
                party_services.add_party(shown, person, role, by=request.employee)
            return redirect("customers:vehicle", shown.pk)
    context = {"form": form, "vehicle": shown}
    return render(request, "customers/party_new.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Vehicle)
@require_POST
def end_party(request: StaffRequest, pk: int, party: int) -> HttpResponse:
    """Say that a driver or payer is one no more."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    seats = VehicleParty.objects.exclude(role=PartyRole.OWNER)
    party_services.end_party(get_object_or_404(seats, pk=party, vehicle=shown), by=request.employee)
    return redirect("customers:vehicle", shown.pk)


def visible(request: StaffRequest, pk: int, perm: Perm) -> Vehicle:
    """Return the vehicle of a path, or answer 404 to a reader without `perm` over the file."""
    return get_object_or_404(Vehicle.objects.visible_to(request.employee, perm), pk=pk)
