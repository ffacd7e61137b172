"""Parts out to a job and back: only what the customer agreed to (PRT-3)."""

from decimal import Decimal

import pytest

from servicelane.kernel.models import Event
from servicelane.orders import errors
from servicelane.orders.job_services import JobDetails, add_job, drop_job
from servicelane.orders.models import DropReason, PartLine, Status
from servicelane.orders.order_services import open_points
from servicelane.orders.part_services import issue_parts, return_parts
from servicelane.parts.models import StockItem
from tests.unchanged import refused
from tests.visit import agreed, checked_in, job_of, operation


def line_of(order, number="HY-OIL-5W30"):
    return PartLine.objects.select_related("job__order__store", "part").get(
        job__order=order, part__number=number
    )


def stock(shop, number="HY-OIL-5W30"):
    return StockItem.objects.get(store=shop.shinan, part__number=number)


def test_issuing_uses_the_reservation_and_returning_brings_it_back(shop):
    order = agreed(shop)
    before = stock(shop).on_hand
    issue_parts(line_of(order), Decimal(1), by=shop.he)
    assert (stock(shop).on_hand, stock(shop).reserved) == (before - 1, 0)
    return_parts(line_of(order), Decimal(1), by=shop.he)
    assert stock(shop).on_hand == before
    kinds = list(Event.objects.about(order).values_list("kind", flat=True))
    assert kinds[-2:] == ["orders.parts_issued", "orders.parts_returned"]


def test_nothing_is_issued_that_the_customer_did_not_agree_to(shop):
    order = checked_in(shop)
    add_job(order, JobDetails(operation("M20")), by=shop.chen)
    with refused(errors.WrongMoment):
        issue_parts(line_of(order), Decimal(1), by=shop.he)

    order = agreed(shop)
    add_job(order, JobDetails(operation("G-WIP")), by=shop.chen)
    with refused(errors.NotAgreed):
        issue_parts(line_of(order, "HY-WB-4301"), Decimal(1), by=shop.he)


def test_no_more_is_issued_than_agreed(shop):
    order = agreed(shop)
    with refused(errors.TooManyParts):
        issue_parts(line_of(order), Decimal("1.001"), by=shop.he)


def test_a_job_whose_parts_are_out_is_not_dropped(shop):
    order = agreed(shop)
    issue_parts(line_of(order), Decimal(1), by=shop.he)
    order.refresh_from_db()
    with refused(errors.PartsStillOut):
        drop_job(order, job_of(order), DropReason.NOT_NEEDED, by=shop.chen)


def test_a_dropped_job_gets_no_parts(shop):
    order = agreed(shop, checked_in(shop), "M20", "G-WIP")
    drop_job(order, job_of(order), DropReason.NOT_NEEDED, by=shop.chen)
    with refused(errors.WrongJobStep):
        issue_parts(line_of(order), Decimal(1), by=shop.he)


def test_the_gate_before_settlement_names_parts_and_belongings(shop):
    order = agreed(shop, checked_in(shop, belongings=["雨伞"]))
    job = job_of(order)
    type(job).objects.filter(pk=job.pk).update(state="done")
    points = open_points(order, Status.SETTLED)
    assert len(points) == 6
    assert any("机油" in point for point in points)
    for line in PartLine.objects.filter(job=job).select_related("job__order__store", "part"):
        line.job.order.refresh_from_db()
        issue_parts(line, line.quantity, by=shop.he)
    order.belongings.update(returned_at=order.arrived_at)
    assert open_points(order, Status.SETTLED) == []


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1)])
def test_nothing_and_less_is_not_issued(shop, quantity):
    from servicelane.parts.errors import QuantityRefused

    order = agreed(shop)
    with refused(QuantityRefused):
        issue_parts(line_of(order), quantity, by=shop.he)
