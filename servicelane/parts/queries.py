"""Reads of stock for other rooms: what there is, what is held and what went out for a purpose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from servicelane.org.managers import Viewer
from servicelane.org.models import Store

from .models import NOTHING, Movement, MovementKind, Part, Reservation, StockItem
from .permissions import Perm


@dataclass(frozen=True, slots=True)
class Stock:
    """What a store has of a part, in its unit; `unit_cost` is the average per unit without VAT."""

    on_hand: Decimal = NOTHING
    reserved: Decimal = NOTHING
    unit_cost: Decimal = Decimal(0)
    bin: str = ""

    @property
    def available(self) -> Decimal:
        """What is on hand and reserved for nobody."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Used:
    """What went out for a purpose and is not back: quantity, and cost in yuan without VAT."""

    quantity: Decimal = NOTHING
    cost: Decimal = Decimal("0.00")


def stock_of(store: Store, parts: Iterable[Part]) -> dict[int, Stock]:
    """Return what `store` has of each of `parts`, by the part's id. One query."""
    wanted = [part.pk for part in parts]
    rows = StockItem.objects.filter(store=store, part__in=wanted)
    known = {row.part_id: Stock(row.on_hand, row.reserved, row.unit_cost, row.bin) for row in rows}
    return {pk: known.get(pk, Stock()) for pk in wanted}


def held(for_type: str, ids: Collection[int]) -> dict[int, Decimal]:
    """Return what is reserved for each of these purposes; one that holds nothing is left out. One query."""
    rows = Reservation.objects.held().filter(for_type=for_type, for_id__in=ids)
    return dict(rows.values_list("for_id", "quantity"))


def used(for_type: str, ids: Collection[int]) -> dict[int, Used]:
    """Return what went out for each of these purposes, less what came back. One query."""
    rows = Movement.objects.filter(
        for_type=for_type, for_id__in=ids, kind__in=(MovementKind.ISSUE, MovementKind.RETURN)
    )
    sums = rows.order_by().values("for_id").annotate(moved=Sum("quantity"), worth=Sum("value"))
    return {int(row["for_id"] or 0): Used(-row["moved"], -row["worth"]) for row in sums}


def find_parts(viewer: Viewer, text: str, *, store: Store | None = None, most: int = 20) -> list[Part]:
    """Return parts of the catalogue by number or name, for those who see stock. One query.

    `store` narrows to the catalogue of its group.
    """
    rows = Part.objects.visible_to(viewer, Perm.SEE_STOCK).found_by(text.strip())
    if store is not None:
        rows = rows.filter(group__regions=store.region_id)
    return list(rows.order_by("number")[:most])
