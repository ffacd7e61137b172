"""A car at the cashier's door, and the people who stand around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from servicelane.billing.models import Invoice, PayerKind
from servicelane.kernel.clock import now
from servicelane.orders import job_services, part_services
from servicelane.orders.estimate_services import authorise, make_estimate
from servicelane.orders.events import OF_STATUS
from servicelane.orders.job_services import JobDetails
from servicelane.orders.models import Consent, JobState, PayType, RepairOrder, Status
from servicelane.orders.order_services import STAMP
from servicelane.orders.writing import take, tell
from tests.visit import checked_in, operation, signed

YUAN = Decimal


def finish(shop: Any, order: RepairOrder) -> None:
    """Issue the parts of all agreed jobs and finish them; dropped and finished ones stay as they are."""
    waiting = order.jobs.filter(state=JobState.WAITING, consent=Consent.AGREED)
    for job in waiting.prefetch_related("part_lines__part"):
        for line in job.part_lines.all():
            line.job.order = order
            part_services.issue_parts(line, line.open_quantity, by=shop.he)
        job_services.move_job(job, JobState.RUNNING)
        job_services.move_job(job, JobState.DONE)


@transaction.atomic
def stand(order: RepairOrder, status: Status) -> RepairOrder:
    """Put an order where billing meets it, with its fact; how it got there is the business of other tests."""
    order = again(order)
    take(order)
    was, order.status = order.status, status
    stamp = STAMP[status]
    RepairOrder.objects.filter(pk=order.pk).update(status=status, **{stamp: now()})
    tell(OF_STATUS[status], order, by=None, was=was)
    return again(order)


def again(order: RepairOrder) -> RepairOrder:
    """The order as the next request reads it."""
    return RepairOrder.objects.with_car().get(pk=order.pk)


@pytest.fixture
def ready(shop: Any) -> Callable[..., RepairOrder]:
    """Make an order that is ready to settle; each job is a price with its pay type, or an operation."""

    def make(*jobs: tuple[str, PayType] | str, parts: bool = False) -> RepairOrder:
        order = checked_in(shop)
        for wanted in jobs or (("618", PayType.CUSTOMER), ("128", PayType.CUSTOMER)):
            if isinstance(wanted, str):
                details = JobDetails(operation(wanted))
            else:
                price, pay_type = wanted
                details = JobDetails(
                    operation("M20"), price=YUAN(price), pay_type=pay_type, parts=None if parts else ()
                )
            job_services.add_job(order, details, by=shop.chen)
        estimate = make_estimate(order, by=shop.chen, promised_at=now() + timedelta(hours=2))
        authorise(estimate, signed(estimate), by=shop.chen)
        order = RepairOrder.objects.with_car().get(pk=order.pk)
        finish(shop, order)
        return stand(order, Status.READY)

    return make


def invoice_of(order: RepairOrder, payer: PayerKind = PayerKind.CUSTOMER) -> Invoice:
    """The invoice of a payer that stands, as somebody else reads it."""
    return Invoice.objects.select_related("order__store", "store").get(
        order=order, payer_kind=payer, state="issued", credit_of=None
    )
