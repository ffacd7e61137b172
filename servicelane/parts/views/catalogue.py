"""The group's catalogue as a store meets it: a new part, a changed one, and where it is kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest, StoreRequest

from .. import catalogue_services as services
from ..forms import KeepForm, NewPartForm, PartForm, PlaceForm
from ..models import StockItem
from ..permissions import Perm
from .stock import answer, visible


@STAFF(Perm.MANAGE_CATALOGUE, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_part(request: StoreRequest) -> HttpResponse:
    """Add a part to the group's catalogue and keep it in the current store."""
    group = request.store.region.group
    form = NewPartForm(request.POST or None, group=group)
    if form.is_bound and form.is_valid():
        part = services.add_part(group, form.details(), by=request.employee)
        item = services.place_part(request.store, part, form.place(), by=request.employee)
        messages.success(
            request, _("{number} is in the catalogue; book in what is there.").format(number=part)
        )
        return redirect("parts:item", item.pk)
    return render(request, "parts/new.html", {"form": form}, status=422 if form.is_bound else 200)


@STAFF(Perm.MANAGE_CATALOGUE, scope=HERE)
@require_http_methods(["GET", "POST"])
def keep(request: StoreRequest) -> HttpResponse:
    """Keep a part of the group's catalogue in the current store from now on."""
    form = KeepForm(
        request.POST or None,
        group=request.store.region.group,
        initial={"number": request.GET.get("number", "")[:40]},
    )
    if form.is_bound and form.is_valid():
        part = form.cleaned_data["number"]
        item = services.place_part(request.store, part, form.place(), by=request.employee)
        return redirect("parts:item", item.pk)
    return render(request, "parts/keep.html", {"form": form}, status=422 if form.is_bound else 200)


@STAFF(Perm.MANAGE_CATALOGUE, scope=StockItem)
@require_http_methods(["GET", "POST"])
def change_part(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what the group's catalogue says about a part."""
    shown = visible(request, pk, Perm.MANAGE_CATALOGUE)
    part = shown.part
    form = PartForm(request.POST, group=part.group) if request.method == "POST" else PartForm.of(part)
    if form.is_bound and form.is_valid():
        services.change_part(part, form.details(), by=request.employee, version=form.seen)
        return redirect("parts:item", shown.pk)
    return answer(request, "parts/change.html", shown, form)


@STAFF(Perm.MANAGE_CATALOGUE, scope=StockItem)
@require_http_methods(["GET", "POST"])
def change_place(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the bin of a part and how much of it there should be."""
    shown = visible(request, pk, Perm.MANAGE_CATALOGUE)
    form = PlaceForm(request.POST) if request.method == "POST" else PlaceForm.of(shown)
    if form.is_bound and form.is_valid():
        services.change_place(shown, form.place(), by=request.employee, version=form.seen)
        return redirect("parts:item", shown.pk)
    return answer(request, "parts/place.html", shown, form)
