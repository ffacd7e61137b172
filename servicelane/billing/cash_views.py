"""The cashier's day on the screen: count the float, see what came in, count the till."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest, StoreRequest

from . import cash_services
from .cash_services import proposed_float
from .forms import CloseDayForm, OpenDayForm
from .models import CashDay
from .pages import TillSheet, open_day_of
from .permissions import Perm

PAGE = 50


@STAFF(Perm.SEE_MONEY, scope=HERE)
@require_GET
def cash_days(request: StoreRequest) -> HttpResponse:
    """The own day at the till, and the days that were closed in this store."""
    return _drawn(request)


@STAFF(Perm.TAKE_PAYMENT, scope=HERE)
@require_POST
def open_day(request: StoreRequest) -> HttpResponse:
    """Begin the day with the counted float."""
    form = OpenDayForm(request.POST)
    if not form.is_valid():
        return _drawn(request, opening=form)
    cash_services.open_day(request.store, form.cleaned_data["opening"], by=request.employee)
    return redirect("billing:cash_days")


@STAFF(Perm.TAKE_PAYMENT, scope=CashDay)
@require_POST
def close_day(request: StaffRequest, pk: int) -> HttpResponse:
    """Close the day with the counted till."""
    rows = CashDay.objects.visible_to(request.employee, Perm.TAKE_PAYMENT).select_related("store", "cashier")
    day = get_object_or_404(rows, pk=pk)
    form = CloseDayForm(request.POST)
    if not form.is_valid():
        context = {"sheet": TillSheet(day), "closing": form}
        return render(request, "billing/cash_day.html", context, status=422)
    cash_services.close_day(day, form.what_was_counted(), by=request.employee)
    return redirect("billing:cash_day", day.pk)


@STAFF(Perm.SEE_MONEY, scope=CashDay)
@require_GET
def cash_day(request: StaffRequest, pk: int) -> HttpResponse:
    """One day at the till with its payments; an own open one can be closed here."""
    rows = CashDay.objects.visible_to(request.employee, Perm.SEE_MONEY).select_related("store", "cashier")
    sheet = TillSheet(get_object_or_404(rows, pk=pk))
    is_own = sheet.day.cashier_id == request.employee.pk and sheet.day.closed_at is None
    closing = CloseDayForm(initial={"left": sheet.day.opening}) if is_own else None
    return render(request, "billing/cash_day.html", {"sheet": sheet, "closing": closing})


def _drawn(request: StoreRequest, opening: OpenDayForm | None = None) -> HttpResponse:
    mine = open_day_of(request.employee, request.store)
    days = CashDay.objects.visible_to(request.employee, Perm.SEE_MONEY).filter(store=request.store)
    page = Pages(days.select_related("cashier"), PAGE).get_page(request.GET.get("page"))
    may_open = mine is None and request.employee.may(Perm.TAKE_PAYMENT, request.store)
    proposed: Decimal = proposed_float(request.store, request.employee) if may_open else Decimal(0)
    context = {
        "mine": TillSheet(mine) if mine else None,
        "opening": (opening or OpenDayForm(initial={"opening": proposed})) if may_open else None,
        "page": page,
    }
    return render(request, "billing/cash_days.html", context, status=422 if opening else 200)
