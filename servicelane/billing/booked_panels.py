"""The deposit of a booking, as its page shows it (BKG-7)."""

from __future__ import annotations

from django.forms import Form

from servicelane.booking.models import Booking
from servicelane.booking.panels import Panel, booking_panel
from servicelane.people.models import Employee

from .booked_deposit_services import held
from .forms import BookedDepositBackForm, BookedDepositForm, KeepDepositForm
from .permissions import Perm

TAKE, BACK, KEEP = "billing.deposit", "billing.deposit_back", "billing.deposit_keep"


@booking_panel
def deposit(viewer: Employee, booking: Booking, bound: dict[str, Form]) -> Panel | None:
    """What is held, and what the viewer may do about it; nothing once the order has it. One query."""
    if booking.order_id or not viewer.may(Perm.SEE_MONEY, booking.store):
        return None
    left = held(booking)
    may_take = booking.is_coming and viewer.may(Perm.TAKE_PAYMENT, booking.store)
    may_undo = left > 0 and viewer.may(Perm.CREDIT, booking.store)
    if not (left or may_take):
        return None
    seen = {"version": booking.version}
    take = bound.get(TAKE) or BookedDepositForm(initial=seen, auto_id="deposit_%s")
    back = bound.get(BACK) or BookedDepositBackForm(
        initial={**seen, "amount": left}, auto_id="deposit_back_%s"
    )
    keep = bound.get(KEEP) or KeepDepositForm(initial=seen, auto_id="deposit_keep_%s")
    return Panel(
        "billing/_booked_deposit.html",
        {
            "held": left,
            "take": take if may_take else None,
            "back": back if may_undo else None,
            "keep": keep if may_undo and not booking.is_coming else None,
        },
    )
