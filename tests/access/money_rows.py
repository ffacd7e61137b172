"""A settled visit of one store with its invoice, payment and exit pass; every text begins with the mark."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models

from servicelane.billing.cash_services import Counted, close_day, open_day
from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.kernel.clock import now
from servicelane.orders.estimate_services import Answered, authorise, make_estimate
from servicelane.orders.job_services import JobDetails, add_job, move_job
from servicelane.orders.models import ConsentWay, JobState, RepairOrder, Status
from servicelane.orders.order_services import Arrival, CheckIn, check_in, create
from servicelane.people.models import Employee
from servicelane.workshop.models import QualityCheck


def money_rows(first: RepairOrder, mark: str, boss: Employee) -> list[models.Model]:
    """A second visit of the car of `first`: settled, paid in part, the rest on account, the exit pass out."""
    order = create(first.store, Arrival(first.vehicle, first.customer, boss, words=f"{mark} again"), by=boss)
    check_in(order, CheckIn(1100, 4, f"{mark[:6]}-K"), by=boss)
    names = {"name_zh": f"{mark} paid job", "name_en": f"{mark} paid job"}
    job = add_job(order, JobDetails(**names, minutes=timedelta(hours=1), parts=()), by=boss)
    estimate = make_estimate(order, by=boss, promised_at=now() + timedelta(hours=4))
    said = Answered(ConsentWay.CALL, frozenset({job.pk}), {}, spoken_to=f"{mark} Customer")
    authorise(estimate, said, by=boss)
    job.refresh_from_db()
    move_job(job, JobState.RUNNING)
    move_job(job, JobState.DONE)
    # How the car got ready is the workshop's; here it only has to be settled.
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.READY, ready_at=now())
    order = RepairOrder.objects.with_car().get(pk=order.pk)
    (invoice,) = settle(order, by=boss)
    take_payment(invoice, Paid(Way.CASH, Decimal(40), f"{mark} receipt"), by=boss)
    take_payment(invoice, Paid(Way.ON_ACCOUNT, Decimal(60), f"{mark} fleet"), by=boss)
    day = open_day(first.store, Decimal(200), by=boss)
    close_day(day, Counted(Decimal(150), reason=f"{mark} lost"), by=boss)
    passed = issue_exit_pass(invoice.order, Collector(f"{mark} Customer"), by=boss)
    check = QualityCheck.objects.create(
        order=order, inspector=boss, passed=True, words=f"{mark} good", inspected_at=now()
    )
    return [check, invoice, open_day(first.store, Decimal(0), by=boss), passed]
