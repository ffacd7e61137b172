"""Somebody calls or stands at the desk: find their file and car in the group, or open both (ARC-1, ARC-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction

from servicelane.kernel.phones import normal_phone
from servicelane.kernel.plates import normal_plate
from servicelane.kernel.vins import normal_vin
from servicelane.org.models import Store
from servicelane.people.guards import By

from . import errors
from .customer_services import CustomerDetails, add_customer, serve
from .models import Customer, CustomerKind, PartyRole, Salutation, ServedHow, Vehicle
from .party_services import add_party
from .vehicle_services import VehicleDetails, add_vehicle, change_vehicle


@dataclass(frozen=True, slots=True)
class Visitor:
    """What is typed about a caller or walk-in.

    `confirmed` gives the DoubtReason by field (plate, vin, mobile) where a doubtful one stands.
    """

    name: str
    mobile: str = ""
    plate: str = ""
    vin: str = ""
    model_name: str = ""
    kind: CustomerKind = CustomerKind.PERSON
    salutation: Salutation = Salutation.NONE
    confirmed: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def find_or_add(
    store: Store, visitor: Visitor, *, by: By, how: ServedHow = ServedHow.SERVED
) -> tuple[Customer, Vehicle]:
    """Return the visitor's file and car, which `store` sees from now on; what is new is added.

    The car is found by VIN, then by plate; the person among the car's people by mobile, then in the
    group by mobile. Somebody new who brings a known car is a driver of it, without a mobile its
    owner. Nothing that is known is overwritten, but a known VIN with another plate gets that plate.
    Raises VehicleUnnamed, NameMissing, Doubtful and Unusable.
    """
    group = store.region.group_id
    plate, vin, mobile = normal_plate(visitor.plate), normal_vin(visitor.vin), normal_phone(visitor.mobile)
    if not plate and not vin:
        raise errors.VehicleUnnamed
    vehicle = _vehicle(group, plate, vin)
    customer = _customer(group, mobile, vehicle)
    if customer is None:
        customer = add_customer(store, _details(visitor), by=by, how=how)
    if vehicle is None:
        vehicle = add_vehicle(store, _vehicle_details(visitor), owner=customer, by=by, how=how)
    else:
        vehicle = _completed(vehicle, visitor, plate, vin, by)
        if not vehicle.parties.current().filter(customer=customer).exists():
            add_party(vehicle, customer, PartyRole.DRIVER, by=by)
    serve(customer, store, how, by=by)
    return customer, vehicle


@transaction.atomic
def person_for(store: Store, name: str, mobile: str, *, by: By, reason: str = "") -> Customer:
    """Return the customer of the group with this mobile, else a new one; `store` sees the file.

    Raises NameMissing, Doubtful and Unusable.
    """
    number = normal_phone(mobile)
    known = _customer(store.region.group_id, number, None) if number else None
    if known is None:
        return add_customer(store, CustomerDetails(name, mobile=mobile, mobile_reason=reason), by=by)
    serve(known, store, by=by)
    return known


def _vehicle(group: int, plate: str, vin: str) -> Vehicle | None:
    cars = Vehicle.objects.filter(group=group)
    by_vin = cars.filter(vin=vin).first() if vin else None
    if by_vin:
        return by_vin
    by_plate = cars.filter(plate=plate).first() if plate else None
    # The same plate on a car with another VIN is another car: adding it asks whether the plate moved.
    return by_plate if by_plate and (not vin or not by_plate.vin) else None


def _customer(group: int, mobile: str, vehicle: Vehicle | None) -> Customer | None:
    parties = list(vehicle.parties.current().select_related("customer").order_by("pk")) if vehicle else []
    if not mobile:
        owners = [party.customer for party in parties if party.role == PartyRole.OWNER]
        return owners[0] if owners else None
    for party in parties:
        if party.customer.mobile == mobile:
            return party.customer
    return Customer.objects.filter(group=group, mobile=mobile).order_by("pk").first()


def _details(visitor: Visitor) -> CustomerDetails:
    return CustomerDetails(
        name=visitor.name,
        kind=visitor.kind,
        salutation=visitor.salutation,
        mobile=visitor.mobile,
        mobile_reason=visitor.confirmed.get("mobile", ""),
    )


def _vehicle_details(visitor: Visitor) -> VehicleDetails:
    return VehicleDetails(
        plate=visitor.plate,
        vin=visitor.vin,
        model_name=visitor.model_name,
        plate_reason=visitor.confirmed.get("plate", ""),
        vin_reason=visitor.confirmed.get("vin", ""),
    )


def _completed(vehicle: Vehicle, visitor: Visitor, plate: str, vin: str, by: By) -> Vehicle:
    known = VehicleDetails.of(vehicle)
    wanted = known
    if plate and plate != vehicle.plate:
        wanted = replace(wanted, plate=plate, plate_kind="", plate_reason=visitor.confirmed.get("plate", ""))
    if vin and not vehicle.vin:
        wanted = replace(wanted, vin=vin, vin_reason=visitor.confirmed.get("vin", ""))
    if visitor.model_name and not vehicle.model_name:
        wanted = replace(wanted, model_name=visitor.model_name)
    return vehicle if wanted == known else change_vehicle(vehicle, wanted, by=by)
