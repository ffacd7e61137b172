"""Files of customers and cars by the thousand, each as `find_or_add` would open it for somebody new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from servicelane.customers import events
from servicelane.customers.keys import texts_of_customer, texts_of_vehicle
from servicelane.customers.models import (
    Customer,
    CustomerKind,
    CustomerStore,
    PartyRole,
    Salutation,
    SearchKey,
    ServedHow,
    Vehicle,
    VehicleParty,
)
from servicelane.kernel.clock import now
from servicelane.kernel.events import SYSTEM, zone_of_store
from servicelane.kernel.models import Event
from servicelane.kernel.transactions import unit
from servicelane.org.models import Store
from servicelane.people.names import sort_key

from .bulk import Batch, FactPattern, Pattern, Recorded, Told, seal_all
from .invented import ELECTRIC, GIVEN, MAKER, PETROL, SURNAMES, with_check_digit

AT_ONCE = 500
"""Files in one transaction: some 12 000 rows."""
CHARACTERS = "".join(GIVEN)
PROVINCE = "鲁"
PLACES = "ABCDEFGHJKLMNPQRSTUVWXY"
MODELS = (*PETROL, *ELECTRIC)
MAKERS = ("LHA", "LHE", "LHN", "LHV", "LHY")


def open_files(
    store: Store,
    count: int,
    *,
    since: datetime,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Open the first `count` files of an endless row of invented ones; returns how many were not there yet.

    The n-th file is always the same person and car, so a call that was cut off is simply made again.
    `since` is when the store opened them. Telephone numbers are of the block 154 0000.
    """
    made = 0
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        some = unit(partial(_open_some, store, numbers, since))
        made += some
        if some:
            seal_all()
        if progress:
            progress(len(numbers))
    return made


def plate_of(number: int) -> str:
    """The plate of the n-th file: no two alike up to 2.3 million."""
    hundred, rest = divmod(number, 100_000)
    return f"{PROVINCE}{PLACES[(hundred + rest) % len(PLACES)]}{rest * 7919 % 100_000:05}"


def vin_of(number: int) -> str:
    """The VIN of the n-th file, with a check digit that fits; no two alike up to 5 million."""
    million, rest = divmod(number, 1_000_000)
    maker = MAKERS[(million + rest) % len(MAKERS)]
    return with_check_digit(f"{maker}AB2A50KW{rest * 7919 % 1_000_000:06}")


def name_of(number: int) -> str:
    """The name of the n-th customer: a surname and one or two characters."""
    draw = Random(number)  # noqa: S311 - invented names, not a secret
    given = "".join(draw.choice(CHARACTERS) for _ in range(1 if draw.random() < 0.2 else 2))
    return draw.choice(SURNAMES) + given


def _open_some(store: Store, numbers: Sequence[int], since: datetime) -> int:
    group = store.region.group_id
    plates = {plate_of(number): number for number in numbers}
    there = Vehicle.objects.filter(group=group, plate__in=plates).values_list("plate", flat=True)
    missing = [number for plate, number in plates.items() if plate not in set(there)]
    if not missing:
        return 0
    batch, recorded = Batch(), Recorded.at(now())
    patterns = _patterns(store, since)
    ids = {model: iter(batch.new_ids(model, len(missing))) for model in patterns if model is not SearchKey}
    keys: list[tuple[Any, str, int | None, int | None]] = []
    facts: list[tuple[FactPattern, int, dict[str, Any]]] = []
    added, came = _fact(events.ADDED, Customer, since), _fact(events.VEHICLE_ADDED, Vehicle, since)
    pasts = {model: model.history.model for model in (Customer, Vehicle, VehicleParty)}
    for number in missing:
        person, car = next(ids[Customer]), next(ids[Vehicle])
        customer, vehicle = _customer(group, person, number), _vehicle(group, car, number)
        named = (person, customer.name, customer.sort_key, str(customer.salutation), customer.mobile)
        known = (car, vehicle.vin, vehicle.plate, vehicle.maker, vehicle.model_name, vehicle.model_year)
        party = (next(ids[VehicleParty]), car, person)
        for model, row in ((Customer, named), (Vehicle, known), (VehicleParty, party)):
            past = pasts[model]
            batch.rows[model].append(patterns[model].row(*row))
            batch.rows[past].append(patterns[past].row(next(ids[past]), *row))
        batch.rows[CustomerStore].append(patterns[CustomerStore].row(next(ids[CustomerStore]), person))
        keys += [(kind, text, person, None) for kind, text in texts_of_customer(customer)]
        keys += [(kind, text, None, car) for kind, text in texts_of_vehicle(vehicle)]
        facts.append((added, person, {"customer_kind": str(CustomerKind.PERSON), "store": store.pk}))
        facts.append((came, car, {"owner": person, "store": store.pk}))
    for key, pk in zip(keys, batch.new_ids(SearchKey, len(keys)), strict=True):
        batch.rows[SearchKey].append(patterns[SearchKey].row(pk, str(key[0]), *key[1:]))
    for fact, pk in zip(facts, batch.new_ids(Event, len(facts)), strict=True):
        batch.rows[Event].append(fact[0].row(pk, fact[1], fact[2], recorded))
    batch.write()
    return len(missing)


def _patterns(store: Store, since: datetime) -> dict[Any, Pattern]:
    group = store.region.group_id
    owner = VehicleParty(role=PartyRole.OWNER, since=since)
    columns: list[tuple[Any, tuple[str, ...]]] = [
        (_customer(group, 1, 0), ("id", "name", "sort_key", "salutation", "mobile")),
        (_vehicle(group, 1, 0), ("id", "vin", "plate", "maker", "model_name", "model_year")),
        (owner, ("id", "vehicle_id", "customer_id")),
    ]
    served = CustomerStore(store=store, since=since, how=ServedHow.SERVED)
    patterns: dict[Any, Pattern] = {
        CustomerStore: Pattern(served, "id", "customer_id"),
        SearchKey: Pattern(SearchKey(group_id=group), "id", "kind", "key", "customer_id", "vehicle_id"),
    }
    for one, varying in columns:
        past: Any = type(one).history.model
        known = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
        patterns[type(one)] = Pattern(one, *varying)
        patterns[past] = Pattern(past(history_date=since, history_type="+", **known), "history_id", *varying)
    return patterns


def _customer(group: int, pk: int, number: int) -> Customer:
    name = name_of(number)
    return Customer(
        pk=pk,
        group_id=group,
        name=name,
        sort_key=sort_key(name),
        salutation=(Salutation.MR, Salutation.MS)[number % 2],
        mobile=f"1540000{number * 6007 % 10_000:04}",
    )


def _vehicle(group: int, pk: int, number: int) -> Vehicle:
    return Vehicle(
        pk=pk,
        group_id=group,
        vin=vin_of(number),
        plate=plate_of(number),
        maker=MAKER,
        model_name=MODELS[number % len(MODELS)],
        model_year=2018 + number % 6,
    )


def _fact(kind: str, about: type[Customer | Vehicle], since: datetime) -> FactPattern:
    day = since.astimezone(zone_of_store()(None)).date()
    label = about._meta.label_lower
    return FactPattern(Told(kind, None, label, 0, SYSTEM.kind, SYSTEM.id, since, since, day, {}))
