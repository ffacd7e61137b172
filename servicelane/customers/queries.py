"""Reads of customers and vehicles: the search as one types (ARC-4)."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from servicelane.kernel.doubts import plain
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .keys import plain_name
from .models import Customer, CustomerStore, KeyKind, SearchKey, Vehicle, VehicleParty
from .permissions import Perm

LONGEST = 80
SHORTEST = 2
LAST = "\U0010ffff"
WHOLE = {KeyKind.PLATE: 6, KeyKind.VIN: 6, KeyKind.PHONE: 8}
"""From how many characters on a text may be a whole number of that kind."""


@dataclass(slots=True)
class Hit:
    """One find: a vehicle with its owner, or a customer with the vehicles.

    `elsewhere` says that only other stores serve it: then nothing but the plate and the masked name
    may be shown, with the way to take the file over.
    """

    vehicle: Vehicle | None = None
    customer: Customer | None = None
    vehicles: list[Vehicle] = field(default_factory=list)
    elsewhere: bool = False

    @property
    def name(self) -> str:
        """The name as the reader may see it."""
        if self.customer is None:
            return ""
        return self.customer.masked_name if self.elsewhere else self.customer.name


def search(viewer: Employee, store: Store | None, text: str, limit: int = 20) -> list[Hit]:
    """Return up to `limit` vehicles and customers of what was begun to type. Three queries at most.

    Fragments find files of the stores in which `viewer` sees customers; files of other stores of the
    group are found by their whole plate, VIN or number only, and are marked `elsewhere`.
    """
    asked = text.strip()[:LONGEST]
    seen_stores = list(viewer.store_ids_where(Perm.SEE_CUSTOMERS))
    begun = _begun(asked) if seen_stores else {}
    if not begun:
        return []
    number = plain(asked)
    keys = SearchKey.objects.filter(group=viewer.group_id).order_by()
    # One range of the index for each kind, one after the other: an OR over them would read the whole table.
    parts = [
        _own(keys.filter(kind=kind, key__gte=key, key__lt=key + LAST), kind, seen_stores)
        for kind, key in begun.items()
    ]
    parts += [
        keys.filter(kind=kind, key=number).values_list("vehicle", "customer", Value(0))
        for kind, length in WHOLE.items()
        if len(number) >= length
    ]
    rows: Any = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    cars: dict[int, bool] = {}
    people: dict[int, bool] = {}
    for car, person, is_own in rows[: limit * 3]:
        found, pk = (cars, car) if car is not None else (people, person)
        found[pk] = found.get(pk, False) or bool(is_own)
    hits = [hit for hit in _hits(cars, people) if not hit.elsewhere or _is_whole(hit, number)]
    return hits[:limit]


def _own(keys: QuerySet[SearchKey], kind: str, stores: list[int]) -> Any:
    if kind in (KeyKind.PLATE, KeyKind.VIN):
        own: Any = VehicleParty.objects.filter(
            vehicle=OuterRef("vehicle"), until=None, customer__stores__store__in=stores
        )
    else:
        own = CustomerStore.objects.filter(customer=OuterRef("customer"), store__in=stores)
    return keys.filter(Exists(own)).values_list("vehicle", "customer", Value(1))


def _is_whole(hit: Hit, number: str) -> bool:
    if hit.vehicle:
        return number in (hit.vehicle.plate, hit.vehicle.vin)
    assert hit.customer is not None
    return number in (hit.customer.mobile, hit.customer.phone_home, hit.customer.phone_office)


def _hits(cars: dict[int, bool], people: dict[int, bool]) -> list[Hit]:
    by_car, by_person = _parties(Q(vehicle__in=cars) | Q(customer__in=people)) if cars or people else ({}, {})
    hits = [
        Hit(by_car[pk][0], by_car[pk][1], elsewhere=not is_own) for pk, is_own in cars.items() if pk in by_car
    ]
    found = Customer.objects.filter(pk__in=people).by_name() if people else []
    hits += [Hit(None, one, by_person.get(one.pk, []), not people[one.pk]) for one in found]
    return sorted(hits, key=lambda hit: hit.elsewhere)


def _parties(
    wanted: Q,
) -> tuple[dict[int, tuple[Vehicle, Customer]], dict[int, list[Vehicle]]]:
    by_car: dict[int, tuple[Vehicle, Customer]] = {}
    by_person: dict[int, list[Vehicle]] = {}
    rows: QuerySet[VehicleParty] = (
        VehicleParty.objects.filter(wanted, until=None).select_related("vehicle", "customer").order_by("pk")
    )
    for row in rows:
        if row.vehicle_id not in by_car or row.role == "owner":
            by_car[row.vehicle_id] = row.vehicle, row.customer
        cars = by_person.setdefault(row.customer_id, [])
        if row.vehicle not in cars:
            cars.append(row.vehicle)
    return by_car, by_person


def _begun(text: str) -> dict[str, str]:
    """Return the key that `text` may begin, by each kind that such a text may be."""
    number, name = plain(text), plain_name(text)
    kinds: dict[str, str] = {}
    if len(number) >= SHORTEST:
        kinds[KeyKind.PLATE] = number
        if number.isascii() and number.isalnum() and len(number) >= 4:
            kinds[KeyKind.VIN] = number
        if re.fullmatch(r"\+?[0-9]{4,}", number):
            kinds[KeyKind.PHONE] = number
    if name and not name.isdigit() and (len(name) >= SHORTEST or not name.isascii()):
        kinds[KeyKind.NAME] = name
        if name.isascii():
            kinds[KeyKind.PINYIN] = name
    return kinds


def elsewhere(viewer: Employee, text: str) -> list[Hit]:
    """Return the files of other stores that a whole plate, VIN or number names. Three queries at most."""
    asked = text.strip()[:LONGEST]
    hits = search(viewer, None, asked) if len(plain(asked)) >= WHOLE[KeyKind.PLATE] else []
    return [hit for hit in hits if hit.elsewhere and hit.customer]


def working_store(viewer: Employee, current: Store | None, customers: QuerySet[Customer]) -> Store:
    """Return the store in whose name `viewer` changes a file: the current one if it serves `customers`.

    Else the first one that does and in which the viewer may change files. Two queries at most.
    """
    held = CustomerStore.objects.visible_to(viewer, Perm.CHANGE_CUSTOMERS).filter(customer__in=customers)
    stores = [row.store for row in held.select_related("store__region").order_by("pk")]
    here = current.pk if current else None
    return next((store for store in stores if store.pk == here), stores[0])


def owner_of(vehicle: Vehicle) -> Customer | None:
    """Return the owner of today. One query."""
    party = vehicle.parties.current().filter(role="owner").select_related("customer").first()
    return party.customer if party else None
