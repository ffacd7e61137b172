"""The search keys of customers and vehicles: what somebody may begin to type (ARC-4)."""

import unicodedata

from servicelane.kernel.phones import normal_phone
from servicelane.people.names import sort_key

from .models import Customer, KeyKind, SearchKey, Vehicle

LONGEST_KEY = 40
MOST_SUFFIXES = 12
SHORTEST_PLATE = 2
PHONE_TAIL = 4
VIN_TAILS = (6, 8)


def plate_keys(plate: str) -> set[str]:
    """Return a plate and all its ends of two characters and more: people type the end they remember."""
    return {plate[start:] for start in range(max(len(plate) - SHORTEST_PLATE + 1, 0))} if plate else set()


def vin_keys(vin: str) -> set[str]:
    """Return a VIN with its last six and last eight characters."""
    return {vin, *(vin[-tail:] for tail in VIN_TAILS)} if vin else set()


def phone_keys(*numbers: str) -> set[str]:
    """Return each number with its last four digits."""
    return {key for number in numbers if number for key in (number, number[-PHONE_TAIL:])}


def plain_name(name: str) -> str:
    """Return a name as keys are written: half-width, small, without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def name_keys(name: str) -> set[str]:
    """Return a Chinese name with its ends, a Latin name with the beginnings of its words."""
    text = plain_name(name)
    if text.isascii():
        words = unicodedata.normalize("NFKC", name).lower().split()
        starts = {"".join(words[place:]) for place in range(min(len(words), MOST_SUFFIXES))}
    else:
        starts = {text[place:] for place in range(min(len(text), MOST_SUFFIXES))}
    return {start[:LONGEST_KEY] for start in starts if start}


def pinyin_keys(name: str) -> set[str]:
    """Return the pinyin of a name in one word, and its initials."""
    words = sort_key(name).split()
    if not words:
        return set()
    return {"".join(words)[:LONGEST_KEY], "".join(word[0] for word in words)[:LONGEST_KEY]}


def rekey_customer(customer: Customer) -> None:
    """Write the search keys of a customer anew. Two queries."""
    SearchKey.objects.filter(customer=customer).delete()
    SearchKey.objects.bulk_create(customer_keys(customer))


def rekey_vehicle(vehicle: Vehicle) -> None:
    """Write the search keys of a vehicle anew. Two queries."""
    SearchKey.objects.filter(vehicle=vehicle).delete()
    SearchKey.objects.bulk_create(vehicle_keys(vehicle))


def customer_keys(customer: Customer) -> list[SearchKey]:
    """Return the unsaved keys of a customer."""
    return [
        SearchKey(group_id=customer.group_id, kind=kind, key=key, customer=customer)
        for kind, key in texts_of_customer(customer)
    ]


def vehicle_keys(vehicle: Vehicle) -> list[SearchKey]:
    """Return the unsaved keys of a vehicle."""
    return [
        SearchKey(group_id=vehicle.group_id, kind=kind, key=key, vehicle=vehicle)
        for kind, key in texts_of_vehicle(vehicle)
    ]


def texts_of_customer(customer: Customer) -> list[tuple[KeyKind, str]]:
    """Return kind and text of each key of a customer."""
    numbers = (customer.mobile, normal_phone(customer.phone_home), normal_phone(customer.phone_office))
    kinds = {
        KeyKind.NAME: name_keys(customer.name),
        KeyKind.PINYIN: pinyin_keys(customer.name),
        KeyKind.PHONE: phone_keys(*numbers),
    }
    return _texts(kinds)


def texts_of_vehicle(vehicle: Vehicle) -> list[tuple[KeyKind, str]]:
    """Return kind and text of each key of a vehicle."""
    return _texts({KeyKind.PLATE: plate_keys(vehicle.plate), KeyKind.VIN: vin_keys(vehicle.vin or "")})


def _texts(kinds: dict[KeyKind, set[str]]) -> list[tuple[KeyKind, str]]:
    return [(kind, key[:LONGEST_KEY]) for kind, found in kinds.items() for key in sorted(found)]
