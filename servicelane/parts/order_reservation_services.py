"""Reserving and releasing the parts of a whole order at once, in a few statements (PRT-2, PRT-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.org.models import Store

from . import events
from .catalogue_services import By, is_short
from .costing import thousandths
from .models import NOTHING, Part, Reservation, ReservationState, StockItem
from .services import lock_stock, positive


@dataclass(frozen=True, slots=True)
class Demand:
    """What one purpose wants of a part; `for_id` names the purpose."""

    part: Part
    quantity: Decimal
    for_id: int


@transaction.atomic
def reserve_all(store: Store, demands: Sequence[Demand], *, for_type: str, by: By) -> dict[int, Decimal]:
    """Keep what is free for purposes that hold nothing yet; returns what is missing by purpose.

    Never refused for want of a part. All stock rows are locked in one order. Four statements, and one
    for each fact. Raises QuantityRefused.
    """
    items = lock_stock(store, [demand.part for demand in demands])
    missing, rows, told = {}, [], []
    for demand in demands:
        amount = positive(demand.quantity)
        item = items.get(demand.part.pk)
        held = min(amount, max(item.available, NOTHING)) if item else NOTHING
        missing[demand.for_id] = amount - held
        if not held or item is None:
            continue
        item.reserved += held
        rows.append(Reservation(item=item, quantity=held, for_type=for_type, for_id=demand.for_id, at=now()))
        told.append((item, demand.for_id, held, amount - held))
    Reservation.objects.bulk_create(rows)
    _save({item.pk: item for item, *_ in told}.values())
    for item, for_id, held, short in told:
        record(
            events.RESERVED,
            item,
            by=by,
            for_type=for_type,
            for_id=for_id,
            quantity=thousandths(held),
            missing=thousandths(short),
        )
    return missing


@transaction.atomic
def release_all(for_type: str, for_ids: Iterable[int], *, by: By) -> None:
    """Let go what is held for these purposes. Four statements, and one for each fact."""
    held = Reservation.objects.held().filter(for_type=for_type, for_id__in=list(for_ids))
    ids = set(held.values_list("item_id", flat=True))
    if not ids:
        return
    rows = StockItem.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    items = {row.pk: row for row in rows}
    gone = [row for row in held if row.item_id in items]  # as it is under the lock
    Reservation.objects.filter(pk__in=[row.pk for row in gone]).update(state=ReservationState.RELEASED)
    for row in gone:
        items[row.item_id].reserved -= row.quantity
    _save(items.values())
    for row in gone:
        record(
            events.RELEASED,
            items[row.item_id],
            by=by,
            for_type=row.for_type,
            for_id=row.for_id,
            quantity=thousandths(row.quantity),
        )


def _save(items: Iterable[StockItem]) -> None:
    changed = list(items)
    for item in changed:
        item.is_short = is_short(item)
        item.version += 1
    StockItem.objects.bulk_update(changed, ["reserved", "is_short", "version"])
