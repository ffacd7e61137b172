"""What care does by itself when something happened below it."""

from servicelane.kernel.events import on
from servicelane.kernel.models import Event
from servicelane.orders.events import DELIVERED
from servicelane.orders.models import RepairOrder

from .follow_up_services import plan_follow_up


@on(DELIVERED)
def call_after_delivery(event: Event) -> None:
    """Plan the call about a visit that was handed over, counted from the store's day of the hand-over."""
    order = RepairOrder.objects.select_related("store", "customer", "driver").get(pk=event.subject_id)
    plan_follow_up(order, event.local_day)
