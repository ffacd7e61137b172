"""Photos of an order: taken, and shown to those who may see the order."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.routes import STAFF
from servicelane.people.http import StaffRequest

from .. import photo_services
from ..forms import PhotoForm
from ..http import answer, order_of, picture
from ..models import RepairOrder, Shows
from ..permissions import Perm


@STAFF(Perm.REPORT_FINDINGS, scope=RepairOrder)
@require_POST
def add_photo(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a photo of the order."""
    order = order_of(request, pk, Perm.REPORT_FINDINGS)
    form = PhotoForm(request.POST, request.FILES, order=order)
    if not form.is_valid():
        return answer(request, order, {"orders.photo": form})
    entered = form.cleaned_data
    photo_services.add_photo(order, entered["photo"], Shows(entered["shows"]), by=request.employee)
    return redirect("orders:order", order.pk)


@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def photo(request: StaffRequest, pk: int, photo: int) -> HttpResponse:
    """The picture itself, for readers of the order only; no cache on the way keeps it."""
    order = order_of(request, pk, Perm.SEE_ORDERS)
    return picture(get_object_or_404(order.photos, pk=photo))
