"""The catalogue of operations and the labour rates of the current store, as Settings shows them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from servicelane.kernel.routes import HERE, STAFF
from servicelane.org.permissions import Perm as OrgPerm
from servicelane.people.http import StoreRequest

from .. import catalogue_services
from ..catalogue_forms import NeedsForm, OperationFilter, RateForm
from ..models import Operation, PayType
from ..permissions import Perm

PAGE = 50


@STAFF(OrgPerm.SEE_SETTINGS, scope=HERE)
@require_GET
def operations(request: StoreRequest) -> HttpResponse:
    """The operations of the group with standard time, usual parts and price at the store's rate."""
    form = OperationFilter(request.GET)
    form.is_valid()
    rows = Operation.objects.filter(group_id=request.store.region.group_id)
    rows = rows.select_related("skill").prefetch_related("usual_parts__part")
    word = form.cleaned_data.get("q", "")
    if word:
        rows = (
            rows.filter(name_zh__icontains=word)
            | rows.filter(name_en__icontains=word)
            | rows.filter(code__icontains=word)
        )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(word),
        "may_change": request.employee.may(Perm.MANAGE_CATALOGUE, request.store),
    }
    return render(request, "orders/operations.html", context)


@STAFF(Perm.MANAGE_CATALOGUE, scope=HERE)
@require_http_methods(["GET", "POST"])
def operation_needs(request: StoreRequest, pk: int) -> HttpResponse:
    """Say who may be given an operation, and whether the quick-service lane takes it."""
    rows = Operation.objects.filter(group_id=request.store.region.group_id).select_related("skill")
    shown = get_object_or_404(rows, pk=pk)
    form = NeedsForm(request.POST or None, operation=shown)
    if form.is_bound and form.is_valid():
        catalogue_services.set_needs(shown, form.needs(), by=request.employee)
        messages.success(request, _("It holds for work that is given out from now on."))
        return redirect("orders:operations")
    context = {"form": form, "operation": shown}
    return render(request, "orders/operation_needs.html", context, status=422 if form.is_bound else 200)


@STAFF(OrgPerm.SEE_SETTINGS, scope=HERE)
@require_GET
def rates(request: StoreRequest) -> HttpResponse:
    """What an hour of labour costs in the current store, for each who pays."""
    in_force = catalogue_services.rates_in_force(request.store)
    context = {
        "rows": [(PayType(code), in_force.get(code)) for code in PayType.values],
        "may_set": request.employee.may(Perm.MANAGE_CATALOGUE, request.store),
    }
    return render(request, "orders/rates.html", context)


@STAFF(Perm.MANAGE_CATALOGUE, scope=HERE)
@require_http_methods(["GET", "POST"])
def set_rate(request: StoreRequest) -> HttpResponse:
    """Set what an hour costs from now on; `?pay_type=` chooses who pays."""
    given = {"pay_type": request.GET.get("pay_type", PayType.CUSTOMER)}
    form = RateForm(request.POST or None, initial=given)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        pay_type = PayType(entered["pay_type"])
        catalogue_services.set_rate(request.store, pay_type, entered["per_hour"], by=request.employee)
        messages.success(request, _("The rate is set; orders keep the one they were priced with."))
        return redirect("orders:rates")
    return render(request, "orders/rate_set.html", {"form": form}, status=422 if form.is_bound else 200)
