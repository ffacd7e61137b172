"""What care tells the advisor at the check-in: what the customer complained about (RCP-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.hints import Hint, Weight, hint
from servicelane.orders.models import RepairOrder
from servicelane.people.models import Employee

from .models import Complaint, ComplaintState
from .permissions import Perm

REMEMBERED = timedelta(days=365)


@hint(rank=50)
def last_complaint(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """The customer's last complaint of a year, above all one without an answer. One query."""
    if not viewer.may(Perm.SEE_CARE, order.store):
        return
    last = (
        Complaint.objects.filter(
            customer_id=order.customer_id, store_id=order.store_id,
            opened_at__gte=order.arrived_at - REMEMBERED,
        ).order_by("-opened_at").first()
    )  # fmt: skip
    if last is None:
        return
    is_open = last.state == ComplaintState.OPEN
    yield Hint(
        Weight.STOP if is_open else Weight.MIND,
        _("Complained: {words}").format(words=last.words[:80]),
        _("It has no answer yet: get the manager to greet the customer.")
        if is_open
        else _("Ask whether it was put right."),
        reverse("care:complaint", args=[last.pk]),
        is_users_text=True,
    )
