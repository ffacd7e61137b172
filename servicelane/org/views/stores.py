"""The stores of the group: names, brand, time zone, opening hours and exceptional days."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import ANYWHERE, STAFF

from .. import calendar_services, queries, services
from ..changes import changes_of
from ..forms import DayChoice, HoursForm, NewStoreForm, StoreChangeForm, StoreDayForm
from ..http import StaffRequest
from ..models import DayReason, Region, Store
from ..pages import bays_in, coming_days, store_rows
from ..permissions import Perm


@STAFF(Perm.SEE_SETTINGS, scope=ANYWHERE)
@require_GET
def stores(request: StaffRequest) -> HttpResponse:
    """All stores the reader may see, with today's hours and their bays."""
    regions = Region.objects.visible_to(request.employee, Perm.MANAGE_STORES)
    return render(
        request, "org/stores.html", {"rows": store_rows(request.employee), "may_add": regions.exists()}
    )


@STAFF(Perm.MANAGE_STORES, scope=ANYWHERE)
@require_http_methods(["GET", "POST"])
def new_store(request: StaffRequest) -> HttpResponse:
    """Open a store in a region for the whole of which the reader manages stores."""
    regions = Region.objects.visible_to(request.employee, Perm.MANAGE_STORES)
    form = NewStoreForm(request.POST or None, regions=regions)
    if request.method == "POST" and form.is_valid():
        store = services.add_store(form.cleaned_data["region"], form.details(), by=request.employee)
        messages.success(
            request, _("{store} was opened; give it opening hours and bays.").format(store=store)
        )
        return redirect("org:store", store.pk)
    context = {"form": form, "regions": regions.exists()}
    return render(request, "org/store_new.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.SEE_SETTINGS, scope=Store)
@require_GET
def store(request: StaffRequest, pk: int) -> HttpResponse:
    """One store: what is known, when it is open, what was changed."""
    shown = _store(request, pk, Perm.SEE_SETTINGS)
    context = {
        "store": shown,
        "week": queries.usual_hours(shown),
        "days": coming_days(shown),
        "bays": bays_in(shown),
        "changes": changes_of(shown),
        "may_change": request.employee.may(Perm.MANAGE_STORES, shown),
        "may_set_hours": request.employee.may(Perm.MANAGE_CALENDAR, shown),
        "may_see_bays": request.employee.may(Perm.SEE_SETTINGS, shown) and shown == request.store,
    }
    return render(request, "org/store.html", context)


@STAFF(Perm.MANAGE_STORES, scope=Store)
@require_http_methods(["GET", "POST"])
def change_store(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is known about a store."""
    shown = _store(request, pk, Perm.MANAGE_STORES)
    form = StoreChangeForm(request.POST) if request.method == "POST" else StoreChangeForm.of(shown)
    if form.is_bound and form.is_valid():
        details = form.details(form.cleaned_data["closed_on"])
        services.change_store(shown, details, by=request.employee, version=form.seen)
        return redirect("org:store", shown.pk)
    return _form(request, "org/store_change.html", shown, form)


@STAFF(Perm.MANAGE_CALENDAR, scope=Store)
@require_http_methods(["GET", "POST"])
def set_hours(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the usual opening hours of all seven weekdays at once (BKG-2)."""
    shown = _store(request, pk, Perm.MANAGE_CALENDAR)
    if request.method == "POST":
        form = HoursForm(request.POST)
        if form.is_valid():
            calendar_services.set_opening_hours(shown, form.week(), by=request.employee, version=form.seen)
            return redirect("org:store", shown.pk)
    else:
        form = HoursForm.of(shown, queries.usual_hours(shown))
    return _form(request, "org/store_hours.html", shown, form)


@STAFF(Perm.MANAGE_CALENDAR, scope=Store)
@require_http_methods(["GET", "POST"])
def set_day(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the hours of one day that differ from the usual ones (BKG-2)."""
    shown = _store(request, pk, Perm.MANAGE_CALENDAR)
    form = StoreDayForm(request.POST or None)
    if form.is_bound and form.is_valid():
        reason = DayReason(form.cleaned_data["reason"])
        day = form.cleaned_data["day"]
        calendar_services.set_store_day(shown, day, form.hours(), reason, by=request.employee)
        return redirect("org:store", shown.pk)
    return _form(request, "org/store_day.html", shown, form)


@STAFF(Perm.MANAGE_CALENDAR, scope=Store)
@require_POST
def clear_day(request: StaffRequest, pk: int) -> HttpResponse:
    """Give one exceptional day its usual hours back."""
    shown = _store(request, pk, Perm.MANAGE_CALENDAR)
    form = DayChoice(request.POST)
    if form.is_valid():
        calendar_services.clear_store_day(shown, form.cleaned_data["day"], by=request.employee)
    return redirect("org:store", shown.pk)


def _store(request: StaffRequest, pk: int, perm: Perm) -> Store:
    rows = Store.objects.visible_to(request.employee, perm).select_related("region")
    return get_object_or_404(rows, pk=pk)


def _form(request: StaffRequest, template: str, shown: Store, form: object) -> HttpResponse:
    status = 422 if getattr(form, "is_bound", False) else 200
    return render(request, template, {"store": shown, "form": form}, status=status)
