"""What apps above show on the page of a booking: they announce a panel, none is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form

from servicelane.people.models import Employee

from .models import Booking


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of the page: its template and what it draws."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Employee, Booking, "dict[str, Form]"], Panel | None]
_sources: list[Source] = []


def booking_panel(source: Source) -> Source:
    """Announce a source of panels; it is handed the forms by name that were sent and are not right."""
    _sources.append(source)
    return source


def panels_of(viewer: Employee, booking: Booking, bound: dict[str, Form] | None = None) -> list[Panel]:
    """Return the panels that `viewer` may see on the page of `booking`."""
    found = (source(viewer, booking, bound or {}) for source in _sources)
    return [panel for panel in found if panel]
