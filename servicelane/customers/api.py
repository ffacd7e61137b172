"""Customers, vehicles and the search for programs: the same services as the pages, numbers masked."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from servicelane.kernel.doubts import DoubtReason
from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.plates import PlateKind
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.org.models import Store
from servicelane.people.http import ApiRequest

from . import customer_services, vehicle_services
from .customer_services import CustomerDetails
from .models import ContactWay, Customer, CustomerKind, Salutation, Transmission, Vehicle
from .permissions import Perm
from .queries import Hit, search, working_store
from .vehicle_services import VehicleDetails

router = Router(tags=["customers"])

Reason = DoubtReason | None


class CustomerOut(Schema):
    id: int
    kind: str
    name: str
    salutation: str
    masked_mobile: str
    address: str
    contact_way: str
    language: str
    confirmed_on: date | None
    version: int


class CustomersOut(Schema):
    items: list[CustomerOut]
    next_cursor: str


class CustomerIn(Schema):
    """A customer to add; `mobile_reason` says why a doubtful mobile stands."""

    store: int = Field(ge=1, lt=2**63, description="id of the store that opens the file")
    name: str = Field(min_length=1, max_length=80)
    kind: CustomerKind = CustomerKind.PERSON
    salutation: Salutation = Salutation.NONE
    mobile: str = Field("", max_length=30)
    mobile_reason: Reason = None
    phone_home: str = Field("", max_length=30)
    phone_office: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    contact_way: ContactWay = ContactWay.ANY
    contact_hours: str = Field("", max_length=60)
    birthday: date | None = None
    family: str = Field("", max_length=200)
    services_wished: str = Field("", max_length=200)
    notes: str = Field("", max_length=500)


class CustomerPatch(Schema):
    """What of a customer changes; what is left out stays. `version` is the one that was read."""

    version: int | None = Field(None, ge=1, lt=2**31)
    name: str = Field("", min_length=1, max_length=80)
    kind: CustomerKind = CustomerKind.PERSON
    salutation: Salutation = Salutation.NONE
    mobile: str = Field("", max_length=30)
    mobile_reason: Reason = None
    phone_home: str = Field("", max_length=30)
    phone_office: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    contact_way: ContactWay = ContactWay.ANY
    contact_hours: str = Field("", max_length=60)
    birthday: date | None = None
    family: str = Field("", max_length=200)
    services_wished: str = Field("", max_length=200)
    notes: str = Field("", max_length=500)


@router.get("/customers", response=CustomersOut)
@STAFF(Perm.SEE_CUSTOMERS, scope=ANYWHERE)
def customers(request: ApiRequest, asked: PageQuery) -> dict[str, Any]:
    """The customers of all stores in which the caller sees files; full numbers are never listed."""
    rows, following = page_by_pk(Customer.objects.visible_to(request.employee, Perm.SEE_CUSTOMERS), asked)
    return {"items": rows, "next_cursor": following}


@router.post("/customers", response={201: CustomerOut})
@STAFF(Perm.CHANGE_CUSTOMERS, scope=ANYWHERE)
def add_customer(request: ApiRequest, wanted: CustomerIn) -> Status:
    """Open the file of a customer in one store. A doubtful mobile without a reason is 422."""
    viewer = request.employee
    store = get_object_or_404(Store.objects.visible_to(viewer, Perm.CHANGE_CUSTOMERS), pk=wanted.store)
    entered = _entered(wanted, "store")
    return Status(201, customer_services.add_customer(store, CustomerDetails(**entered), by=viewer))


@router.get("/customers/{int:customer}", response=CustomerOut)
@STAFF(Perm.SEE_CUSTOMERS, scope=Customer)
def customer(request: ApiRequest, customer: int) -> Customer:
    """One customer, with masked numbers."""
    rows = Customer.objects.visible_to(request.employee, Perm.SEE_CUSTOMERS)
    return get_object_or_404(rows, pk=customer)


@router.patch("/customers/{int:customer}", response=CustomerOut)
@STAFF(Perm.CHANGE_CUSTOMERS, scope=Customer)
def change_customer(request: ApiRequest, customer: int, wanted: CustomerPatch) -> Customer:
    """Change what is given about a customer; a stale `version` is 409."""
    rows = Customer.objects.visible_to(request.employee, Perm.CHANGE_CUSTOMERS)
    row = get_object_or_404(rows, pk=customer)
    details = replace(CustomerDetails.of(row), **_given(wanted))
    return customer_services.change_customer(row, details, by=request.employee, version=wanted.version)


class VehicleOut(Schema):
    id: int
    plate: str
    plate_kind: str
    vin: str | None
    maker: str
    model_name: str
    model_year: int | None
    colour: str
    odometer: int | None
    next_due_on: date | None
    next_due_km: int | None
    version: int


class VehiclesOut(Schema):
    items: list[VehicleOut]
    next_cursor: str


class VehiclePatch(Schema):
    """What of a vehicle changes; what is left out stays. `version` is the one that was read."""

    version: int | None = Field(None, ge=1, lt=2**31)
    plate: str = Field("", max_length=16)
    plate_reason: Reason = None
    plate_kind: PlateKind | None = None
    vin: str = Field("", max_length=30)
    vin_reason: Reason = None
    maker: str = Field("", max_length=40)
    model_name: str = Field("", max_length=60)
    model_year: int | None = Field(None, ge=1950, le=2100)
    colour: str = Field("", max_length=30)
    transmission: Transmission | None = None
    engine_no: str = Field("", max_length=30)
    key_code: str = Field("", max_length=30)
    interval_months: int | None = Field(None, ge=1, le=120)
    interval_km: int | None = Field(None, ge=500, le=200_000)


class VehicleIn(VehiclePatch):
    """A vehicle to add: it needs a plate or a VIN, and an owner the caller sees."""

    version: None = None
    owner: int = Field(ge=1, lt=2**63, description="id of the customer who owns it")


@router.get("/vehicles", response=VehiclesOut)
@STAFF(Perm.SEE_CUSTOMERS, scope=ANYWHERE)
def vehicles(request: ApiRequest, asked: PageQuery) -> dict[str, Any]:
    """The vehicles of all stores in which the caller sees files."""
    rows, following = page_by_pk(Vehicle.objects.visible_to(request.employee, Perm.SEE_CUSTOMERS), asked)
    return {"items": rows, "next_cursor": following}


@router.post("/vehicles", response={201: VehicleOut})
@STAFF(Perm.CHANGE_CUSTOMERS, scope=ANYWHERE)
def add_vehicle(request: ApiRequest, wanted: VehicleIn) -> Status:
    """Open the file of a vehicle. A doubtful plate or VIN without a reason is 422."""
    viewer = request.employee
    owner = get_object_or_404(Customer.objects.visible_to(viewer, Perm.CHANGE_CUSTOMERS), pk=wanted.owner)
    store = working_store(viewer, None, Customer.objects.filter(pk=owner.pk))
    details = VehicleDetails(**_entered(wanted, "owner", "version"))
    return Status(201, vehicle_services.add_vehicle(store, details, owner=owner, by=viewer))


@router.get("/vehicles/{int:vehicle}", response=VehicleOut)
@STAFF(Perm.SEE_CUSTOMERS, scope=Vehicle)
def vehicle(request: ApiRequest, vehicle: int) -> Vehicle:
    """One vehicle."""
    return get_object_or_404(Vehicle.objects.visible_to(request.employee, Perm.SEE_CUSTOMERS), pk=vehicle)


@router.patch("/vehicles/{int:vehicle}", response=VehicleOut)
@STAFF(Perm.CHANGE_CUSTOMERS, scope=Vehicle)
def change_vehicle(request: ApiRequest, vehicle: int, wanted: VehiclePatch) -> Vehicle:
    """Change what is given about a vehicle; a stale `version` is 409."""
    row = get_object_or_404(Vehicle.objects.visible_to(request.employee, Perm.CHANGE_CUSTOMERS), pk=vehicle)
    given = _given(wanted)
    if "plate" in given:
        given.setdefault("plate_kind", "")
    details = replace(VehicleDetails.of(row), **given)
    return vehicle_services.change_vehicle(row, details, by=request.employee, version=wanted.version)


class HitOut(Schema):
    kind: str = Field(description="vehicle or customer")
    id: int | None = Field(description="empty for a file of another store")
    plate: str
    name: str
    elsewhere: bool


class SearchOut(Schema):
    items: list[HitOut]


class Asked(Schema):
    """What somebody began to type."""

    q: str = Field("", max_length=80)
    limit: int = Field(20, ge=1, le=100)


@router.get("/search", response=SearchOut)
@STAFF(Perm.SEE_CUSTOMERS, scope=ANYWHERE)
def find(request: ApiRequest, asked: Annotated[Asked, Query()]) -> dict[str, Any]:
    """Vehicles and customers by a fragment of plate, VIN, phone, name or pinyin.

    Files of other stores of the group are found by a whole number only, with a masked name.
    """
    return {"items": [_hit(hit) for hit in search(request.employee, None, asked.q, asked.limit)]}


def _hit(hit: Hit) -> dict[str, Any]:
    row = hit.vehicle or hit.customer
    return {
        "kind": "vehicle" if hit.vehicle else "customer",
        "id": row.pk if row and not hit.elsewhere else None,
        "plate": hit.vehicle.plate if hit.vehicle else "",
        "name": hit.name,
        "elsewhere": hit.elsewhere,
    }


def _entered(wanted: Schema, *without: str) -> dict[str, Any]:
    return {
        name: "" if value is None and name in _CODES else value
        for name, value in wanted.model_dump(exclude=set(without)).items()
    }


def _given(wanted: Schema) -> dict[str, Any]:
    given = wanted.model_dump(exclude_unset=True, exclude={"version"})
    return {name: "" if value is None and name in _CODES else value for name, value in given.items()}


_CODES = ("mobile_reason", "plate_reason", "vin_reason", "plate_kind", "transmission")
