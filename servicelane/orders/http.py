"""What the views of every app above share: the order of a path, and the order page as an answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from servicelane.kernel.clock import now
from servicelane.kernel.once import one_page
from servicelane.people.http import StaffRequest

from .models import Photo, RepairOrder
from .pages import OrderPage
from .photo_services import path_of, small_one


def order_of(request: StaffRequest, pk: int, perm: str) -> RepairOrder:
    """Return the order of a path, or answer 404 to a reader without `perm` in its store. One query."""
    rows = RepairOrder.objects.visible_to(request.employee, perm)
    return get_object_or_404(
        rows.select_related("vehicle", "customer", "driver", "advisor", "store__region"), pk=pk
    )


def answer(
    request: StaffRequest, order: RepairOrder, bound: Mapping[str, BaseForm] | None = None
) -> HttpResponse:
    """Draw the order page; with refused forms by their step's code it is a 422, what was typed in sight."""
    page = OrderPage(order, request.employee, bound or {}, now())
    with one_page():
        return render(
            request, "orders/order.html", {"page": page, "order": order}, status=422 if bound else 200
        )


def picture(photo: Photo, *, small: bool = False) -> HttpResponse:
    """Answer with a photo's file as what it is, a JPEG, or a small one of it; 404 when the file is gone."""
    try:
        content = path_of(photo).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(small_one(content) if small else content, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
