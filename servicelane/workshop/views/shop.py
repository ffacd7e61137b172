"""The Workshop page: the dispatcher sees the floor and gives the cars to technicians and bays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.models import RepairOrder
from servicelane.orders.views import order_of
from servicelane.org.models import Store
from servicelane.people.http import StaffRequest, StoreRequest
from servicelane.schedule.permissions import Perm
from servicelane.schedule.services import Place, dispatch

from ..shop import Candidate, Shop, ShopCar, candidates, shop_of, shop_version
from ..shop_forms import GiveForm


@dataclass(frozen=True, slots=True)
class Giving:
    """One car whose work is given out: its form, and every technician with why they may not be chosen."""

    car: ShopCar
    form: GiveForm
    offered: list[Candidate]
    chosen_jobs: set[int]
    chosen: int
    taken: dict[int, RepairOrder]
    bays: list[Any]
    chosen_bay: int


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def shop(request: StoreRequest) -> HttpResponse:
    """The queue, the cars by stage, who is free; `?car=` opens the form that gives its work out."""
    shown = shop_of(request.employee, request.store, now())
    car = shown.car(request.GET.get("car", ""))
    giving = _giving(shown, car, request.store) if car else None
    return render(request, "workshop/shop.html", {"shop": shown, "giving": giving})


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def shop_live(request: StoreRequest) -> HttpResponse:
    """The live part of the Workshop page; 204 while nothing changed."""
    at = now()
    if request.GET.get("v") == shop_version(request.employee, request.store, at):
        return HttpResponse(status=204)
    shown = shop_of(request.employee, request.store, at)
    return render(request, "workshop/_shop.html", {"shop": shown})


@STAFF(Perm.ASSIGN_WORK, scope=RepairOrder)
@require_POST
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Give jobs of a car to one technician and bay; who else was on them is taken off."""
    order = order_of(request, pk, Perm.ASSIGN_WORK)
    shown = shop_of(request.employee, order.store, now())
    car = shown.car(pk)
    if car is None:
        messages.info(request, _("There is nothing to give out on this car any more."))
        return redirect("workshop:shop")
    form = _form(shown, car, request.POST)
    if not form.is_valid():
        giving = _giving(shown, car, order.store, form)
        return render(request, "workshop/shop.html", {"shop": shown, "giving": giving}, status=422)
    said = form.cleaned_data
    place = Place(said["bay"])
    dispatch(order, said["jobs"], [said["technician"]], place, by=request.employee, version=form.seen)
    words = {"car": order.vehicle.plate or order.number, "person": said["technician"]}
    messages.success(request, _("%(car)s is given to %(person)s.") % words)
    return redirect("workshop:shop")


def _form(shop: Shop, car: ShopCar, data: Any = None) -> GiveForm:
    people = [mate.person for mate in shop.mates]
    return GiveForm(data, order=car.order, jobs=car.open_jobs, people=people, bays=shop.bays)


def _giving(shop: Shop, car: ShopCar, store: Store, form: GiveForm | None = None) -> Giving:
    """Offer what is not given yet to the best technician; all that is open where everything is given."""
    offered = candidates(shop, car, store)
    team = car.team
    fit = [one.mate.person.pk for one in offered if not one.lacks]
    chosen = team[0].technician_id if team else next(iter(fit), 0)
    ungiven = car.ungiven or car.open_jobs
    return Giving(
        car=car,
        form=form or _form(shop, car),
        offered=offered,
        chosen_jobs={job.pk for job in ungiven},
        chosen=chosen,
        taken=shop.taken,
        bays=shop.bays,
        chosen_bay=car.bay.pk if car.bay else 0,
    )
