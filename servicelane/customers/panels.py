"""What apps above show on the page of a customer or vehicle: they announce a panel, none is imported.

    @customer_panel(order=20)
    def visits(viewer: Employee, customer: Customer, store: Store | None) -> Panel | None:
        return Panel("orders/_visits.html", {"visits": visits_of(customer, viewer)})

A panel is a template that draws one card, with its context; None draws nothing. It says in its
docstring how many queries it costs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import Customer, Vehicle


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of a page: its template and what it draws."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


CustomerSource = Callable[[Employee, Customer, Store | None], Panel | None]
VehicleSource = Callable[[Employee, Vehicle, Store | None], Panel | None]

_of_customers: list[tuple[int, str, CustomerSource]] = []
_of_vehicles: list[tuple[int, str, VehicleSource]] = []


def customer_panel(*, order: int = 50) -> Callable[[CustomerSource], CustomerSource]:
    """Announce a source of panels for the page of a customer; the lowest `order` stands first."""

    def announced(source: CustomerSource) -> CustomerSource:
        _of_customers.append((order, f"{source.__module__}.{source.__qualname__}", source))
        return source

    return announced


def vehicle_panel(*, order: int = 50) -> Callable[[VehicleSource], VehicleSource]:
    """Announce a source of panels for the page of a vehicle; the lowest `order` stands first."""

    def announced(source: VehicleSource) -> VehicleSource:
        _of_vehicles.append((order, f"{source.__module__}.{source.__qualname__}", source))
        return source

    return announced


def panels_of_customer(viewer: Employee, customer: Customer, store: Store | None) -> list[Panel]:
    """Return the panels of a customer's page in their order."""
    found = (source(viewer, customer, store) for _, _, source in sorted(_of_customers, key=_place))
    return [panel for panel in found if panel]


def panels_of_vehicle(viewer: Employee, vehicle: Vehicle, store: Store | None) -> list[Panel]:
    """Return the panels of a vehicle's page in their order."""
    found = (source(viewer, vehicle, store) for _, _, source in sorted(_of_vehicles, key=_place))
    return [panel for panel in found if panel]


def _place(announced: tuple[int, str, Any]) -> tuple[int, str]:
    return announced[:2]
