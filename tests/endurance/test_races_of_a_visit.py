"""What two people fight for along a visit, beside what each app tests itself: one wins, one is told."""

from __future__ import annotations

import json
from datetime import time, timedelta
from typing import Any

from django.test import Client

from servicelane.billing.errors import ExitPassOut, InvoiceCredited, PaymentsStillOn
from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import credit, settle
from servicelane.billing.models import ExitPass, Invoice, Payment, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.booking.models import Booking, BookingCancelReason
from servicelane.booking.services import NewBooking, Times, arrive, book
from servicelane.booking.services import cancel as call_off
from servicelane.care.follow_up_services import CallDetails, plan_follow_up, record_call
from servicelane.care.models import Call, Complaint, FollowUp, Outcome
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.checking import check
from servicelane.kernel.errors import ChangedMeanwhile, DomainError
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, OrderIsOver
from servicelane.orders.estimate_services import authorise
from servicelane.orders.models import Estimate, Job, RepairOrder, Status
from servicelane.org.queries import local_moment, today_in
from servicelane.people.sign_in_services import issue_token
from servicelane.reception.services import HandOver, hand_over
from tests.billing.conftest import again, finish, invoice_of, stand
from tests.delivered import delivered
from tests.people.test_races import at_once
from tests.visit import agreed, arrived, asked, car, checked_in, signed


def ready(shop: Any, plate: str = "鲁B3210K", name: str = "张大全") -> RepairOrder:
    """An order of this car at the cashier's door."""
    customer, vehicle = car(shop, plate, name)
    order = agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)))
    finish(shop, order)
    return stand(order, Status.READY)


def told(order: RepairOrder, kind: str) -> int:
    """How many facts of a kind stand about an order."""
    return Event.objects.about(order).filter(kind=kind).count()


def test_an_approval_and_a_decline_at_once_leave_one_answer(transactional_db: None, shop: Any) -> None:
    estimate = asked(shop, None, "M20", "G-WIP")
    wipers = Job.objects.get(order=estimate.order, operation__code="G-WIP")
    yes, no = signed(estimate), signed(estimate, declined=(wipers.pk,))
    one, other = (Estimate.objects.select_related("order__store").get(pk=estimate.pk) for _ in range(2))

    refusals = at_once(lambda: authorise(one, yes, by=shop.chen), lambda: authorise(other, no, by=shop.wu))

    assert [type(refusal) for refusal in refusals] == [OrderChanged]
    (fact,) = Event.objects.about(estimate.order).filter(kind="orders.authorised")
    wipers.refresh_from_db()
    assert wipers.consent == ("declined" if fact.actor_id == shop.wu.pk else "agreed")
    assert told(estimate.order, "orders.agreed") == 1
    assert check() == []


def test_a_car_leaves_once_on_one_exit_pass(transactional_db: None, shop: Any) -> None:
    order = ready(shop)
    (invoice,) = settle(order, by=shop.shen)
    take_payment(invoice_of(order), Paid(Way.CASH, invoice.gross), by=shop.shen)
    collector, (one, other) = Collector("张大全"), (again(order), again(order))

    refusals = at_once(
        lambda: issue_exit_pass(one, collector, by=shop.shen),
        lambda: issue_exit_pass(other, collector, by=shop.gu),
    )

    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [ExitPassOut])
    assert ExitPass.objects.count() == told(order, "billing.exit_pass") == 1

    handed = HandOver(explained=True, belongings_seen=True, next_km=30_000, next_on=None)
    one, other = again(order), again(order)
    refusals = at_once(
        lambda: hand_over(one, handed, by=shop.chen), lambda: hand_over(other, handed, by=shop.wu)
    )

    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [OrderIsOver])
    assert told(order, "orders.delivered") == 1
    assert check() == []


def test_no_payment_lands_on_an_invoice_that_is_credited_at_that_moment(
    transactional_db: None, shop: Any
) -> None:
    order = ready(shop)
    (invoice,) = settle(order, by=shop.shen)
    mine, theirs = invoice_of(order), invoice_of(order)

    refusals = at_once(
        lambda: take_payment(mine, Paid(Way.CASH, invoice.gross), by=shop.shen),
        lambda: credit(theirs, "价格有误", by=shop.gu),
    )

    assert len(refusals) == 1
    assert isinstance(refusals[0], OrderChanged | InvoiceCredited | PaymentsStillOn)
    credited = again(order).status == Status.READY
    assert Payment.objects.count() == told(order, "billing.paid") == (0 if credited else 1)
    assert check() == []


def test_invoices_issued_at_once_have_numbers_without_a_gap(transactional_db: None, shop: Any) -> None:
    orders = [ready(shop, f"鲁B{number}B00", f"客户{number}") for number in (10, 11)]

    assert at_once(*(lambda order=order: settle(order, by=shop.shen) for order in orders)) == []

    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert [int(number[-4:]) for number in numbers] == [1, 2]


def test_twins_of_one_payment_have_one_effect_and_one_answer(transactional_db: None, shop: Any) -> None:
    order = ready(shop)
    (invoice,) = settle(order, by=shop.shen)
    _row, token = issue_token(shop.shen, "program", by=shop.shen)
    half = json.dumps({"way": "cash", "amount": str(invoice.gross / 2)[:6]})
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        answer = Client().post(
            f"/api/v1/invoices/{invoice.pk}/payments",
            half,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "the same"},
        )
        answers.append((answer.status_code, answer.content))

    assert at_once(send, send, send) == []

    assert {status for status, _content in answers} == {201}
    assert len(set(answers)) == 1
    assert Payment.objects.count() == told(order, "billing.paid") == 1


def test_one_call_after_delivery_is_recorded_once(transactional_db: None, shop: Any) -> None:
    order = delivered(shop)
    follow_up = plan_follow_up(order, today_in(shop.shinan) - timedelta(days=3))
    one, other = (FollowUp.objects.select_related("order__store").get(pk=follow_up.pk) for _ in range(2))
    unhappy = CallDetails(Outcome.DISSATISFIED, car_ok=False, said="还有异响", wish="请再检查")

    refusals = at_once(
        lambda: record_call(one, unhappy, by=shop.lin), lambda: record_call(other, unhappy, by=shop.gu)
    )

    assert [type(refusal) for refusal in refusals] == [ChangedMeanwhile]
    assert (Call.objects.count(), Complaint.objects.count(), told(order, "care.called")) == (1, 1, 1)


def test_a_booking_is_not_received_and_called_off_at_once(transactional_db: None, cast: Any) -> None:
    tomorrow = local_moment(cast.shinan, today_in(cast.shinan) + timedelta(days=1), time(9, 30))
    visitor = Visitor("张大全", "15400003456", "鲁B32101", model_name="EQ7200-IID")
    booking = book(cast.shinan, NewBooking(Times(tomorrow, cast.chen), visitor), by=cast.lin)
    one, other = (Booking.objects.with_car().get(pk=booking.pk) for _ in range(2))

    refusals = at_once(
        lambda: arrive(one, by=cast.chen), lambda: call_off(other, BookingCancelReason.CUSTOMER, by=cast.lin)
    )

    assert len(refusals) == 1
    assert isinstance(refusals[0], DomainError)
    kept = Booking.objects.get(pk=booking.pk)
    assert (kept.status == "arrived") == (RepairOrder.objects.count() == 1)
    facts = set(Event.objects.about(booking).values_list("kind", flat=True))
    assert len(facts & {"booking.arrived", "booking.cancelled"}) == 1
