"""The call that follows a delivery: planned by itself, recorded try by try, complaint at once (CAR-2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicelane.care import errors
from servicelane.care.follow_up_services import CallDetails, plan_follow_up, record_call
from servicelane.care.models import Call, Complaint, FollowUp, FollowUpState, Outcome, Severity
from servicelane.care.models.follow_ups import FLOW
from servicelane.care.reactions import call_after_delivery
from servicelane.care.rules import DUE_DAYS, EARLIEST_DAYS, LAST_DAYS
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import reactions
from servicelane.kernel.models import Event
from servicelane.orders.models import Status
from servicelane.org.queries import today_in
from servicelane.org.services import set_rule
from tests.delivered import delivered
from tests.unchanged import refused

ONE_DAY = timedelta(days=1)


@pytest.fixture
def planned(order) -> FollowUp:
    """The follow-up of a visit that was handed over today."""
    return plan_follow_up(order, today_in(order.store))


def in_days(days: int):
    """Let it be some days after now."""
    return moved(now() + timedelta(days=days))


def facts(order, kind: str = "care.called") -> list[Event]:
    return list(Event.objects.about(order).filter(kind=kind).order_by("id"))


def test_a_delivery_is_followed_by_one_call_however_often_it_is_told(order):
    event = Event.objects.about(order).get(kind="orders.delivered")
    assert [reaction.kind for reaction in reactions() if reaction.run is call_after_delivery] == [event.kind]
    call_after_delivery(event)
    call_after_delivery(event)

    row = FollowUp.objects.get()
    assert (row.order_id, row.store_id, row.customer_id) == (order.pk, order.store_id, order.customer_id)
    days = [(day - event.local_day).days for day in (row.delivered_on, row.from_on, row.due_on, row.last_on)]
    assert days == [0, 1, 3, 7]
    assert (row.next_on, row.state, row.tries) == (row.from_on, FollowUpState.DUE, 0)


def test_the_days_are_those_of_the_stores_rules(order, shop):
    for rule, days in ((EARLIEST_DAYS, "4"), (DUE_DAYS, "2"), (LAST_DAYS, "3")):
        set_rule(shop.shinan, rule, days, by=shop.gu)
    row = plan_follow_up(order, today_in(order.store))
    assert [(day - row.delivered_on).days for day in (row.from_on, row.due_on, row.last_on)] == [4, 4, 4]


def test_who_brought_the_car_is_called(shop):
    from tests import visit

    owner, vehicle = visit.car(shop)
    driver, _other = visit.car(shop, plate="鲁B99999", name="李小燕")
    order = visit.arrived(shop, customer=owner, vehicle=vehicle, driver=driver)
    order = delivered(shop, visit.checked_in(shop, order))
    assert plan_follow_up(order, today_in(order.store)).customer == driver


def test_a_satisfied_customer_ends_the_follow_up_and_the_fact_says_when(planned, shop):
    with in_days(2):
        call = record_call(
            planned, CallDetails(Outcome.SATISFIED, car_ok=True, price_ok=False, said="挺好"), by=shop.lin
        )
    assert (call.reached, call.by, call.car_ok, call.work_ok, call.price_ok) == (
        True, shop.lin, True, None, False,
    )  # fmt: skip
    planned.refresh_from_db()
    assert (planned.state, planned.tries, planned.version) == (FollowUpState.DONE, 1, 2)
    fact = facts(planned.order)[0]
    assert fact.data == {
        "follow_up": planned.pk, "outcome": "satisfied", "days": 2, "in_time": 1, "tries": 1,
    }  # fmt: skip
    assert fact.store_id == planned.store_id
    assert fact.detail.text == "挺好"


def test_nobody_there_is_tried_daily_until_the_last_day_and_then_given_up(planned, shop):
    for day in range(1, 7):
        with in_days(day):
            record_call(planned, CallDetails(Outcome.NO_ANSWER), by=shop.lin)
        assert planned.state == FollowUpState.DUE
        assert planned.next_on == planned.delivered_on + (day + 1) * ONE_DAY
    with in_days(7):
        record_call(planned, CallDetails(Outcome.NO_ANSWER), by=shop.lin)
    planned.refresh_from_db()
    assert (planned.state, planned.tries) == (FollowUpState.UNREACHABLE, 7)
    assert [fact.data["in_time"] for fact in facts(planned.order)] == [1, 1, 1, 0, 0, 0, 0]


def test_whoever_was_given_up_may_still_be_spoken_to(planned, shop):
    with in_days(8):
        record_call(planned, CallDetails(Outcome.WRONG_NUMBER), by=shop.lin)
        assert planned.state == FollowUpState.UNREACHABLE
        record_call(planned, CallDetails(Outcome.CALL_LATER), by=shop.lin)
        assert planned.state == FollowUpState.UNREACHABLE
        record_call(planned, CallDetails(Outcome.SATISFIED), by=shop.lin)
    assert planned.state == FollowUpState.DONE


def test_call_me_later_is_noted_for_the_day_the_customer_asked_for(planned, shop):
    asked = planned.delivered_on + 5 * ONE_DAY
    with in_days(1):
        record_call(planned, CallDetails(Outcome.CALL_LATER, next_try_on=asked), by=shop.lin)
    planned.refresh_from_db()
    assert (planned.next_on, planned.state) == (asked, FollowUpState.DUE)
    assert Call.objects.get().next_try_on == asked


@pytest.mark.parametrize("days", [0, 8])
def test_a_next_try_lies_ahead_and_within_the_last_day(planned, shop, days):
    details = CallDetails(Outcome.CALL_LATER, next_try_on=planned.delivered_on + days * ONE_DAY)
    with in_days(1), refused(errors.NextTryOutside, last=planned.last_on):
        record_call(planned, details, by=shop.lin)


def test_who_does_not_want_to_be_called_is_not_called_again(planned, shop):
    with in_days(1):
        record_call(planned, CallDetails(Outcome.REFUSED), by=shop.lin)
        assert planned.state == FollowUpState.REFUSED
        with refused(errors.FollowUpOver, order=planned.order):
            record_call(planned, CallDetails(Outcome.SATISFIED), by=shop.lin)


def test_calls_begin_on_the_earliest_day(planned, shop):
    with refused(errors.TooEarly, day=planned.from_on):
        record_call(planned, CallDetails(Outcome.SATISFIED), by=shop.lin)


def test_a_dissatisfied_customer_has_a_complaint_at_once(planned, shop):
    with in_days(1):
        call = record_call(
            planned,
            CallDetails(
                Outcome.DISSATISFIED, said="空调还是不凉", wish="再检查一次", severity=Severity.MAJOR
            ),
            by=shop.lin,
        )
    complaint = Complaint.objects.get()
    assert (complaint.call, complaint.order, complaint.vehicle) == (
        call, planned.order, planned.order.vehicle,
    )  # fmt: skip
    assert (complaint.words, complaint.wish, complaint.severity) == ("空调还是不凉", "再检查一次", "major")
    assert (complaint.owner, complaint.customer) == (shop.fang, planned.customer)
    assert complaint.due_at == complaint.opened_at + 2 * ONE_DAY
    assert planned.state == FollowUpState.DONE
    data = facts(planned.order, "care.complained")[0].data
    assert data == {"complaint": complaint.pk, "source": "call", "severity": "major"}


def test_a_complaint_without_words_undoes_the_call(planned, shop):
    with in_days(1), refused(errors.WordsMissing):
        record_call(planned, CallDetails(Outcome.DISSATISFIED, said="  "), by=shop.lin)


def test_of_two_callers_the_second_is_told(planned, shop):
    seen = planned.version
    with in_days(1):
        record_call(FollowUp.objects.get(), CallDetails(Outcome.NO_ANSWER), by=shop.lin, version=seen)
        with refused(ChangedMeanwhile):
            record_call(planned, CallDetails(Outcome.SATISFIED), by=shop.chen, version=seen)
    assert Call.objects.count() == 1


def test_the_life_of_a_follow_up_names_every_state():
    assert set(FLOW) == set(FollowUpState)
    assert all(steps <= set(FollowUpState) for steps in FLOW.values())


def test_a_call_costs_few_statements(planned, shop):
    with in_days(1), CaptureQueriesContext(connection) as queries:
        record_call(planned, CallDetails(Outcome.NO_ANSWER), by=shop.lin)
    assert len(queries) <= 12


def test_the_order_itself_stays_as_it_was(planned, shop):
    version = planned.order.version
    with in_days(1):
        record_call(planned, CallDetails(Outcome.SATISFIED), by=shop.lin)
    planned.order.refresh_from_db()
    assert (planned.order.status, planned.order.version) == (Status.DELIVERED, version)
