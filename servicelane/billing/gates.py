"""What billing must have closed before the car leaves (BIL-4)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from servicelane.orders.gates import gate
from servicelane.orders.models import RepairOrder, Status

from .bills import said
from .exit_services import exit_pass_of, open_amount
from .invoice_services import standing


@gate(Status.DELIVERED)
def released(order: RepairOrder) -> Iterable[str]:
    """The customer's part is paid or put off by right, and the exit pass is out. Two queries."""
    if still := open_amount(standing(order)):
        yield _("{amount} of the customer's part is not paid").format(amount=said(still))
    if exit_pass_of(order) is None:
        yield _("no exit pass is issued")
