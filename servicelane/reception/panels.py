"""What the order page shows of the desk: how the car came, and how it was given back."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from servicelane.orders.models import Belonging, Paper, RepairOrder, Status
from servicelane.orders.panels import Panel, panel
from servicelane.people.models import Employee

from .models import Damage, Delivery

TANK = 8


@dataclass(frozen=True, slots=True)
class Received:
    """What was noted at the car; `tank` is one entry for each eighth, true where there was fuel."""

    papers: list[str]
    tank: list[bool]
    belongings: list[Belonging]
    damages: list[Damage]
    delivery: Delivery | None


@panel(rank=20, side=True)
def reception(order: RepairOrder, viewer: Employee) -> Panel | None:
    """What was seen and handed over at the car. Three queries, one more once it was given back."""
    if order.odometer is None and not order.words:
        return None
    known = {str(paper): str(paper.label) for paper in Paper}
    delivered = order.status == Status.DELIVERED
    delivery = Delivery.objects.select_related("signature").filter(order=order).first() if delivered else None
    seen = Received(
        papers=[known.get(code, code) for code in order.papers],
        tank=[] if order.fuel is None else [eighth < order.fuel for eighth in range(TANK)],
        belongings=list(order.belongings.all()),
        damages=list(order.damages.all()) if order.checked_in_at else [],
        delivery=delivery,
    )
    return Panel(
        code="reception.received",
        title=_("Reception"),
        template="reception/_received.html",
        context={"seen": seen},
    )
