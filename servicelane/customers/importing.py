"""Importing customers and their cars from a table: dry run first, row by row, harmless to repeat (ARC-7).

Nothing that is known is overwritten: what is empty is filled, an odometer goes forwards only.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from servicelane.kernel.doubts import DoubtReason
from servicelane.kernel.errors import DomainError
from servicelane.kernel.phones import doubts_about_mobile, normal_phone
from servicelane.kernel.plates import doubts_about_plate, normal_plate
from servicelane.kernel.transactions import unit
from servicelane.kernel.vins import doubts_about_vin, normal_vin
from servicelane.org.models import Store

from .customer_services import CustomerDetails, add_customer, change_customer, serve
from .errors import RowRefused
from .models import Customer, CustomerKind, PartyRole, ServedHow, Vehicle
from .party_services import add_party
from .tables import Row, cell
from .vehicle_services import VehicleDetails, add_vehicle, change_vehicle, note_odometer

CHUNK = 3  # rows of a transaction: some 20 ms, in which others wait to write
"""Rows in one transaction: a cashier who waits for the database waits for less than half a second."""
IMPORTED = str(DoubtReason.IMPORTED)
COMPANY_FROM = 5
"""Characters from which a name without spaces is a company's."""


class Result(models.TextChoices):
    """What became of one row."""

    ADDED = "added", pgettext_lazy("import", "added")
    UPDATED = "updated", pgettext_lazy("import", "updated")
    UNCHANGED = "unchanged", pgettext_lazy("import", "unchanged")
    DOUBTFUL = "doubtful", pgettext_lazy("import", "doubtful, imported as it is")
    REFUSED = "refused", pgettext_lazy("import", "refused")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row's result, and why in words where it is doubtful or refused."""

    row: int
    result: Result
    why: str = ""


class _Undone(Exception):
    """Ends a transaction of a dry run."""


