"""Writes of the catalogue, and of where a store keeps a part (PRT-1).

Each service is one transaction and records its fact; `by` is who does it (None for the system),
`version` what the form was made from (the record's own if None).
"""

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from servicelane.kernel.events import Actor, HasActor, record
from servicelane.kernel.fields import RateField
from servicelane.kernel.money import MoneyField
from servicelane.kernel.versions import rise
from servicelane.org.models import Group, Store

from . import errors, events
from .costing import DEAREST, MOST_AT_ONCE, exact_quantity, fen, thousandths
from .models import VAT, Part, PartKind, StockItem, Unit

By = HasActor | Actor | None
MOST_VAT = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PartDetails:
    """What one enters about a part; see `Part` for the meaning of each field. `price` is with VAT."""

    number: str
    name_zh: str
    name_en: str
    price: Decimal
    kind: PartKind = PartKind.GENUINE
    unit: Unit = Unit.PIECE
    vat_rate: Decimal = VAT
    superseded_by: Part | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store keeps a part, and how much of it at least."""

    bin: str = ""
    min_quantity: Decimal | None = None


@transaction.atomic
def add_part(group: Group, details: PartDetails, *, by: By, is_demo: bool = False) -> Part:
    """Add a part to the catalogue of `group`; its number is kept in capitals.

    Raises PartNumberTaken, PriceRefused, VatRateRefused and SupersessionRefused.
    """
    part = new_part(group, details, is_demo=is_demo)
    _save_unique(part, errors.PartNumberTaken(number=part.number), force_insert=True)
    record(events.PART_ADDED, part, by=by, code=part.number, price=fen(part.price))
    return part


@transaction.atomic
def change_part(part: Part, details: PartDetails, *, by: By, version: int | None = None) -> Part:
    """Change what the catalogue says about `part`. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile, PartNumberTaken, PriceRefused, VatRateRefused and SupersessionRefused.
    """
    values = _checked(part, details)
    new = {name: value for name, value in values.items() if getattr(part, name) != value}
    if not new:
        return part
    rise(part, version)
    for name, value in new.items():
        setattr(part, name, value)
    _save_unique(part, errors.PartNumberTaken(number=part.number))
    record(events.PART_CHANGED, part, by=by, changed=sorted(new))
    return part


@transaction.atomic
def place_part(store: Store, part: Part, place: Place, *, by: By) -> StockItem:
    """Let `store` keep `part` from now on, with nothing on hand yet.

    Raises PlacedAlready, OtherGroupsPart and QuantityRefused.
    """
    check_group(store, part)
    least = _least(place)
    item = StockItem(store=store, part=part, bin=place.bin, min_quantity=least)
    item.is_short = is_short(item)
    _save_unique(item, errors.PlacedAlready(store=store, number=part.number), force_insert=True)
    record(events.PLACED, item, by=by, **place_told(item))
    return item


@transaction.atomic
def change_place(item: StockItem, place: Place, *, by: By, version: int | None = None) -> StockItem:
    """Change where `item` lies and how much of it there should be. Records nothing when nothing differs.

    Raises ChangedMeanwhile and QuantityRefused.
    """
    least = _least(place)
    if (item.bin, item.min_quantity) == (place.bin, least):
        return item
    rise(item, version)
    item.refresh_from_db(fields=["on_hand", "reserved"])
    item.bin, item.min_quantity = place.bin, least
    item.is_short = is_short(item)
    item.save(update_fields=["bin", "min_quantity", "is_short"])
    record(events.PLACED, item, by=by, **place_told(item))
    return item


def new_part(group: Group, details: PartDetails, *, is_demo: bool = False) -> Part:
    """Return a part that is not saved yet, with its number in capitals.

    Raises PriceRefused, VatRateRefused and SupersessionRefused.
    """
    part = Part(group=group, is_demo=is_demo)
    for name, value in _checked(part, details).items():
        setattr(part, name, value)
    return part


def is_short(item: StockItem) -> bool:
    """Whether less of `item` is free than there should be."""
    return item.available < (item.min_quantity or 0)


def check_group(store: Store, part: Part) -> None:
    """Raise OtherGroupsPart unless `part` is in the catalogue of the group of `store`."""
    if store.region.group_id != part.group_id:
        raise errors.OtherGroupsPart(store=store)


def _checked(part: Part, details: PartDetails) -> dict[str, Any]:
    number = " ".join(details.number.split()).upper()
    price, rate = _exact(MoneyField(), details.price), _exact(RateField(), details.vat_rate)
    if price is None or not 0 <= price <= DEAREST:
        raise errors.PriceRefused(price=details.price, most=DEAREST)
    if rate is None or not 0 <= rate <= MOST_VAT:
        raise errors.VatRateRefused(rate=details.vat_rate)
    _check_successor(part, number, details.superseded_by)
    entered = replace(details, number=number, price=price, vat_rate=rate)
    return {field.name: getattr(entered, field.name) for field in fields(entered)}


def _exact(field: MoneyField | RateField, value: Any) -> Decimal | None:
    try:
        return field.to_python(value)
    except ValidationError:
        return None


def _check_successor(part: Part, number: str, successor: Part | None) -> None:
    refusal = errors.SupersessionRefused(successor=successor, number=number)
    if successor is not None and successor.group_id != part.group_id:
        raise refusal
    seen: set[int] = set()
    while successor is not None and successor.pk not in seen:
        if successor.pk == part.pk:
            raise refusal
        seen.add(successor.pk)
        successor = successor.superseded_by


def _least(place: Place) -> Decimal | None:
    if place.min_quantity is None:
        return None
    least = exact_quantity(place.min_quantity)
    if least is None or least < 0:
        raise errors.QuantityRefused(quantity=place.min_quantity, most=MOST_AT_ONCE)
    return least


def place_told(item: StockItem) -> dict[str, Any]:
    """Return the place of `item` as its fact tells it."""
    """Return the place of `item` as its fact tells it."""
    least = {} if item.min_quantity is None else {"min_quantity": thousandths(item.min_quantity)}
    return {"bin": item.bin, **least}


def _save_unique(row: models.Model, refusal: Exception, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError:
        raise refusal from None
