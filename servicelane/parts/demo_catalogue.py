"""Parts with invented numbers, and an opening stock of each: 63 for tests, 213 for the demo.

The same checks, rows and facts as by the services, but written in bulk: the cast is made for
every test process.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.org.models import Group, Store

from . import events
from .catalogue_services import By, PartDetails, Place, is_short, new_part, place_told
from .costing import fen, worth
from .models import Movement, MovementKind, Part, PartKind, StockItem, Unit
from .services import person_id, positive, told

FILE = Path(__file__).parent / "data/demo_parts.csv"
MORE = FILE.with_name("demo_parts_more.csv")
"""The rest of the demo's parts: what every test would otherwise write again."""
REFERENCE = "OPENING"


@dataclass(frozen=True, slots=True)
class DemoPart:
    """One line of the file: the part, its place, and what a store opens with."""

    details: PartDetails
    cost: Decimal
    place: Place
    quantity: Decimal


def demo_parts(file: Path = FILE) -> list[DemoPart]:
    """Return the lines of a file; no query."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [_part(line) for line in csv.DictReader(lines)]


@transaction.atomic
def load_demo_parts(group: Group, stores: Sequence[Store], *, by: By, file: Path = FILE) -> list[Part]:
    """Add the demo's parts of `file` to `group`; open the stock of `stores`, a second one with less.

    Raises what `add_part` and `receive` raise about a line of the file. A query for each fact, and a dozen.
    """
    lines = demo_parts(file)
    parts = [new_part(group, line.details, is_demo=True) for line in lines]
    bulk_create_with_history(parts, Part)
    for part in parts:
        record(events.PART_ADDED, part, by=by, code=part.number, price=fen(part.price))
    for nth, store in enumerate(stores):
        _open(store, list(zip(parts, lines, strict=True)), nth + 1, by=by)
    return parts


def _open(store: Store, parts: list[tuple[Part, DemoPart]], share: int, *, by: By) -> None:
    at, items, movements = now(), [], []
    for part, line in parts:
        quantity = line.quantity if share == 1 else line.quantity // share
        item = StockItem(store=store, part=part, bin=line.place.bin, min_quantity=line.place.min_quantity)
        if quantity:
            item.on_hand, item.unit_cost = positive(quantity), line.cost
            item.version += 1
        item.is_short = is_short(item)
        items.append(item)
    StockItem.objects.bulk_create(items)
    for item in items:
        record(events.PLACED, item, by=by, **place_told(item))
        if item.on_hand:
            movements.append(
                Movement(
                    item=item,
                    store=store,
                    kind=MovementKind.RECEIVE,
                    quantity=item.on_hand,
                    unit_cost=item.unit_cost,
                    value=worth(item.on_hand, item.unit_cost),
                    on_hand_after=item.on_hand,
                    unit_cost_after=item.unit_cost,
                    at=at,
                    by_id=person_id(by),
                    reference=REFERENCE,
                )
            )
    for movement in Movement.objects.bulk_create(movements):
        record(events.RECEIVED, movement.item, by=by, **told(movement))


def _part(line: dict[str, str]) -> DemoPart:
    details = PartDetails(
        line["number"],
        line["name_zh"],
        line["name_en"],
        Decimal(line["price"]),
        PartKind(line["kind"]),
        Unit(line["unit"]),
    )
    place = Place(line["bin"], Decimal(line["min_quantity"]))
    return DemoPart(details, Decimal(line["cost"]), place, Decimal(line["quantity"]))
