"""Packages on an order: which ones fit its car, which is due, and putting one on at its price (RCP-5)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from servicelane.customers.models import Vehicle
from servicelane.kernel.clock import now
from servicelane.kernel.money import to_fen
from servicelane.org.queries import today_in

from . import errors, events
from .job_services import PRICING, JobDetails, Wanted, put
from .models import Job, ModelFamily, Package, PackageLine, PayType, RepairOrder
from .pricing import labour_price, parts_price, rate_of
from .timeline import yuan
from .writing import By, fen, take, tell

SOON_KM = 1_000
"""How many km before its point a maintenance is proposed already."""


def words_of(vehicle: Vehicle) -> list[str]:
    """Return the words of a car's model, one of which names its family."""
    return vehicle.model_name.upper().split()


def packages_for(order: RepairOrder) -> list[Package]:
    """Return the packages that fit the order's car: of its family and of all, the menu first. One query."""
    found = Package.objects.filter(
        Q(family=None) | Q(family__code__in=words_of(order.vehicle)),
        group_id=order.store.region.group_id,
        is_active=True,
    )
    return sorted(found, key=lambda one: (one.every_km is None, one.every_km or 0, one.code))


def due_package(order: RepairOrder, packages: list[Package]) -> Package | None:
    """Return the entry of the maintenance menu that the odometer asks for, None when it asks for none.

    The menu's points are the multiples of its shortest interval. The point that counts is the last one
    reached, or nearly; of the entries that fall on it, it is the one with the longest interval. A car that
    is due by date before its first point gets the first entry. No query.
    """
    menu = [one for one in packages if one.every_km]
    if not menu:
        return None
    step = min(one.every_km or 0 for one in menu)
    km = order.odometer or order.vehicle.odometer or 0
    point = (km + SOON_KM) // step * step
    if not point:
        first = min(menu, key=lambda one: one.every_km or 0)
        return first if order.vehicle.is_due(today_in(order.store)) else None
    fitting = [one for one in menu if point % (one.every_km or 1) == 0]
    return max(fitting, key=lambda one: one.every_km or 0)


@transaction.atomic
def add_package(order: RepairOrder, package: Package, *, by: By, version: int | None = None) -> list[Job]:
    """Put every operation of `package` with its parts on `order`, together at the package's price.

    Parts keep their list price, so that a return is credited right; what the package is cheaper comes off
    the labour. Raises PackageDoesNotFit for another group's or family's, PackageTooCheap where the parts
    alone cost more than it, NoRate, PriceRefused, OrderChanged, WrongMoment.
    """
    take(order, version, during=PRICING)
    if package.group_id != order.store.region.group_id or not package.is_active or not _fits(package, order):
        raise errors.PackageDoesNotFit(order=order, package=package, car=order.vehicle)
    lines = list(package.lines.select_related("operation").prefetch_related("parts__part"))
    rate = rate_of(order.store, PayType.CUSTOMER, now())
    labour = [labour_price(line.operation.minutes, rate) for line in lines]
    if package.price is not None:
        left = package.price - sum((_parts_of(line) for line in lines), Decimal(0))
        if left < 0 or not lines:
            raise errors.PackageTooCheap(order=order, package=package, price=yuan(fen(package.price)))
        labour = shared(left, labour)
    jobs = [
        put(
            order,
            JobDetails(
                line.operation,
                price=price,
                parts=[Wanted(row.part, row.quantity) for row in line.parts.all()],
                package=package,
            ),
            by=by,
        )
        for line, price in zip(lines, labour, strict=True)
    ]
    total = sum(labour, Decimal(0)) + sum((_parts_of(line) for line in lines), Decimal(0))
    tell(events.PACKAGE_ADDED, order, by=by, package=package.code, jobs=len(jobs), total=fen(total))
    return jobs


def _fits(package: Package, order: RepairOrder) -> bool:
    if package.family_id is None:
        return True
    words = words_of(order.vehicle)
    return ModelFamily.objects.filter(pk=package.family_id, code__in=words).exists()


def _parts_of(line: PackageLine) -> Decimal:
    rows = line.parts.all()
    return sum((parts_price(row.quantity, row.part.price) for row in rows), Decimal(0))


def shared(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split an amount in yuan by weights to whole 分; the shares sum to it, also where nothing weighs."""
    whole = sum(weights, Decimal(0))
    weights, whole = (weights, whole) if whole else ([Decimal(1)] * len(weights), Decimal(len(weights)))
    made, given, weighed = [], Decimal(0), Decimal(0)
    for weight in weights:
        weighed += weight
        up_to = to_fen(amount * weighed / whole)
        made.append(up_to - given)
        given = up_to
    return made
