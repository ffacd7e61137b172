"""A past for a store: finished visits written again for other cars on earlier days, in bulk.

Each day is brought up to the number of orders asked for, by the store's own counter of that day, in
transactions of a few visits: what is cut off goes on where it stopped, and nothing is made twice.
The facts say when the visits happened and when they were written down here, and are sealed as all are.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from itertools import islice
from random import Random

from django.db import connection

from servicelane.customers.models import PartyRole, VehicleParty
from servicelane.kernel.clock import now
from servicelane.kernel.events import SYSTEM
from servicelane.kernel.models import Counter, Event
from servicelane.kernel.numbering import take_numbers
from servicelane.kernel.transactions import unit
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.models import Store
from servicelane.org.queries import local_moment
from servicelane.parts import events
from servicelane.parts.models import Movement, MovementKind, StockItem
from servicelane.parts.services import told

from .bulk import Batch, Recorded, Told, as_day, fact_row, row_of, seal_all
from .rowsets import COUNTED, Car, RowSet, model_of

MOST_SETS = 60
"""Visits that are written again; each is read with all its rows and kept in memory."""
AT_ONCE = 50
"""Visits in one transaction: some 3000 rows, about a tenth of a second."""
FIRST_KM, KM_A_DAY = 3_000, 31
EPOCH = date(2010, 1, 1)
Owned = tuple[int, int, str]
"""A car: its id, its owner's id and name."""


def finished_visits(store: Store, most: int = MOST_SETS) -> list[RowSet]:
    """Read the store's newest visits that stand alone: delivered, not a comeback and without one."""
    orders = RepairOrder.objects.filter(
        store=store, status=Status.DELIVERED, comeback_of=None, comebacks=None
    )
    return [RowSet(order) for order in orders.select_related("customer").order_by("-arrived_at")[:most]]


def owned_cars(store: Store) -> list[Owned]:
    """Return the cars whose owner's file the store sees. One query."""
    rows = VehicleParty.objects.filter(role=PartyRole.OWNER, until=None, customer__stores__store=store)
    return list(rows.order_by("vehicle_id").values_list("vehicle_id", "customer_id", "customer__name"))


def make_past(
    store: Store,
    days: Iterable[tuple[date, int]],
    sets: Sequence[RowSet],
    cars: Sequence[Owned],
    *,
    seed: int = 0,
    at_once: int = AT_ONCE,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Bring each of `days` up to its number of orders by copies of `sets` for `cars`; returns how many.

    `progress` is told after each transaction how many were made in it. Raises ValueError without a
    finished visit or a car.
    """
    if not sets or not cars:
        raise ValueError("there is no finished visit to be written again, or no car to write it for")
    made = 0
    for day, wanted in days:
        draw = Random(f"{seed} {store.pk} {day}")  # noqa: S311 - the same past each time, not a secret
        chosen = [(draw.choice(sets), draw.choice(cars)) for _ in range(wanted)]
        while some := unit(partial(_make_some, store, day, chosen, at_once)):
            made += some
            if progress:
                progress(some)
            seal_all()
    return made


def _make_some(store: Store, day: date, chosen: Sequence[tuple[RowSet, Owned]], at_once: int) -> int:
    taken = Counter.objects.filter(scope=f"{COUNTED['RO']}.{store.pk}", day=day).values_list(
        "last", flat=True
    )
    visits = chosen[sum(taken) :][:at_once]
    if not visits:
        return 0
    batch, at = Batch(), now()
    on_hand = _stock_for(batch, store, day, at, [rows for rows, _car in visits])
    numbers = _numbers(store, day, Count(kind for rows, _car in visits for kind in rows.numbers()))
    ids = _ids(batch, [rows for rows, _car in visits])
    cars, recorded = [], Recorded.at(at)
    for (rows, owned), own in zip(visits, ids, strict=True):
        car = Car(*owned, kilometres_on(owned[0], day))
        rows.copy(batch, own, numbers, car, day, recorded, on_hand)
        cars.append((car.kilometres, as_day(day), *rows.due(car, day), car.vehicle, as_day(day)))
    batch.write()
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE customers_vehicle SET odometer = %s, odometer_on = %s, next_due_km = %s, next_due_on = %s"
            " WHERE id = %s AND (odometer_on IS NULL OR odometer_on < %s)",
            cars,
        )
    return len(visits)


def kilometres_on(vehicle: int, day: date) -> int:
    """What the odometer of a car with this id shows on a day: more on every later one."""
    return FIRST_KM + vehicle * 7919 % 30_000 + max((day - EPOCH).days, 0) * KM_A_DAY


def _ids(batch: Batch, sets: Sequence[RowSet]) -> Iterator[Mapping[str, Sequence[int]]]:
    needed: Count[str] = Count()
    for rows in sets:
        needed.update(rows.counts())
    blocks = {label: iter(batch.new_ids(model_of(label), count)) for label, count in needed.items()}
    return ({name: list(islice(blocks[name], n)) for name, n in rows.counts().items()} for rows in sets)


def _numbers(store: Store, day: date, needed: Mapping[str, int]) -> Mapping[str, Iterator[str]]:
    """The next numbers of the day for each kind, the counters in the order in which a visit takes them."""
    taken = {
        kind: take_numbers(f"{scope}.{store.pk}", needed[kind], day)
        for kind, scope in COUNTED.items()
        if needed[kind]
    }
    return {
        kind: iter([f"{kind}-{day:%Y%m%d}-{number:04}" for number in numbers])
        for kind, numbers in taken.items()
    }


def _stock_for(batch: Batch, store: Store, day: date, at: datetime, sets: Sequence[RowSet]) -> dict[int, int]:
    """Receive in the morning what the visits take out, so that nobody's stock changes by them.

    Returns what lies in each stock row then, in thousandths. The rows stay locked.
    """
    quantity: Count[int] = Count()
    value: Count[int] = Count()
    for issue in (issue for rows in sets for issue in rows.issues):
        quantity[issue.item] -= issue.quantity
        value[issue.item] -= issue.value
    items = list(StockItem.objects.select_for_update().filter(pk__in=quantity).order_by("pk"))
    on_hand = {item.pk: int(item.on_hand * 1000) for item in items}
    came = [item for item in items if quantity[item.pk] > 0]
    morning = local_moment(store, day, time(8))
    movement_ids, fact_ids = (
        batch.new_ids(Movement, len(came)),
        batch.new_ids(model_of("kernel.event"), len(came)),
    )
    for item, pk, fact_pk in zip(came, movement_ids, fact_ids, strict=True):
        on_hand[item.pk] += quantity[item.pk]
        movement = Movement(
            pk=pk,
            item=item,
            store=store,
            kind=MovementKind.RECEIVE,
            quantity=Decimal(quantity[item.pk]) / 1000,
            unit_cost=item.unit_cost,
            value=Decimal(value[item.pk]) / 100,
            on_hand_after=Decimal(on_hand[item.pk]) / 1000,
            unit_cost_after=item.unit_cost,
            at=morning,
        )
        batch.rows[Movement].append(row_of(movement))
        fact = Told(
            events.RECEIVED,
            store.pk,
            item._meta.label_lower,
            item.pk,
            SYSTEM.kind,
            SYSTEM.id,
            morning,
            at,
            day,
            told(movement),
        )
        batch.rows[Event].append(fact_row(fact_pk, fact))
    return on_hand
