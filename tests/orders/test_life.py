"""An order from arrival to agreement, its steps back, and what it refuses."""

from datetime import timedelta

import pytest

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders import errors, events, order_services
from servicelane.orders.models import BACK, FLOW, CancelReason, JobState, RepairOrder, Status
from servicelane.orders.order_services import advance, cancel, check_in, link_comeback, promise, reopen
from servicelane.orders.writing import take
from servicelane.parts.models import Reservation
from tests.visit import STROKES, agreed, arrived, asked, checked_in, signed


def kinds(order):
    return list(Event.objects.about(order).order_by("id").values_list("kind", flat=True))


def test_flow_names_every_status_and_every_step_is_a_declared_fact():
    assert set(FLOW) == set(Status) == set(events.OF_STATUS)
    assert all(steps <= set(Status) for steps in FLOW.values())
    assert all(to in FLOW for steps in BACK.values() for to in steps)


def test_an_arrival_opens_an_order_and_starts_the_waiting_clock(shop):
    order = arrived(shop)

    assert order.status == Status.ARRIVED
    assert order.number == f"RO-{now().astimezone():%Y%m%d}"[:3] + order.number[3:]
    assert order.number.endswith("-0001")
    assert arrived(shop, vehicle=order.vehicle, customer=order.customer).number.endswith("-0002")
    fact = Event.objects.about(order).get()
    assert (fact.kind, fact.store_id, fact.data["source"]) == ("orders.arrived", shop.shinan.pk, "walk_in")
    assert "张" not in str(fact.data)


def test_checking_in_keeps_what_was_seen_and_counts_as_throughput(shop):
    order = checked_in(
        shop,
        belongings=["雨伞", " "],
        papers=["vehicle_licence"],
        signed=order_services.Signed("张大全", STROKES),
    )

    order.refresh_from_db()
    assert (order.status, order.odometer, order.fuel, order.key_tag) == (Status.OPEN, 20_150, 4, "K-17")
    assert [thing.what for thing in order.belongings.all()] == ["雨伞"]
    assert order.signatures.get().paths[1] == "M300 200 L420 210"
    assert kinds(order) == ["orders.arrived", "orders.open"]


def test_a_lower_mileage_is_confirmed_with_a_reason(shop):
    order = arrived(shop)
    with pytest.raises(errors.OdometerWentBack) as refused:
        checked_in(shop, order, odometer=17_999)
    assert "17999" in str(refused.value)
    assert "18000" in str(refused.value)
    order.refresh_from_db()
    assert (order.status, order.version, kinds(order)) == (Status.ARRIVED, 1, ["orders.arrived"])

    checked_in(shop, order, odometer=17_999, odometer_reason="replaced")
    assert order.status == Status.OPEN


def test_an_absurd_mileage_is_refused(shop):
    order = arrived(shop)
    with pytest.raises(errors.OdometerAbsurd):
        checked_in(shop, order, odometer=2_000_000)
    order.refresh_from_db()
    assert order.status == Status.ARRIVED


@pytest.mark.parametrize(
    "strokes",
    [[], [[1, 2]], [[1, 2, 3]], [[0, 0, 1001, 0]], [[0, 0, 5, 401]], [[-1, 0, 5, 5]], [[0, 0, 1, 1]] * 4000],
)
def test_a_signature_that_is_none_is_refused(shop, strokes):
    order = arrived(shop)
    with pytest.raises(errors.NotSigned):
        checked_in(shop, order, signed=order_services.Signed("张大全", strokes))
    order.refresh_from_db()
    assert (order.status, order.signatures.count()) == (Status.ARRIVED, 0)


@pytest.mark.parametrize("to", sorted(set(Status) - FLOW[Status.OPEN]))
def test_a_step_that_flow_does_not_have_is_refused(shop, to):
    order = checked_in(shop)
    before = kinds(order)
    with pytest.raises(errors.WrongStep):
        advance(order, Status(to), by=shop.chen)
    assert kinds(order) == before
    assert RepairOrder.objects.get(pk=order.pk).status == Status.OPEN


def test_nothing_is_agreed_without_a_job_and_a_promise(shop):
    order = checked_in(shop)
    with pytest.raises(errors.StillOpen) as refused:
        advance(order, Status.AGREED, by=shop.chen)
    assert "; " in str(refused.value)
    assert RepairOrder.objects.get(pk=order.pk).status == Status.OPEN


def test_a_stale_form_is_told_what_changed(shop):
    order = checked_in(shop)
    seen = order.version
    asked(shop, order)
    mine = RepairOrder.objects.get(pk=order.pk)

    with pytest.raises(errors.OrderChanged) as refused:
        promise(mine, now() + timedelta(hours=3), by=shop.chen, version=seen)
    assert "工单" not in str(refused.value.facts["what"])
    assert str(refused.value.facts["what"]).count("、") == 1
    assert RepairOrder.objects.get(pk=order.pk).promised_at is None


