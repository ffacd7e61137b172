"""The bays of the current store by kind: add, change, out of service and back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import HERE, STAFF

from .. import services
from ..changes import changes_of
from ..forms import BayForm, OutOfServiceForm
from ..http import StaffRequest
from ..models import Bay
from ..pages import bays_in
from ..permissions import Perm


@STAFF(Perm.SEE_SETTINGS, scope=HERE)
@require_GET
def bays(request: StaffRequest) -> HttpResponse:
    """The bays of the current store, by kind."""
    context = {
        "groups": bays_in(request.store),
        "may_manage": request.employee.may(Perm.MANAGE_BAYS, request.store),
    }
    return render(request, "org/bays.html", context)


@STAFF(Perm.MANAGE_BAYS, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_bay(request: StaffRequest) -> HttpResponse:
    """Add a bay to the current store."""
    form = BayForm(request.POST or None)
    if form.is_bound and form.is_valid():
        bay = services.add_bay(request.store, form.details(), by=request.employee)
        messages.success(request, _("Bay {bay} was added and is in service.").format(bay=bay.code))
        return redirect("org:bays")
    return render(request, "org/bay_new.html", {"form": form}, status=422 if form.is_bound else 200)


@STAFF(Perm.SEE_SETTINGS, scope=Bay)
@require_GET
def bay(request: StaffRequest, pk: int) -> HttpResponse:
    """One bay: kind, state, what was changed."""
    shown = _bay(request, pk, Perm.SEE_SETTINGS)
    context = {
        "bay": shown,
        "changes": changes_of(shown),
        "may_manage": request.employee.may(Perm.MANAGE_BAYS, shown.store),
    }
    return render(request, "org/bay.html", context)


@STAFF(Perm.MANAGE_BAYS, scope=Bay)
@require_http_methods(["GET", "POST"])
def change_bay(request: StaffRequest, pk: int) -> HttpResponse:
    """Change code, kind or name of a bay."""
    shown = _bay(request, pk, Perm.MANAGE_BAYS)
    form = BayForm(request.POST) if request.method == "POST" else BayForm.of(shown)
    if form.is_bound and form.is_valid():
        services.change_bay(shown, form.details(), by=request.employee, version=form.seen)
        return redirect("org:bay", shown.pk)
    context = {"bay": shown, "form": form}
    return render(request, "org/bay_change.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.MANAGE_BAYS, scope=Bay)
@require_http_methods(["GET", "POST"])
def take_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a bay out of service from now on, and say why."""
    shown = _bay(request, pk, Perm.MANAGE_BAYS)
    form = OutOfServiceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        services.take_bay_out_of_service(shown, by=request.employee, note=form.cleaned_data["note"])
        return redirect("org:bay", shown.pk)
    context = {"bay": shown, "form": form}
    return render(request, "org/bay_out.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.MANAGE_BAYS, scope=Bay)
@require_POST
def bring_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a bay back into service."""
    shown = _bay(request, pk, Perm.MANAGE_BAYS)
    services.return_bay_to_service(shown, by=request.employee)
    return redirect("org:bay", shown.pk)


def _bay(request: StaffRequest, pk: int, perm: Perm) -> Bay:
    rows = Bay.objects.visible_to(request.employee, perm).select_related("store")
    return get_object_or_404(rows, pk=pk)
