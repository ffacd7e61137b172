"""What the advisor should know at a check-in: hints that apps announce, never imports (RCP-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from servicelane.people.models import Employee

from .models import RepairOrder


class Weight(StrEnum):
    """How much a hint changes what the advisor does next."""

    STOP = "late"
    MIND = "risk"
    KNOW = "info"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to know: a few words, what to do about it, and where its record is (empty for none)."""

    weight: Weight
    title: str
    advice: str
    url: str = ""
    is_users_text: bool = False


Source = Callable[[RepairOrder, Employee], Iterable[Hint]]
_sources: list[tuple[int, Source]] = []


def hint(*, rank: int) -> Callable[[Source], Source]:
    """Declare a source of hints; it says itself what the viewer may see."""

    def declared(source: Source) -> Source:
        _sources.append((rank, source))
        _sources.sort(key=lambda entry: entry[0])
        return source

    return declared


def hints_of(order: RepairOrder, viewer: Employee) -> list[Hint]:
    """Return the hints about an order's car and customer that `viewer` may see, the weightiest first."""
    found = [made for _rank, source in _sources for made in source(order, viewer)]
    weights = list(Weight)
    return sorted(found, key=lambda made: weights.index(made.weight))
