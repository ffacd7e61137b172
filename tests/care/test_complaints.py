"""A complaint: taken with an owner and a time, answered, closed with the customer's verdict (CAR-6)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from servicelane.care import errors
from servicelane.care.complaint_services import (
    MOST_COST,
    Answer,
    Closing,
    ComplaintDetails,
    answer_complaint,
    close_complaint,
    open_complaint,
)
from servicelane.care.models import Cause, Complaint, ComplaintSource, ComplaintState, Resolution
from servicelane.care.models.complaints import FLOW
from servicelane.care.rules import COMPLAINT_DAYS
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.services import set_rule
from tests import visit
from tests.unchanged import refused

CLOSING = Closing(satisfied=True, cause=Cause.WORKMANSHIP, outcome=Resolution.REDO, told=True)


@pytest.fixture
def complaint(order, shop) -> Complaint:
    """A complaint about a visit, taken at the desk."""
    details = ComplaintDetails(order.customer, "机油滴在车库地上", order=order)
    return open_complaint(order.store, details, by=shop.lin)


def kinds(subject) -> list[str]:
    events = Event.objects.about(subject).filter(kind__startswith="care.").order_by("id")
    return list(events.values_list("kind", flat=True))


def test_a_complaint_has_an_owner_and_a_time_from_its_first_moment(complaint, order, shop):
    assert (complaint.state, complaint.source, complaint.vehicle) == ("open", "desk", order.vehicle)
    assert complaint.owner == shop.fang
    assert complaint.due_at == complaint.opened_at + timedelta(days=2)
    assert kinds(order) == ["care.complained"]


def test_a_store_decides_how_long_a_complaint_may_take(order, shop):
    set_rule(order.store, COMPLAINT_DAYS, "5", by=shop.gu)
    taken = open_complaint(order.store, ComplaintDetails(order.customer, "太贵"), by=shop.lin)
    assert taken.due_at == taken.opened_at + timedelta(days=5)


def test_a_complaint_without_an_order_is_its_own_subject(shop):
    customer, vehicle = visit.car(shop)
    details = ComplaintDetails(customer, "休息区太冷", ComplaintSource.PHONE, vehicle=vehicle, owner=shop.gu)
    taken = open_complaint(shop.shinan, details, by=shop.lin)
    assert (taken.owner, taken.vehicle, taken.order) == (shop.gu, vehicle, None)
    fact = Event.objects.about(taken).get()
    assert (fact.kind, fact.store_id, fact.detail.text) == ("care.complained", shop.shinan.pk, "休息区太冷")
    assert "休息" not in str(fact.data)


def test_without_a_supervisor_whoever_takes_it_sees_to_it(shop):
    customer, _vehicle = visit.car(shop)
    shop.fang.memberships.all().delete()
    assert open_complaint(shop.shinan, ComplaintDetails(customer, "慢"), by=shop.lin).owner == shop.lin


def test_a_complaint_is_answered_told_and_closed(complaint, order, shop):
    answer_complaint(complaint, Answer("我们重新密封", told=False), by=shop.fang)
    assert (complaint.state, complaint.told_at) == ("answered", None)
    answer_complaint(complaint, Answer("今天下午重新密封", told=True), by=shop.fang)
    assert complaint.told_at == complaint.answered_at
    close_complaint(
        complaint,
        Closing(True, Cause.WORKMANSHIP, Resolution.REDO, cost=Decimal("128.50"), note="已复检"),
        by=shop.gu,
    )
    complaint.refresh_from_db()
    assert (complaint.state, complaint.satisfied, complaint.cost) == ("closed", True, Decimal("128.50"))
    assert kinds(order) == ["care.complained", "care.answered", "care.answered", "care.closed"]
    data = Event.objects.about(order).get(kind="care.closed").data
    assert data == {
        "complaint": complaint.pk, "outcome": "redo", "cause": "workmanship", "satisfied": 1, "cost": 12850,
        "in_time": 1,
    }  # fmt: skip


def test_the_customer_may_be_told_while_it_is_closed_and_late_is_said(complaint, order, shop):
    answer_complaint(complaint, Answer("重新密封"), by=shop.fang)
    with moved(now() + timedelta(days=3)):
        close_complaint(complaint, CLOSING, by=shop.gu)
    assert complaint.told_at == complaint.closed_at
    assert Event.objects.about(order).get(kind="care.closed").data["in_time"] == 0


def test_a_complaint_says_what_it_is_about(order, shop):
    with refused(errors.WordsMissing):
        open_complaint(order.store, ComplaintDetails(order.customer, " \n"), by=shop.lin)


def test_another_stores_order_is_not_taken(order, shop):
    with refused(errors.NotTheirs, order=order):
        open_complaint(shop.laoshan, ComplaintDetails(order.customer, "慢", order=order), by=shop.wu)


def test_the_time_of_an_answer_lies_ahead(order, shop):
    past = now() - timedelta(minutes=1)
    with refused(errors.DueInPast, at=past):
        open_complaint(order.store, ComplaintDetails(order.customer, "慢", due_at=past), by=shop.lin)


def test_an_empty_answer_is_none(complaint, shop):
    with refused(errors.AnswerMissing):
        answer_complaint(complaint, Answer("   ", told=True), by=shop.fang)


def test_a_complaint_is_answered_before_it_is_closed(complaint, shop):
    with refused(errors.NotAnswered):
        close_complaint(complaint, CLOSING, by=shop.gu)


def test_a_complaint_is_not_closed_behind_the_customers_back(complaint, shop):
    answer_complaint(complaint, Answer("重新密封"), by=shop.fang)
    with refused(errors.CustomerNotTold):
        close_complaint(complaint, Closing(True, Cause.PARTS, Resolution.APOLOGY), by=shop.gu)


@pytest.mark.parametrize("cost", [Decimal("-0.01"), MOST_COST + Decimal("0.01")])
def test_an_impossible_cost_is_refused(complaint, shop, cost):
    answer_complaint(complaint, Answer("退款", told=True), by=shop.fang)
    with refused(errors.CostRefused, cost=cost):
        close_complaint(complaint, Closing(True, Cause.PRICE, Resolution.REFUND, cost=cost), by=shop.gu)


def test_a_closed_complaint_takes_no_more_writes(complaint, shop):
    answer_complaint(complaint, Answer("重新密封", told=True), by=shop.fang)
    close_complaint(complaint, CLOSING, by=shop.gu)
    with refused(errors.ComplaintClosed):
        answer_complaint(complaint, Answer("又一次"), by=shop.fang)
    with refused(errors.ComplaintClosed):
        close_complaint(complaint, CLOSING, by=shop.gu)


def test_of_two_who_close_it_the_second_is_told(complaint, shop):
    answer_complaint(complaint, Answer("重新密封", told=True), by=shop.fang)
    stale = Complaint.objects.get(pk=complaint.pk)
    close_complaint(complaint, CLOSING, by=shop.gu)
    with refused(ChangedMeanwhile):
        close_complaint(stale, CLOSING, by=shop.lin, version=stale.version)
    assert Event.objects.filter(kind="care.closed").count() == 1


def test_the_life_of_a_complaint_names_every_state():
    assert set(FLOW) == set(ComplaintState)
    assert all(steps <= set(ComplaintState) for steps in FLOW.values())
