"""The forms of the workshop as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import STAFF
from servicelane.orders.documents import printed
from servicelane.orders.permissions import Perm
from servicelane.people.http import StaffRequest

from ..models import QualityCheck
from ..printed import check_of
from ..printed import inspection as inspection_paper


@STAFF(Perm.SEE_ORDERS, scope=QualityCheck)
@require_GET
def inspection(request: StaffRequest, pk: int) -> HttpResponse:
    """The record of one inspection, or the rework it orders (F21)."""
    check = check_of(request.employee, pk)
    return printed(request, request.employee, lambda: inspection_paper(check))
