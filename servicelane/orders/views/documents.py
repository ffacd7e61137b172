"""The forms of an order as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import STAFF
from servicelane.people.http import StaffRequest

from ..documents import printed
from ..http import order_of
from ..models import Estimate, RepairOrder
from ..permissions import Perm
from ..printed import estimate as estimate_paper
from ..printed import estimate_of
from ..printed import repair_order as repair_order_paper


@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
@require_GET
def repair_order(request: StaffRequest, pk: int) -> HttpResponse:
    """The repair order to sign and to take along (F01)."""
    order = order_of(request, pk, Perm.SEE_ORDERS)
    return printed(request, request.employee, lambda: repair_order_paper(order))


@STAFF(Perm.SEE_ORDERS, scope=Estimate)
@require_GET
def estimate(request: StaffRequest, pk: int) -> HttpResponse:
    """One version of the estimate (F03), or of extra work (F02)."""
    version = estimate_of(request.employee, pk)
    return printed(request, request.employee, lambda: estimate_paper(version))
