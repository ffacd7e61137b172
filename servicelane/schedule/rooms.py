"""What a form of dispatch offers: the people and bays of a store, read once for a whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.org.models import Bay
from servicelane.people.attendance_services import away_from
from servicelane.people.models import Employee

from .forms import DispatchForm
from .models import Assignment
from .queries import bays_of, taken_bays, technicians_of


@dataclass(frozen=True, slots=True)
class Rooms:
    """The technicians and bays of an order's store, which bays hold another running car, and who is away."""

    order: RepairOrder
    people: Sequence[Employee]
    bays: Sequence[Bay]
    taken: dict[int, RepairOrder]
    away: dict[int, str]

    @classmethod
    def of(cls, order: RepairOrder) -> Rooms:
        """Read what can be chosen for an order. Six queries."""
        store = order.store
        return cls(order, technicians_of(store), bays_of(store), taken_bays(order), away_from(store, now()))

    def form(
        self, data: Any = None, *, team: Sequence[Assignment] = (), auto_id: str = "id_%s"
    ) -> DispatchForm:
        """The form of dispatch, filled with who and where it is now. No query."""
        known = {"technician": team[0].technician_id, "bay": team[0].bay_id} if team else {}
        offered: dict[str, Any] = {"people": self.people, "bays": self.bays, "taken": self.taken}
        offered["away"] = self.away
        return DispatchForm(data, order=self.order, initial=known, auto_id=auto_id, **offered)
