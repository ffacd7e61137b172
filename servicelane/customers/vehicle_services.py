"""Writes about vehicles: the file, its plate and VIN, its people, its odometer (ARC-2).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it (None for the system), `version` what the form was made from.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from servicelane.kernel.errors import DomainError
from servicelane.kernel.events import record
from servicelane.kernel.plates import PlateKind, doubts_about_plate, normal_plate, plate_kind
from servicelane.kernel.versions import rise, touch
from servicelane.kernel.vins import doubts_about_vin, maker_of, normal_vin, year_of
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.guards import By

from . import errors, events
from .customer_services import serve
from .doubting import PLATE_KNOWN, Question, check_texts, confirmed, differing
from .keys import rekey_vehicle
from .models import MOST_KM, Customer, ServedHow, Vehicle
from .party_services import first_owner

MONTHS = range(1, 121)
YEARS = range(1950, 2101)
INTERVAL_KM = range(500, 200_001)


@dataclass(frozen=True, slots=True)
class VehicleDetails:
    """What one enters about a vehicle; see `Vehicle` for the meaning of each field.

    An empty `plate_kind` follows from the plate, an empty maker or year from the VIN. `plate_reason`
    and `vin_reason` are the DoubtReason why a doubtful one stands.
    """

    plate: str = ""
    vin: str = ""
    plate_kind: str = ""
    engine_no: str = ""
    key_code: str = ""
    colour: str = ""
    maker: str = ""
    model_name: str = ""
    model_year: int | None = None
    transmission: str = ""
    accessories: str = ""
    purchased_on: date | None = None
    purchase_place: str = ""
    salesperson: str = ""
    first_registered_on: date | None = None
    warranty_start_on: date | None = None
    insurance_expires_on: date | None = None
    inspection_due_on: date | None = None
    interval_months: int | None = None
    interval_km: int | None = None
    plate_reason: str = ""
    vin_reason: str = ""

    @classmethod
    def of(cls, vehicle: Vehicle) -> "VehicleDetails":
        """What is known, to be changed with `dataclasses.replace`; a new number needs a reason of its own."""
        known = {
            field.name: getattr(vehicle, field.name) for field in fields(cls) if field.name not in _REASONS
        }
        known["vin"] = vehicle.vin or ""
        return cls(**known)


_REASONS = ("plate_reason", "vin_reason")


@transaction.atomic
def add_vehicle(
    store: Store,
    details: VehicleDetails,
    *,
    owner: Customer,
    by: By,
    how: ServedHow = ServedHow.ADDED,
) -> Vehicle:
    """Open the file of a vehicle of `owner`, whose file `store` sees from now on.

    A plate that another vehicle of the group has goes over to this one once that is confirmed.
    Raises VehicleUnnamed, VinTaken, Doubtful, Unusable, SpanBackwards and OtherGroup.
    """
    if owner.group_id != store.region.group_id:
        raise errors.OtherGroup
    vehicle = Vehicle(group=store.region.group)
    doubts = _settle(vehicle, _values(vehicle, details), details)
    loser = _take_plate(vehicle)
    _save(vehicle, force_insert=True)
    rekey_vehicle(vehicle)
    record(events.VEHICLE_ADDED, vehicle, by=by, owner=owner.pk, store=store.pk, **_told(doubts))
    _tell_lost(loser, vehicle, by)
    first_owner(vehicle, owner)
    serve(owner, store, how, by=by)
    return vehicle


@transaction.atomic
def change_vehicle(
    vehicle: Vehicle, details: VehicleDetails, *, by: By, version: int | None = None
) -> Vehicle:
    """Change what is known about a vehicle. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile and as `add_vehicle`; a doubt that stands already is not raised again.
    """
    new = differing(vehicle, _values(vehicle, details))
    if not new:
        return vehicle
    doubts = _settle(vehicle, new, details)
    rise(vehicle, version)
    loser = _take_plate(vehicle) if "plate" in new else None
    _save(vehicle)
    if {"plate", "vin"} & new.keys():
        rekey_vehicle(vehicle)
    record(events.VEHICLE_CHANGED, vehicle, by=by, changed=sorted(new), **_told(doubts))
    _tell_lost(loser, vehicle, by)
    return vehicle


def _values(vehicle: Vehicle, details: VehicleDetails) -> dict[str, Any]:
    values = {
        field.name: getattr(details, field.name) for field in fields(details) if field.name not in _REASONS
    }
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = value.strip()
    plate, vin = normal_plate(values["plate"]), normal_vin(values["vin"])
    values["plate"], values["vin"] = plate, vin or None
    if not values["plate_kind"]:
        same = plate == vehicle.plate and vehicle.pk is not None
        values["plate_kind"] = vehicle.plate_kind if same else _kind_of(plate)
    if vin != (vehicle.vin or "") and not doubts_about_vin(vin):
        values["maker"] = values["maker"] or maker_of(vin)[:40]
        values["model_year"] = values["model_year"] or year_of(vin)
    return values


def _kind_of(plate: str) -> str:
    return str(plate_kind(plate) or (PlateKind.OTHER if plate else PlateKind.ORDINARY))


def _settle(vehicle: Vehicle, new: dict[str, Any], details: VehicleDetails) -> dict[str, str]:
    """Put new values on the row once they may be there; return the reasons of confirmed doubts."""
    before = {name: getattr(vehicle, name) for name in new}
    for name, value in new.items():
        setattr(vehicle, name, value)
    try:
        _check(vehicle)
        own = {
            "plate": doubts_about_plate(new.get("plate", "")),
            "vin": doubts_about_vin(new.get("vin") or ""),
        }
        taken = [PLATE_KNOWN] if new.get("plate") and _with_plate(vehicle) else []
        doubts = confirmed(
            [
                Question("plate", own["plate"] + taken, details.plate_reason),
                Question("vin", own["vin"], details.vin_reason),
            ]
        )
    except DomainError:
        for name, value in before.items():
            setattr(vehicle, name, value)
        raise
    if "plate" in new:
        vehicle.plate_doubt = doubts["plate"] if own["plate"] else ""
    if "vin" in new:
        vehicle.vin_doubt = doubts.get("vin", "")
    return doubts


def _check(vehicle: Vehicle) -> None:
    check_texts(vehicle)
    if not vehicle.plate and not vehicle.vin:
        raise errors.VehicleUnnamed
    if vehicle.interval_months is not None and vehicle.interval_months not in MONTHS:
        raise errors.SpanBackwards
    if vehicle.interval_km is not None and vehicle.interval_km not in INTERVAL_KM:
        raise errors.SpanBackwards
    if vehicle.model_year is not None and vehicle.model_year not in YEARS:
        raise errors.YearUnusable(year=vehicle.model_year)
    _check_vin(vehicle)


def _check_vin(vehicle: Vehicle) -> None:
    if not vehicle.vin:
        return
    known = Vehicle.objects.filter(group=vehicle.group_id, vin=vehicle.vin).exclude(pk=vehicle.pk).first()
    if known:
        raise errors.VinTaken(plate=known.masked_plate or "–", vehicle=known.pk)


def _with_plate(vehicle: Vehicle) -> Vehicle | None:
    others = Vehicle.objects.filter(group=vehicle.group_id, plate=vehicle.plate)
    return others.exclude(pk=vehicle.pk).first()


def _take_plate(vehicle: Vehicle) -> Vehicle | None:
    """Take the plate from the vehicle that has it; a plate is on one vehicle at a time."""
    loser = _with_plate(vehicle) if vehicle.plate else None
    if loser:
        touch(loser)
        loser.plate, loser.plate_doubt = "", ""
        loser.save()
        rekey_vehicle(loser)
    return loser


def _tell_lost(loser: Vehicle | None, vehicle: Vehicle, by: By) -> None:
    if loser:
        record(events.PLATE_LOST, loser, by=by, vehicle=vehicle.pk)


def _save(vehicle: Vehicle, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            vehicle.save(force_insert=force_insert)
    except IntegrityError:
        # Somebody else wrote the same number since it was looked for.
        _check_vin(vehicle)
        raise errors.Doubtful({"plate": [PLATE_KNOWN]}) from None


def _told(doubts: dict[str, str]) -> dict[str, Any]:
    return {"doubts": doubts} if doubts else {}


@transaction.atomic
def note_odometer(vehicle: Vehicle, km: int, *, by: By, on: date | None = None, reason: str = "") -> Vehicle:
    """Note the odometer in km as read on a day, today if None; an older reading than the last is ignored.

    `reason` (a code such as `instrument_changed`) lets it go back.
    Raises OdometerUnusable and OdometerBackwards.
    """
    if not 0 <= km <= MOST_KM:
        raise errors.OdometerUnusable(km=km)
    day = on or today_in(None)
    if vehicle.odometer_on and day < vehicle.odometer_on:
        return vehicle
    if vehicle.odometer == km and vehicle.odometer_on == day:
        return vehicle
    was = vehicle.odometer
    if was is not None and km < was and not reason:
        raise errors.OdometerBackwards(km=km, last=was)
    touch(vehicle)
    vehicle.odometer, vehicle.odometer_on = km, day
    vehicle.save(update_fields=["odometer", "odometer_on"])
    why: dict[str, Any] = {"reason": reason} if reason else {}
    record(events.ODOMETER_NOTED, vehicle, by=by, km=km, was=-1 if was is None else was, **why)
    return vehicle


@transaction.atomic
def set_next_due(vehicle: Vehicle, on: date | None, km: int | None, *, by: By) -> Vehicle:
    """Say when maintenance is due next, by day, by odometer in km, or both. Raises OdometerUnusable."""
    if km is not None and not 0 <= km <= MOST_KM:
        raise errors.OdometerUnusable(km=km)
    if (vehicle.next_due_on, vehicle.next_due_km) == (on, km):
        return vehicle
    touch(vehicle)
    vehicle.next_due_on, vehicle.next_due_km = on, km
    vehicle.save(update_fields=["next_due_on", "next_due_km"])
    record(events.NEXT_DUE_SET, vehicle, by=by, on=on.isoformat() if on else "", km=-1 if km is None else km)
    return vehicle