def import_customers(
    store: Store,
    rows: Iterable[Row],
    *,
    dry_run: bool,
    tell: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Import `rows` into `store` and return what became of each; a dry run says the same and keeps nothing.

    Commits a few rows at a time, so that what was imported before a failure stays; running it again
    then goes on. A row that is refused leaves nothing and stops no other. `tell` hears how
    many rows a transaction has finished.
    """
    outcomes: list[Outcome] = []
    seen: dict[str, int] = {}
    for chunk in _chunks(rows):
        found = _undone(store, chunk, seen) if dry_run else unit(partial(_done, store, chunk))
        if tell:
            tell(len(found))
        outcomes += found
    return outcomes


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _done(store: Store, rows: list[Row]) -> list[Outcome]:
    return [_row(store, row) for row in rows]


def _undone(store: Store, rows: list[Row], seen: dict[str, int]) -> list[Outcome]:
    found: list[Outcome] = []

    def work() -> None:
        found[:] = _done(store, rows)
        raise _Undone

    with suppress(_Undone):
        unit(work)
    outcomes = []
    for row, outcome in zip(rows, found, strict=True):
        car = normal_vin(row.cells.get("vin", "")) or normal_plate(row.cells.get("plate", ""))
        first = seen.setdefault(car, row.number) if car else row.number
        # The rows before were undone, so a repeated car looks new to each transaction.
        is_repeated = first != row.number and outcome.result is not Result.REFUSED
        outcomes.append(Outcome(row.number, Result.UNCHANGED) if is_repeated else outcome)
    return outcomes


def _row(store: Store, row: Row) -> Outcome:
    try:
        with transaction.atomic():
            return _imported(store, row)
    except DomainError as refusal:
        return Outcome(row.number, Result.REFUSED, str(refusal))


def _imported(store: Store, row: Row) -> Outcome:
    cells = {name: row.cells.get(name, "") for name in _CELLS}
    plate, vin, mobile = (
        normal_plate(cells["plate"]),
        normal_vin(cells["vin"]),
        normal_phone(cells["mobile"]),
    )
    if not (plate or vin or mobile):
        raise RowRefused(why=_("it has neither plate nor VIN nor mobile to know it by again."))
    year, km = _number(cells["year"], _("year")), _number(cells["odometer_km"], _("odometer"))
    vehicle = _vehicle(store, plate, vin)
    customer, is_new_customer, was_filled = _customer(store, cells, mobile, vehicle)
    is_new_car, was_completed = False, False
    if plate or vin:
        details = VehicleDetails(
            plate=plate,
            vin=vin,
            maker=cells["brand"],
            model_name=cells["series"],
            model_year=year,
            plate_reason=IMPORTED,
            vin_reason=IMPORTED,
        )
        vehicle, is_new_car, was_completed = _car(store, customer, vehicle, details, km)
    doubts = [
        str(doubt)
        for doubt in (*doubts_about_plate(plate), *doubts_about_vin(vin), *doubts_about_mobile(mobile))
    ]
    if is_new_customer or is_new_car:
        return Outcome(row.number, Result.DOUBTFUL if doubts else Result.ADDED, " ".join(doubts))
    return Outcome(row.number, Result.UPDATED if was_filled or was_completed else Result.UNCHANGED)


_CELLS = ("name", "mobile", "address", "plate", "vin", "brand", "series", "year", "odometer_km")


def _number(text: str, what: str) -> int | None:
    if not text:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = -1
    if not 0 <= number < 10**9 or number != int(number):
        raise RowRefused(why=_("its {what} is no whole number.").format(what=what))
    return int(number)


def _vehicle(store: Store, plate: str, vin: str) -> Vehicle | None:
    cars = Vehicle.objects.filter(group=store.region.group_id)
    by_vin = cars.filter(vin=vin).first() if vin else None
    by_plate = cars.filter(plate=plate).first() if plate else None
    if by_plate and by_vin != by_plate and (by_vin or (vin and by_plate.vin)):
        raise RowRefused(why=_("its plate is on another vehicle of the group."))
    return by_vin or by_plate


def _customer(
    store: Store, cells: dict[str, str], mobile: str, vehicle: Vehicle | None
) -> tuple[Customer, bool, bool]:
    """Return the row's customer, whether the file is new, and whether something empty was filled."""
    group = store.region.group_id
    # A number alone is not enough in a table: whole families, and clerks with nothing better, share one.
    same = Customer.objects.filter(group=group, mobile=mobile, name=cells["name"]).order_by("pk")
    found = same.first() if mobile else None
    if found is None and vehicle:
        seats = vehicle.parties.current().filter(customer__name=cells["name"])
        seat = seats.select_related("customer").order_by("pk").first()
        found = seat.customer if seat and not (mobile and seat.customer.mobile) else None
    if found is None:
        kind = CustomerKind.COMPANY if _is_company(cells["name"]) else CustomerKind.PERSON
        details = CustomerDetails(
            cells["name"], kind, mobile=mobile, address=cells["address"], mobile_reason=IMPORTED
        )
        return add_customer(store, details, by=None, how=ServedHow.IMPORTED), True, False
    known = CustomerDetails.of(found)
    wanted = known
    if mobile and not known.mobile:
        wanted = replace(wanted, mobile=mobile, mobile_reason=IMPORTED)
    if cells["address"] and not known.address:
        wanted = replace(wanted, address=cells["address"])
    if wanted != known:
        change_customer(found, wanted, by=None)
    serve(found, store, ServedHow.IMPORTED, by=None)
    return found, False, wanted != known


def _is_company(name: str) -> bool:
    return not name.isascii() and len("".join(name.split())) >= COMPANY_FROM


def _car(
    store: Store, customer: Customer, known: Vehicle | None, details: VehicleDetails, km: int | None
) -> tuple[Vehicle, bool, bool]:
    """Return the row's car, whether its file is new, and whether something empty was filled."""
    if known is None:
        vehicle = add_vehicle(store, details, owner=customer, by=None, how=ServedHow.IMPORTED)
    else:
        kept = VehicleDetails.of(known)
        empty = {
            name: value
            for name in ("plate", "vin", "maker", "model_name", "model_year")
            if (value := getattr(details, name)) and not getattr(kept, name)
        }
        wanted = replace(kept, **empty)
        if "plate" in empty:
            wanted = replace(wanted, plate_kind="", plate_reason=IMPORTED)
        if "vin" in empty:
            wanted = replace(wanted, vin_reason=IMPORTED)
        vehicle = change_vehicle(known, wanted, by=None) if empty else known
        if not vehicle.parties.current().filter(customer=customer).exists():
            add_party(vehicle, customer, PartyRole.DRIVER, by=None)
            empty["driver"] = customer
    before = vehicle.odometer
    if km is not None and km > (before or 0):
        note_odometer(vehicle, km, by=None)
    return vehicle, known is None, known is not None and (bool(empty) or vehicle.odometer != before)


def write_report(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write what became of each row as a table that Excel opens. Raises OSError."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow([cell(head) for head in (_("row"), _("result"), _("why"))])
        for outcome in outcomes:
            table.writerow([outcome.row, outcome.result.label, cell(outcome.why)])
