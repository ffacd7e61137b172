"""Reservations: what is kept for one purpose until it is issued or let go (PRT-2)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import record
from servicelane.org.models import Store

from . import errors, events
from .catalogue_services import By, check_group
from .costing import plain, thousandths
from .models import NOTHING, Part, Reservation, ReservationState, StockItem
from .services import held_for, positive, save_stock


@dataclass(frozen=True, slots=True)
class Reserved:
    """What came of a wish to reserve: `held` + `missing` is what was asked for."""

    reservation: Reservation | None
    held: Decimal
    missing: Decimal


@transaction.atomic
def reserve(
    store: Store,
    part: Part,
    quantity: Decimal,
    *,
    for_type: str,
    for_id: int,
    by: By,
    partial: bool = False,
) -> Reserved:
    """Keep `quantity` of `part` for one purpose; what the purpose held before is let go first.

    Asking again therefore tops up or cuts down what is held, and the same wish twice changes nothing.
    With `partial`, what is free is kept and the rest is reported as missing: an authorisation never
    fails for want of a part. Raises ShortOfStock without `partial`, QuantityRefused, OtherGroupsPart,
    and ChangedMeanwhile if the purpose got a reservation of another part in the same moment.
    """
    amount = positive(quantity)
    check_group(store, part)
    before = held_for(for_type, for_id)
    held_item = Q(pk=before.item_id) if before else Q()
    rows = StockItem.objects.select_for_update().order_by("pk")
    items = {row.pk: row for row in rows.filter(Q(store=store, part=part) | held_item)}
    item = next((row for row in items.values() if row.part_id == part.pk and row.store_id == store.pk), None)
    before = held_for(for_type, for_id)  # as it is under the lock
    mine = before.quantity if before and item and before.item_id == item.pk else NOTHING
    free = max(item.available + mine, NOTHING) if item else NOTHING
    held = min(amount, free)
    if held < amount and not partial:
        raise errors.ShortOfStock(
            quantity=plain(amount),
            number=part.number,
            available=plain(free),
            store=store,
            on_hand=plain(item.on_hand if item else NOTHING),
            reserved=plain(item.reserved - mine if item else NOTHING),
        )
    if held and held == mine:
        return Reserved(before, held, amount - held)
    if before and before.item_id not in items:
        raise ChangedMeanwhile(subject=part)
    if before:
        _release(before, items[before.item_id], by=by)
    if not held or item is None:
        return Reserved(None, NOTHING, amount)
    row = Reservation.objects.create(item=item, quantity=held, for_type=for_type, for_id=for_id, at=now())
    item.reserved += held
    save_stock(item)
    record(
        events.RESERVED,
        item,
        by=by,
        for_type=for_type,
        for_id=for_id,
        quantity=thousandths(held),
        missing=thousandths(amount - held),
    )
    return Reserved(row, held, amount - held)


@transaction.atomic
def release_reservation(for_type: str, for_id: int, *, by: By) -> Decimal:
    """Let go what is held for a purpose; returns how much, 0 where nothing is held (any more)."""
    seen = held_for(for_type, for_id)
    if seen is None:
        return NOTHING
    item = StockItem.objects.select_for_update().get(pk=seen.item_id)
    held = held_for(for_type, for_id)  # as it is under the lock
    if held is None or held.item_id != item.pk:
        return NOTHING
    _release(held, item, by=by)
    return held.quantity


def _release(held: Reservation, item: StockItem, *, by: By) -> None:
    held.state = ReservationState.RELEASED
    held.save(update_fields=["state"])
    item.reserved -= held.quantity
    save_stock(item)
    record(
        events.RELEASED,
        item,
        by=by,
        for_type=held.for_type,
        for_id=held.for_id,
        quantity=thousandths(held.quantity),
    )
