"""The forms of billing as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import STAFF
from servicelane.orders.documents import printed
from servicelane.people.http import StaffRequest

from .models import ExitPass, Invoice
from .permissions import Perm
from .printed import exit_pass as exit_pass_paper
from .printed import exit_pass_of, invoice_of
from .printed import settlement as settlement_paper


@STAFF(Perm.SEE_MONEY, scope=Invoice)
@require_GET
def settlement(request: StaffRequest, pk: int) -> HttpResponse:
    """The settlement list, or the credit note (F05)."""
    invoice = invoice_of(request.employee, pk)
    return printed(request, request.employee, lambda: settlement_paper(invoice))


@STAFF(Perm.EXIT_PASS, scope=ExitPass)
@require_GET
def exit_pass(request: StaffRequest, pk: int) -> HttpResponse:
    """The exit pass (F07)."""
    released = exit_pass_of(request.employee, pk)
    return printed(request, request.employee, lambda: exit_pass_paper(released))
