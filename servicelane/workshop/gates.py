"""What the workshop wants closed before a car is ready to settle."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from servicelane.orders.gates import gate
from servicelane.orders.models import RepairOrder, Status

from .queries import is_wash_due, last_check, wash_of


@gate(Status.READY)
def inspected(order: RepairOrder) -> Iterable[str]:
    """The last inspection passed. One query."""
    check = last_check(order)
    if check is None or not check.passed:
        yield _("the car has not passed the inspection")


@gate(Status.READY)
def washed(order: RepairOrder) -> Iterable[str]:
    """The car is washed, or the wash is not wanted. One query."""
    if order.wash_wanted and is_wash_due(order, wash_of(order)):
        yield _("the car is not washed")
