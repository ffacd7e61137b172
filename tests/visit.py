"""One car walked through the real services, as far as a test wants it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.vehicle_services import note_odometer
from servicelane.customers.visitor_services import Visitor, find_or_add
from servicelane.kernel.clock import now
from servicelane.orders import estimate_services, job_services, order_services
from servicelane.orders.estimate_services import Answered
from servicelane.orders.job_services import JobDetails
from servicelane.orders.models import (
    ConsentWay,
    DeclineReason,
    Estimate,
    Job,
    ModelFamily,
    Operation,
    Package,
    PackageLine,
    PackagePart,
    RepairOrder,
)
from servicelane.orders.order_services import Arrival, CheckIn, Signed
from servicelane.org.queries import today_in
from servicelane.parts.models import Part

STROKES = [[100, 300, 180, 120, 260, 290], [300, 200, 420, 210]]


def car(cast: Any, plate: str = "鲁B3210K", name: str = "张大全") -> tuple[Customer, Vehicle]:
    """A customer of 市南店 with a car of their own, the same one for the same plate."""
    mobile = f"1540000{sum(map(ord, plate)) % 10_000:04}"
    visitor = Visitor(name, mobile, plate, model_name="EQ7200-IID")
    customer, vehicle = find_or_add(cast.shinan, visitor, by=cast.chen)
    if vehicle.odometer is None:
        note_odometer(vehicle, 18_000, by=cast.chen, on=today_in(cast.shinan) - timedelta(days=200))
    return customer, vehicle


def arrived(cast: Any, **changes: Any) -> RepairOrder:
    """An order in `arrived`, opened by 陈安."""
    if "vehicle" not in changes:
        customer, vehicle = car(cast)
        changes = {"customer": customer, "vehicle": vehicle, **changes}
    arrival = Arrival(advisor=cast.chen, words="到里程了，做保养", **changes)
    return order_services.create(cast.shinan, arrival, by=cast.chen)


def checked_in(cast: Any, order: RepairOrder | None = None, **changes: Any) -> RepairOrder:
    """An order in `open`."""
    order = order or arrived(cast)
    seen = CheckIn(**{"odometer": 20_150, "fuel": 4, "key_tag": "K-17", **changes})
    return order_services.check_in(order, seen, by=cast.chen)


def operation(code: str) -> Operation:
    """An operation of the demo's catalogue."""
    return Operation.objects.get(code=code)


def package(
    cast: Any,
    code: str,
    price: object = None,
    family: ModelFamily | None = None,
    every_km: int | None = None,
    lines: Any = (("M10", {"HY-OF-1001": 1}), ("G-BAL", {})),
) -> Package:
    """A package of operations with their parts, sold at `price` yuan."""
    made = Package.objects.create(
        group=cast.group, code=code, name_zh=f"套餐{code}", name_en=f"package {code}", family=family,
        every_km=every_km, price=None if price is None else Decimal(str(price)),
    )  # fmt: skip
    for position, (work, parts) in enumerate(lines, 1):
        line = PackageLine.objects.create(package=made, position=position, operation=operation(work))
        for number, quantity in parts.items():
            PackagePart.objects.create(line=line, part=Part.objects.get(number=number), quantity=quantity)
    return made


def asked(cast: Any, order: RepairOrder | None = None, *codes: str) -> Estimate:
    """The open estimate of an order with these operations, promised in two hours."""
    order = order or checked_in(cast)
    for code in codes or ("M20",):
        job_services.add_job(order, JobDetails(operation(code)), by=cast.chen)
    return estimate_services.make_estimate(order, by=cast.chen, promised_at=now() + timedelta(hours=2))


def signed(estimate: Estimate, *, declined: tuple[int, ...] = ()) -> Answered:
    """A signed answer that agrees to everything but these jobs."""
    jobs = set(estimate.lines.values_list("job_id", flat=True))
    return Answered(
        ConsentWay.SIGNATURE,
        agreed=frozenset(jobs - set(declined)),
        declined=dict.fromkeys(declined, DeclineReason.PRICE),
        signed=Signed("张大全", STROKES),
    )


def agreed(cast: Any, order: RepairOrder | None = None, *codes: str) -> RepairOrder:
    """An order in `agreed` with these operations, signed by the customer."""
    estimate = asked(cast, order, *codes)
    estimate_services.authorise(estimate, signed(estimate), by=cast.chen)
    return RepairOrder.objects.with_car().get(pk=estimate.order_id)


def job_of(order: RepairOrder) -> Job:
    """The first job of an order, with its parts."""
    return order.jobs.prefetch_related("part_lines__part").first()
