"""What is done about the deposit of a booking, on its page (BKG-7)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from servicelane.booking.models import Booking
from servicelane.booking.views import page_of
from servicelane.kernel.routes import STAFF
from servicelane.people.http import StaffRequest

from . import booked_deposit_services as services
from .booked_panels import BACK, KEEP, TAKE
from .forms import BookedDepositBackForm, BookedDepositForm, KeepDepositForm
from .permissions import Perm


@STAFF(Perm.TAKE_PAYMENT, scope=Booking)
@require_POST
def take_deposit(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a deposit on a booking."""
    booking = _booking(request, pk, Perm.TAKE_PAYMENT)
    form = BookedDepositForm(request.POST, auto_id="deposit_%s")
    if not form.is_valid():
        return page_of(request, booking, {TAKE: form})
    services.take_deposit(booking, form.paid(), by=request.employee, version=form.seen)
    return redirect("booking:booking", booking.pk)


@STAFF(Perm.CREDIT, scope=Booking)
@require_POST
def return_deposit(request: StaffRequest, pk: int) -> HttpResponse:
    """Pay back what is left of the deposit of a booking."""
    booking = _booking(request, pk, Perm.CREDIT)
    form = BookedDepositBackForm(request.POST, auto_id="deposit_back_%s")
    if not form.is_valid():
        return page_of(request, booking, {BACK: form})
    services.return_deposit(booking, form.paid(), by=request.employee, version=form.seen)
    return redirect("booking:booking", booking.pk)


@STAFF(Perm.CREDIT, scope=Booking)
@require_POST
def keep_deposit(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep the deposit of a booking whose car did not come."""
    booking = _booking(request, pk, Perm.CREDIT)
    form = KeepDepositForm(request.POST, auto_id="deposit_keep_%s")
    if not form.is_valid():
        return page_of(request, booking, {KEEP: form})
    services.keep_deposit(booking, form.cleaned_data["reason"], by=request.employee, version=form.seen)
    return redirect("booking:booking", booking.pk)


def _booking(request: StaffRequest, pk: int, perm: Perm) -> Booking:
    return get_object_or_404(Booking.objects.visible_to(request.employee, perm).with_car(), pk=pk)
