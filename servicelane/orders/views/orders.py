"""The list of orders and the order page, and what is done to the order as a whole."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.clock import now
from servicelane.kernel.live import live
from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest, StoreRequest

from .. import finding_services, order_services
from ..forms import (
    MOMENT,
    CancelForm,
    ComebackForm,
    HoldForm,
    OrderFilter,
    OrderForm,
    PromiseForm,
    ReopenForm,
)
from ..http import answer, order_of
from ..models import BACK, CancelReason, ComebackCause, HoldReason, RepairOrder, Status
from ..pages import order_list, with_urgency
from ..permissions import Perm
from ..promising import proposal_for, sealed, short_parts, waits_of
from ..writing import changes_since

PAGE = 50


@STAFF(Perm.SEE_ORDERS, scope=HERE)
@require_GET
def orders(request: StoreRequest) -> HttpResponse:
    """The orders of the current store, narrowed by words, state, promise, day or to the reader's own."""
    form = OrderFilter(request.GET)
    form.is_valid()
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    page = Pages(order_list(request.employee, request.store, **wanted), PAGE).get_page(
        request.GET.get("page")
    )
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": with_urgency(list(page.object_list), now()),
        "asked": asked.urlencode(),
        "is_filtered": bool(wanted),
    }
    return render(request, "orders/orders.html", context)


@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """One order: where it stands, the next step, and everything that hangs on it."""
    return answer(request, order_of(request, pk, Perm.SEE_ORDERS))


@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def news(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell an open order page that others changed the order; 204 while nobody did."""
    shown = order_of(request, pk, Perm.SEE_ORDERS)
    try:
        seen = int(request.GET.get("v", ""))
    except ValueError:
        seen = shown.version
    what = changes_since(shown, seen) if seen < shown.version else ""
    return live(request, "orders/_news.html", str(shown.version), {"order": shown, "what": what})


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_GET
def proposal(request: StaffRequest, pk: int) -> HttpResponse:
    """What time the load of the workshop allows, for the field of a form; 204 where nobody knows it."""
    shown, at = order_of(request, pk, Perm.WRITE_ORDERS), now()
    found = proposal_for(shown, at)
    if found is None:
        return HttpResponse(status=204)
    is_promised = shown.promised_at is not None and shown.promised_at > at
    context = {
        "proposal": found,
        "order": shown,
        "sealed": sealed(shown, found) if found.ready_at else "",
        "field": request.GET.get("field", ""),
        "fill": "fill" in request.GET and not is_promised,
        "moment": found.ready_at and timezone.localtime(found.ready_at).strftime(MOMENT),
        "in_force": shown.promised_at and timezone.localtime(shown.promised_at).strftime(MOMENT),
        "short": short_parts(shown),
        "waits": waits_of(shown),
    }
    return render(request, "orders/_proposal.html", context)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def promise(request: StaffRequest, pk: int) -> HttpResponse:
    """Promise another time, with the reason."""
    shown = order_of(request, pk, Perm.WRITE_ORDERS)
    form = PromiseForm(request.POST, order=shown)
    if not form.is_valid():
        return answer(request, shown, {"orders.promise": form})
    entered = form.cleaned_data
    order_services.promise(
        shown, entered["promised_at"], by=request.employee, reason=entered["reason"], version=form.seen
    )
    return redirect("orders:order", shown.pk)


@STAFF(Perm.CANCEL_ORDERS, scope=RepairOrder)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """End an order before the work began."""
    shown = order_of(request, pk, Perm.CANCEL_ORDERS)
    form = CancelForm(request.POST, order=shown)
    if not form.is_valid():
        return answer(request, shown, {"orders.cancel": form})
    entered = form.cleaned_data
    reason = CancelReason(entered["reason"])
    order_services.cancel(shown, reason, by=request.employee, note=entered["note"], version=form.seen)
    return redirect("orders:order", shown.pk)


@STAFF(Perm.REOPEN_ORDERS, scope=RepairOrder)
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an order one step back, with the reason."""
    shown = order_of(request, pk, Perm.REOPEN_ORDERS)
    form = ReopenForm(request.POST, order=shown)
    if not form.is_valid():
        return answer(request, shown, {"orders.reopen": form})
    back = next(iter(BACK.get(Status(shown.status), ())), Status.ARRIVED)
    order_services.reopen(
        shown, back, by=request.employee, reason=form.cleaned_data["reason"], version=form.seen
    )
    return redirect("orders:order", shown.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what the order waits for."""
    shown = order_of(request, pk, Perm.WRITE_ORDERS)
    form = HoldForm(request.POST, order=shown)
    if not form.is_valid():
        return answer(request, shown, {"orders.hold": form})
    reason = HoldReason(form.cleaned_data["reason"])
    finding_services.start_hold(shown, reason, by=request.employee, version=form.seen)
    return redirect("orders:order", shown.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def release(request: StaffRequest, pk: int, reason: str) -> HttpResponse:
    """Say that a wait is over."""
    shown = order_of(request, pk, Perm.WRITE_ORDERS)
    form = OrderForm(request.POST, order=shown)
    form.is_valid()
    wait = HoldReason(reason) if reason in HoldReason.values else HoldReason.CUSTOMER
    finding_services.end_hold(shown, wait, by=request.employee, version=form.seen)
    return redirect("orders:order", shown.pk)


@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
@require_POST
def comeback(request: StaffRequest, pk: int) -> HttpResponse:
    """Link the order to the earlier visit whose fault came back."""
    shown = order_of(request, pk, Perm.WRITE_ORDERS)
    form = ComebackForm(request.POST, order=shown)
    if not form.is_valid():
        return answer(request, shown, {"orders.comeback": form})
    entered = form.cleaned_data
    order_services.link_comeback(
        shown, entered["first"], ComebackCause(entered["cause"]), by=request.employee, version=form.seen
    )
    return redirect("orders:order", shown.pk)
