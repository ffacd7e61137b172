"""The page of the plan: asked for, watched, cancelled, and answered whole or one by one (WSH-3)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.clock import now
from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest, StoreRequest
from servicelane.schedule.permissions import Perm

from .. import errors, plan_services, planning
from ..free_pages import free_page
from ..models import ShopPlan
from ..plan_forms import DayForm, LinesForm
from ..plan_pages import plan_page, plan_version


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def plan(request: StoreRequest) -> HttpResponse:
    """The last plan as difference to now, and how far the next one is."""
    shown = plan_page(request.employee, request.store, now())
    return render(request, "workshop/plan.html", {"page": shown})


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def plan_live(request: StoreRequest) -> HttpResponse:
    """The live part of the page; 204 while nothing changed."""
    at = now()
    if request.GET.get("v") == plan_version(request.employee, request.store, at):
        return HttpResponse(status=204)
    shown = plan_page(request.employee, request.store, at)
    return render(request, "workshop/_plan.html", {"page": shown})


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_GET
def free(request: StoreRequest) -> HttpResponse:
    """What the workshop can still take on one of the next days, as a part of the page."""
    form = DayForm(request.GET)
    wanted = form.cleaned_data["day"] if form.is_valid() else None
    return render(request, "workshop/_free.html", {"free": free_page(request.store, now(), wanted)})


@STAFF(Perm.ASSIGN_WORK, scope=HERE)
@require_POST
def ask_plan(request: StoreRequest) -> HttpResponse:
    """Ask for a plan of the store."""
    planning.ask(request.store, by=request.employee)
    return redirect("workshop:plan")


@STAFF(Perm.ASSIGN_WORK, scope=ShopPlan)
@require_POST
def cancel_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the making of a plan."""
    planning.cancel(_plan(request, pk), by=request.employee)
    return redirect("workshop:plan")


@STAFF(Perm.ASSIGN_WORK, scope=ShopPlan)
@require_POST
def accept_lines(request: StaffRequest, pk: int) -> HttpResponse:
    """Give out the work of some lines; those that are out of date say so on the page."""
    found = _plan(request, pk)
    answered = plan_services.accept(found, _chosen(request, found), by=request.employee)
    given, stale = len(answered.given), len(answered.stale)
    if given:
        words = ngettext("{n} job is given out as planned.", "{n} jobs are given out as planned.", given)
        messages.success(request, words.format(n=given))
    if stale:
        words = ngettext(
            "{n} proposal was out of date and was not accepted: see why below.",
            "{n} proposals were out of date and were not accepted: see why below.",
            stale,
        )
        messages.warning(request, words.format(n=stale))
    return redirect("workshop:plan")


@STAFF(Perm.ASSIGN_WORK, scope=ShopPlan)
@require_POST
def refuse_lines(request: StaffRequest, pk: int) -> HttpResponse:
    """Refuse some lines; their jobs stay as they are."""
    found = _plan(request, pk)
    plan_services.refuse(found, _chosen(request, found), by=request.employee)
    return redirect("workshop:plan")


def _chosen(request: StaffRequest, plan: ShopPlan) -> list[int]:
    form = LinesForm(request.POST, plan=plan)
    if not form.is_valid():
        raise errors.NoProposalChosen
    chosen: list[int] = form.cleaned_data["lines"]
    return chosen


def _plan(request: StaffRequest, pk: int) -> ShopPlan:
    plans = ShopPlan.objects.visible_to(request.employee, Perm.ASSIGN_WORK)
    return get_object_or_404(plans.select_related("store"), pk=pk)
