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
from servicelane.people.permissions import Perm as PeoplePerm
from servicelane.schedule.permissions import Perm
from servicelane.schedule.services import Place, dispatch

from ..shop import AWAY, Candidate, Shop, ShopCar, candidates, shop_of, shop_version
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

    @property
    def has_away(self) -> bool:
        """Whether somebody is away today, to whom work goes only with a reason."""
        return any(one.mate.state == AWAY for one in self.offered)


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def shop(request: StoreRequest) -> HttpResponse:
    """The queue, the stages, who is free; `?car=` gives work out, `?lane=done` shows its figure's rows."""
    shown = shop_of(request.employee, request.store, now())
    car = shown.car(request.GET.get("car", ""))
    giving = _giving(shown, car, request.store) if car else None
    context = {
        "shop": shown,
        "giving": giving,
        "shows_lane": request.GET.get("lane") == "done",
        "may_note": request.employee.may(PeoplePerm.PLAN_SHIFTS, request.store),
    }
    return render(request, "workshop/shop.html", context)


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
    person, reason = said["technician"], said["reason"].strip()
    dispatch(order, said["jobs"], [person], place, by=request.employee, version=form.seen, reason=reason)
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
