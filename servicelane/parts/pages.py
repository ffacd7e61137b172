"""Reads for single pages about parts: one function for one screen, each with its number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from servicelane.org.models import Store
from servicelane.people.models import Employee

from .costing import worth
from .models import Movement, Part, PartKind, Reservation, StockItem
from .purposes import Purpose, described

ELSEWHERE = 10
"""Parts of the catalogue that a search without a find in the own stock names."""


def stock_list(
    store: Store, *, q: str = "", kind: str = "", short: bool = False
) -> QuerySet[StockItem, StockItem]:
    """What `store` keeps, by part number. One query when read, one more when counted."""
    rows = StockItem.objects.filter(store=store).select_related("part").order_by("part__number")
    if q:
        rows = rows.found_by(q.strip())
    if kind:
        rows = rows.filter(part__kind=kind)
    return rows.filter(is_short=True) if short else rows


def not_kept(store: Store, q: str) -> list[Part]:
    """Parts of the group's catalogue that `store` does not keep, found by number or name. One query."""
    rows = Part.objects.filter(group__regions=store.region_id).found_by(q.strip())
    return list(rows.exclude(stock__store=store).order_by("number")[:ELSEWHERE])


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One line of the ledger with who did it (None for the system) and what for (None if unknown)."""

    movement: Movement
    by: Employee | None
    purpose: Purpose | None


def movements_of(item: StockItem) -> QuerySet[Movement, Movement]:
    """The ledger of one part in its store, the newest first."""
    return Movement.objects.filter(item=item).order_by("-pk")


def with_words(rows: Sequence[Movement]) -> list[MovementRow]:
    """Add people and purposes to some lines. One query, and one for each type of purpose."""
    people = Employee.objects.in_bulk({row.by_id for row in rows if row.by_id})
    purposes = described((row.for_type, row.for_id) for row in rows)
    return [
        MovementRow(row, people.get(row.by_id or 0), purposes.get((row.for_type, row.for_id or 0)))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One reservation that holds, and what for (None if no app says so)."""

    reservation: Reservation
    purpose: Purpose | None


def held_of(item: StockItem) -> list[HeldRow]:
    """What is reserved of one part, the oldest first. One query, and one for each type of purpose."""
    rows = list(Reservation.objects.held().filter(item=item).order_by("at", "pk"))
    purposes = described((row.for_type, row.for_id) for row in rows)
    return [HeldRow(row, purposes.get((row.for_type, row.for_id))) for row in rows]


@dataclass(frozen=True, slots=True)
class KindWorth:
    """The stock of one kind of part: part numbers, how many are short, and value in yuan without VAT."""

    kind: PartKind
    numbers: int
    short: int
    value: Decimal


def worth_of_stock(store: Store) -> list[KindWorth]:
    """What the stock of `store` is worth at average cost, by kind; a kind it lacks is left out. One query."""
    rows = StockItem.objects.filter(store=store)
    known: dict[str, list[tuple[bool, Decimal]]] = {kind: [] for kind in PartKind.values}
    for kind, is_short, on_hand, cost in rows.values_list("part__kind", "is_short", "on_hand", "unit_cost"):
        known[kind].append((is_short, worth(on_hand, cost)))
    return [
        KindWorth(
            PartKind(kind),
            len(items),
            sum(is_short for is_short, _value in items),
            sum((value for _short, value in items), Decimal("0.00")),
        )
        for kind, items in known.items()
        if items
    ]
