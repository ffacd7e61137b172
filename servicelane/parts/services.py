"""Movements of stock: receive, issue, return, correct, take out (PRT-2).

The stock row is the lock: every service takes it first, so of two people who want the last part
one gets it and the other is told. Quantities are in the part's unit with three decimals, costs in
yuan per unit without VAT with six. `by` is who does it (None for the system), `at` when it happened
(now if None). Whoever books several parts at once calls `lock_stock` first.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import Actor, record
from servicelane.kernel.models import ActorKind
from servicelane.org.models import Store

from . import errors, events
from .catalogue_services import By, check_group, is_short
from .costing import (
    DEAREST,
    MOST_AT_ONCE,
    averaged,
    exact_cost,
    exact_quantity,
    fen,
    plain,
    thousandths,
    units_of_cost,
    worth,
)
from .models import NOTHING, Movement, MovementKind, Part, Reason, Reservation, ReservationState, StockItem

_FACTS = {
    MovementKind.RECEIVE: events.RECEIVED,
    MovementKind.ISSUE: events.ISSUED,
    MovementKind.RETURN: events.RETURNED,
    MovementKind.ADJUST: events.ADJUSTED,
    MovementKind.SCRAP: events.SCRAPPED,
}
CORRECTIONS = (Reason.COUNT, Reason.WRONG_BOOKING, Reason.FOUND, Reason.LOST)
"""Why stock is corrected to what was counted."""
SCRAPPED = (Reason.DAMAGED, Reason.EXPIRED)
TAKEN_OUT = (Reason.OWN_USE, *SCRAPPED)
"""Why something leaves the stock without an order."""


@transaction.atomic
def lock_stock(store: Store, parts: Iterable[Part]) -> dict[int, StockItem]:
    """Lock what `store` keeps of `parts`, in the order of their rows; returns it by the part's id.

    Called first by whoever moves or reserves several parts in one transaction: two of them that lock
    in different orders would wait for each other for ever. One query.
    """
    rows = StockItem.objects.select_for_update().filter(store=store, part__in=list(parts)).order_by("pk")
    return {row.part_id: row for row in rows}


@transaction.atomic
def receive(
    store: Store,
    part: Part,
    quantity: Decimal,
    unit_cost: Decimal,
    *,
    by: By,
    reference: str = "",
    at: datetime | None = None,
) -> Movement:
    """Book in `quantity` of `part` at `unit_cost` each; a part new to the store gets its stock row.

    The average becomes (on hand × average + quantity × cost) / (on hand + quantity), rounded half up to
    1/10 000 分; with nothing on hand, or less, it becomes the cost (decision 0007). `reference` is the
    delivery note. Raises QuantityRefused, CostRefused, OtherGroupsPart.
    """
    amount, cost = positive(quantity), exact_cost(unit_cost)
    if cost is None or cost < 0:
        raise errors.CostRefused(cost=unit_cost, most=DEAREST)
    item = _stock(store, part)
    return _move(item, MovementKind.RECEIVE, amount, cost, by=by, at=at, reference=reference)


@transaction.atomic
def issue(
    store: Store,
    part: Part,
    quantity: Decimal,
    *,
    for_type: str,
    for_id: int,
    by: By,
    below_zero: bool = False,
    reference: str = "",
    at: datetime | None = None,
) -> Movement:
    """Hand out `quantity` of `part` for one purpose, at the average cost.

    What is reserved for the same purpose is used first; what is reserved for others is not touched.
    `below_zero` is given where the right `parts.go_below_zero` was asked for: it books out what is not
    booked in yet. Raises NotEnoughStock, QuantityRefused, OtherGroupsPart.
    """
    amount = positive(quantity)
    item = _stock(store, part)
    own = held_for(for_type, for_id)
    mine = own.quantity if own and own.item_id == item.pk else NOTHING
    if not below_zero:
        _check_enough(item, amount, mine)
    if own and mine:
        _use(own, item, amount)
    purpose: dict[str, Any] = {"for_type": for_type, "for_id": for_id}
    return _move(
        item, MovementKind.ISSUE, -amount, item.unit_cost, by=by, at=at, reference=reference, **purpose
    )


@transaction.atomic
def return_to_stock(
    issued: Movement | tuple[str, int], quantity: Decimal, *, by: By, at: datetime | None = None
) -> list[Movement]:
    """Take back `quantity` of one issue, or of what was issued for a purpose (for_type, for_id).

    Each part comes back at the cost at which it went, which makes a new average; of several issues the
    last is taken back first, one movement each. Raises TooMuchReturned, QuantityRefused.
    """
    amount = positive(quantity)
    rows = Movement.objects.select_related("item__part", "store")
    rows = rows.filter(pk=issued.pk) if isinstance(issued, Movement) else rows.serving(*issued)
    issues = list(rows.filter(kind=MovementKind.ISSUE).order_by("-pk"))
    _lock({row.item_id for row in issues})
    outside = {row.pk: -row.quantity - _back(row) for row in issues}
    if sum(outside.values(), NOTHING) < amount:
        raise errors.TooMuchReturned(quantity=plain(amount), outside=plain(sum(outside.values(), NOTHING)))
    returned = []
    for row in issues:
        part_of_it = min(amount, outside[row.pk])
        if part_of_it > 0:
            item = StockItem.objects.select_related("part", "store").get(pk=row.item_id)
            purpose: dict[str, Any] = {"for_type": row.for_type, "for_id": row.for_id, "returns": row}
            returned.append(
                _move(item, MovementKind.RETURN, part_of_it, row.unit_cost, by=by, at=at, **purpose)
            )
            amount -= part_of_it
    return returned


@transaction.atomic
def adjust(
    item: StockItem,
    counted: Decimal,
    reason: Reason,
    *,
    by: By,
    version: int | None = None,
    reference: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Movement:
    """Correct the stock of `item` to what was `counted`, at the average cost; `note` says more.

    `version` is the stock that the count was compared with. Reservations stay: if less is on hand than
    reserved, the item is short. Raises QuantityRefused, NothingDiffers, ChangedMeanwhile.
    """
    amount = exact_quantity(counted)
    if reason not in CORRECTIONS:
        raise ValueError(f"{reason} is no reason to correct stock")
    if amount is None or amount < 0:
        raise errors.QuantityRefused(quantity=counted, most=MOST_AT_ONCE)
    item = _lock({item.pk})[item.pk]
    if version is not None and version != item.version:
        raise ChangedMeanwhile(subject=item)
    difference = amount - item.on_hand
    if not difference:
        raise errors.NothingDiffers(number=item.part.number, on_hand=plain(item.on_hand))
    return _move(
        item,
        MovementKind.ADJUST,
        difference,
        item.unit_cost,
        by=by,
        at=at,
        reason=reason,
        reference=reference,
        note=note,
    )


@transaction.atomic
def take_out(
    item: StockItem,
    quantity: Decimal,
    reason: Reason,
    *,
    by: By,
    below_zero: bool = False,
    reference: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Movement:
    """Take `quantity` out of stock without an order: the workshop's own use, or scrap; at average cost.

    What is reserved is not touched; `below_zero` as for `issue`. Raises NotEnoughStock, QuantityRefused.
    """
    amount = positive(quantity)
    if reason not in TAKEN_OUT:
        raise ValueError(f"{reason} is no reason to take something out")
    item = _lock({item.pk})[item.pk]
    if not below_zero:
        _check_enough(item, amount, NOTHING)
    kind = MovementKind.SCRAP if reason in SCRAPPED else MovementKind.ISSUE
    return _move(
        item, kind, -amount, item.unit_cost, by=by, at=at, reason=reason, reference=reference, note=note
    )


def positive(quantity: Decimal) -> Decimal:
    """Return `quantity` as stock counts it; raises QuantityRefused for nothing, less, or the absurd."""
    amount = exact_quantity(quantity)
    if amount is None or amount <= 0:
        raise errors.QuantityRefused(quantity=quantity, most=MOST_AT_ONCE)
    return amount


def held_for(for_type: str, for_id: int) -> Reservation | None:
    """Return what is reserved for a purpose now. One query."""
    return Reservation.objects.held().filter(for_type=for_type, for_id=for_id).first()


def save_stock(item: StockItem) -> None:
    """Write the quantities of a locked stock row; its version rises, so that a page drawn before is told."""
    item.is_short = is_short(item)
    item.version += 1
    item.save(update_fields=["on_hand", "reserved", "unit_cost", "is_short", "version"])


def _stock(store: Store, part: Part) -> StockItem:
    """Return the locked stock row of a part, made on the first use."""
    found = lock_stock(store, [part]).get(part.pk)
    if found is None:
        check_group(store, part)
        StockItem.objects.get_or_create(store=store, part=part)
        found = lock_stock(store, [part])[part.pk]
    found.store, found.part = store, part
    return found


def _lock(ids: set[int]) -> dict[int, StockItem]:
    rows = StockItem.objects.select_for_update(of=("self",)).select_related("part", "store")
    return {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}


def _check_enough(item: StockItem, amount: Decimal, mine: Decimal) -> None:
    others = item.reserved - mine
    if amount > item.on_hand - others:
        raise errors.NotEnoughStock(
            number=item.part.number,
            quantity=plain(amount),
            on_hand=plain(item.on_hand),
            others=plain(others),
            store=item.store,
        )


def _use(own: Reservation, item: StockItem, amount: Decimal) -> None:
    """Turn as much of a reservation as is issued into a used one; the rest stays held."""
    used = min(amount, own.quantity)
    rest = own.quantity - used
    own.quantity, own.state = used, ReservationState.USED
    own.save(update_fields=["quantity", "state"])
    if rest:
        Reservation.objects.create(
            item=item, quantity=rest, for_type=own.for_type, for_id=own.for_id, at=own.at
        )
    item.reserved -= used


def _back(issued: Movement) -> Decimal:
    rows = Movement.objects.filter(returns=issued)
    return Decimal(rows.aggregate(total=Sum("quantity", default=NOTHING))["total"])


def _move(
    item: StockItem,
    kind: MovementKind,
    quantity: Decimal,
    unit_cost: Decimal,
    *,
    by: By,
    at: datetime | None,
    note: str = "",
    **more: Any,
) -> Movement:
    """Write one line of the ledger and the stock row it leads to; the row is locked by the caller."""
    if kind in (MovementKind.RECEIVE, MovementKind.RETURN):
        item.unit_cost = averaged(item.on_hand, item.unit_cost, quantity, unit_cost)
    item.on_hand += quantity
    save_stock(item)
    movement = Movement.objects.create(
        item=item,
        store=item.store,
        kind=kind,
        quantity=quantity,
        unit_cost=unit_cost,
        value=worth(quantity, unit_cost),
        on_hand_after=item.on_hand,
        unit_cost_after=item.unit_cost,
        at=at or now(),
        by_id=person_id(by),
        **more,
    )
    record(_FACTS[kind], item, by=by, at=at, note=note, **told(movement))
    return movement


def told(movement: Movement) -> dict[str, Any]:
    """Return a movement as its fact tells it: whole numbers and codes."""
    data: dict[str, Any] = {
        "movement": movement.pk,
        "quantity": thousandths(movement.quantity),
        "on_hand": thousandths(movement.on_hand_after),
        "unit_cost": units_of_cost(movement.unit_cost),
        "value": fen(movement.value),
    }
    if movement.for_type and movement.for_id is not None:
        data |= {"for_type": movement.for_type, "for_id": movement.for_id}
    if movement.reason:
        data["reason"] = str(movement.reason)
    return data


def person_id(by: By) -> int | None:
    """Return the number of the employee who did it, None for the system and for programs."""
    actor = by if isinstance(by, Actor) or by is None else by.actor
    return actor.id if actor and actor.kind == ActorKind.PERSON else None
