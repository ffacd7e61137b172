"""What higher apps show on the order page: panels that announce themselves, never imports (architecture)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from servicelane.people.models import Employee

from .models import RepairOrder


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of the order page: title, half a sentence beside it, and a template for its body."""

    code: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    sub: str = ""


Source = Callable[[RepairOrder, Employee], Panel | None]
_main: list[tuple[int, Source]] = []
_side: list[tuple[int, Source]] = []


def panel(*, rank: int, side: bool = False) -> Callable[[Source], Source]:
    """Declare a panel of the order page, in the wide column or in the narrow one beside it."""

    def declared(source: Source) -> Source:
        column = _side if side else _main
        column.append((rank, source))
        column.sort(key=lambda entry: entry[0])
        return source

    return declared


def panels_of(order: RepairOrder, viewer: Employee, *, side: bool) -> list[Panel]:
    """Return the panels of one column that `viewer` may see, in their order."""
    found = (source(order, viewer) for _rank, source in (_side if side else _main))
    return [made for made in found if made]
