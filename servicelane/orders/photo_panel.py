"""The photos on the order page, for those who may see the order."""

from __future__ import annotations

from django.utils.translation import gettext as _

from servicelane.people.models import Employee

from .models import RepairOrder
from .panels import Panel, panel


@panel(rank=35)
def photos(order: RepairOrder, viewer: Employee) -> Panel | None:
    """The photos of the order with what they show; nothing while there is none. One query."""
    rows = list(order.photos.select_related("taken_by"))
    if not rows:
        return None
    return Panel(
        code="orders.photos",
        title=_("Photos"),
        template="orders/_photos.html",
        context={"photos": rows, "order": order},
        sub=str(len(rows)),
    )