def test_an_order_that_is_over_takes_no_more_writes(shop):
    order = checked_in(shop)
    cancel(order, CancelReason.NOT_STAYING, by=shop.chen)
    with pytest.raises(errors.OrderIsOver):
        take(order)
    with pytest.raises(errors.OrderIsOver):
        promise(order, now() + timedelta(hours=1), by=shop.chen)
    assert RepairOrder.objects.get(pk=order.pk).promised_at is None


@pytest.mark.parametrize(
    ("ahead", "refusal"),
    [(timedelta(minutes=-1), errors.PromiseInPast), (timedelta(days=366), errors.PromiseTooFar)],
)
def test_an_impossible_promise_is_refused(shop, ahead, refusal):
    order = checked_in(shop)
    with pytest.raises(refusal):
        promise(order, now() + ahead, by=shop.chen)
    assert RepairOrder.objects.get(pk=order.pk).promised_at is None


def test_a_new_promise_keeps_the_one_the_customer_agreed_to(shop):
    order = agreed(shop)
    first = order.promised_at
    later = first + timedelta(hours=1)
    promise(order, later, by=shop.chen, reason="等零件")

    order.refresh_from_db()
    assert (order.promised_first_at, order.promised_at) == (first, later)
    fact = Event.objects.about(order).get(
        kind="orders.promised", data__in_time=1, data__was_at=first.isoformat()
    )
    assert fact.detail.text == "等零件"
    assert "等零件" not in str(fact.data)


def test_a_cancelled_order_gives_its_parts_back_and_keeps_its_number(shop):
    order = agreed(shop)
    held = Reservation.objects.filter(state="held").count()
    assert held == 5

    cancel(order, CancelReason.TOO_DEAR, by=shop.chen, note="太贵")

    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == (Status.CANCELLED, "too_dear")
    assert Reservation.objects.filter(state="held").count() == 0
    assert {job.state for job in order.jobs.all()} == {JobState.DROPPED}


def test_an_order_goes_back_one_step_by_right_and_with_a_reason(shop):
    order = agreed(shop)
    reopen(order, Status.OPEN, by=shop.fang, reason="客户改主意")
    order.refresh_from_db()
    assert (order.status, order.agreed_at, order.promised_first_at) == (Status.OPEN, None, None)
    assert kinds(order)[-1] == "orders.reopened"


@pytest.mark.parametrize("to", [Status.ARRIVED, Status.READY, Status.IN_WORK, Status.DELIVERED])
def test_other_ways_back_are_refused(shop, to):
    order = agreed(shop)
    with pytest.raises(errors.WrongStepBack):
        reopen(order, to, by=shop.fang, reason="x")
    assert RepairOrder.objects.get(pk=order.pk).status == Status.AGREED


def test_a_settled_order_goes_back_only_with_a_credit(shop):
    order = checked_in(shop)
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.SETTLED)
    order.refresh_from_db()
    with pytest.raises(errors.WrongStepBack):
        reopen(order, Status.READY, by=shop.fang, reason="x")
    reopen(order, Status.READY, by=shop.fang, reason="x", credited=True)
    assert order.status == Status.READY


def test_a_comeback_is_an_earlier_delivered_order_of_the_same_car(shop):
    first = checked_in(shop)
    again = arrived(shop, vehicle=first.vehicle, customer=first.customer)
    with pytest.raises(errors.NotTheSameCar):
        link_comeback(again, first, "workmanship", by=shop.chen)
    with pytest.raises(errors.NotTheSameCar):
        arrived(shop, vehicle=first.vehicle, customer=first.customer, comeback_of=first)
    assert RepairOrder.objects.count() == 2

    RepairOrder.objects.filter(pk=first.pk).update(status=Status.DELIVERED, delivered_at=now())
    first.refresh_from_db()
    link_comeback(again, first, "workmanship", by=shop.chen)
    again.refresh_from_db()
    assert (again.comeback_of_id, again.comeback_cause) == (first.pk, "workmanship")


def test_belongings_are_seen_back_in_the_car_once(shop):
    order = checked_in(shop, belongings=["雨伞", "手机架"])
    assert order_services.belongings_back(order, by=shop.chen) == 2
    assert order_services.belongings_back(order, by=shop.chen) == 0
    assert kinds(order).count("orders.belongings_back") == 1


def test_a_whole_visit_up_to_agreement_costs_few_statements(shop, django_assert_max_num_queries):
    order = arrived(shop)
    with django_assert_max_num_queries(12):
        check_in(order, order_services.CheckIn(20_150, 4, "K-17"), by=shop.chen)
    estimate = asked(shop, order)
    with django_assert_max_num_queries(40):
        from servicelane.orders.estimate_services import authorise

        authorise(estimate, signed(estimate), by=shop.chen)
