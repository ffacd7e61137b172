"""A car comes, is checked in, and is given back (RCP-2, RCP-3, BKG-8, BIL-6)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.models import Event
from servicelane.orders import gates
from servicelane.orders.errors import NotSigned, OdometerWentBack, OrderChanged, StillOpen, WrongMoment
from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.order_services import CheckIn, Signed
from servicelane.org.queries import today_in
from servicelane.reception import errors, services
from servicelane.reception.models import Delivery
from servicelane.reception.services import HandOver, WalkIn
from tests.unchanged import refused
from tests.visit import STROKES, arrived, car, checked_in

SEEN = CheckIn(odometer=20_150, fuel=5, key_tag="K-17", words="怠速抖动")


def test_a_walk_in_opens_its_order_and_its_file_at_once(cast):
    visitor = Visitor(name="李伟明", mobile="154 0000 6021", plate="鲁B·6F82K", model_name="迈腾")
    order = services.walk_in(cast.shinan, WalkIn(cast.chen, visitor=visitor, words="刹车响"), by=cast.fang)

    assert (order.status, order.source, order.words) == ("arrived", "walk_in", "刹车响")
    assert (order.customer.mobile, order.vehicle.plate) == ("15400006021", "鲁B6F82K")
    assert (order.advisor, order.driver) == (cast.chen, None)
    assert Event.objects.about(order).get().data["source"] == "walk_in"
    again = services.walk_in(cast.shinan, WalkIn(cast.chen, visitor=visitor), by=cast.fang)
    assert (again.vehicle, again.customer) == (order.vehicle, order.customer)
    assert (Customer.objects.count(), Vehicle.objects.count()) == (1, 1)


def test_a_known_car_walks_in_without_typing(cast):
    customer, vehicle = car(cast)
    order = services.walk_in(cast.shinan, WalkIn(cast.chen, vehicle=vehicle, customer=customer), by=cast.chen)
    assert (order.customer, order.vehicle) == (customer, vehicle)

    with refused(errors.NoCar):
        services.walk_in(cast.shinan, WalkIn(cast.chen), by=cast.chen)
    with refused(errors.AdvisorNotHere, advisor=cast.song):
        services.walk_in(cast.shinan, WalkIn(cast.song, vehicle=vehicle, customer=customer), by=cast.chen)


def test_checking_in_also_notes_the_odometer_in_the_file_of_the_car(cast):
    order = arrived(cast)
    services.check_in(order, SEEN, by=cast.chen, version=order.version)

    vehicle = Vehicle.objects.get(pk=order.vehicle_id)
    assert (vehicle.odometer, vehicle.odometer_on) == (20_150, today_in(cast.shinan))
    assert (order.status, order.words) == ("open", "怠速抖动")


def test_a_lower_odometer_needs_its_reason_in_both_files(cast):
    order = arrived(cast)
    with refused(OdometerWentBack):
        services.check_in(order, replace(SEEN, odometer=17_000), by=cast.chen)
    order = RepairOrder.objects.get(pk=order.pk)
    services.check_in(order, replace(SEEN, odometer=17_000, odometer_reason="replaced"), by=cast.chen)

    fact = Event.objects.about(order.vehicle).filter(kind="customers.odometer_noted").latest("pk")
    assert fact.data == {"km": 17_000, "was": 18_000, "reason": "replaced"}


def test_of_two_who_check_in_one_is_told(cast):
    order = arrived(cast)
    mine = RepairOrder.objects.get(pk=order.pk)
    services.check_in(order, SEEN, by=cast.chen)
    with refused(OrderChanged):
        services.check_in(mine, SEEN, by=cast.wu, version=1)


@pytest.fixture
def told(cast) -> HandOver:
    """Everything explained and shown, the next maintenance in half a year."""
    due_on = today_in(cast.shinan) + timedelta(days=182)
    return HandOver(
        explained=True,
        belongings_seen=True,
        old_parts_shown=True,
        covers_removed=True,
        extras="补玻璃水",
        note="雨刮下次换",
        next_on=due_on,
        next_km=30_150,
        signed=Signed("张大全", STROKES),
    )


def test_a_car_is_given_back_with_what_was_told_and_shown(cast, settled, told):
    delivery = services.hand_over(settled, told, by=cast.chen, version=settled.version)

    settled.refresh_from_db()
    assert (settled.status, settled.delivered_at) == (Status.DELIVERED, delivery.handed_over_at)
    assert (delivery.extras, delivery.by, delivery.signature.name) == ("补玻璃水", cast.chen, "张大全")
    vehicle = Vehicle.objects.get(pk=settled.vehicle_id)
    assert (vehicle.next_due_on, vehicle.next_due_km) == (told.next_on, 30_150)
    fact = Event.objects.about(settled).get(kind="orders.delivered")
    assert (fact.data["work_types"], fact.detail.text) == (["maintenance"], "雨刮下次换")
    assert "雨刮" not in str(fact.data)


def test_nothing_is_given_back_unexplained_unseen_or_unready(cast, settled, told, monkeypatch):
    wrong = {
        errors.NotExplained: replace(told, explained=False),
        errors.BelongingsNotSeen: replace(told, belongings_seen=False),
        errors.NextDueBehind: replace(told, next_on=today_in(cast.shinan)),
        NotSigned: replace(told, signed=Signed("张大全", [])),
    }
    for refusal, said in wrong.items():
        with refused(refusal):
            services.hand_over(RepairOrder.objects.get(pk=settled.pk), said, by=cast.chen)
    with refused(errors.NextDueBehind, due="20150 km"):
        said = replace(told, next_km=20_150)
        services.hand_over(RepairOrder.objects.get(pk=settled.pk), said, by=cast.chen)
    monkeypatch.setitem(gates._gates, Status.DELIVERED, [lambda order: ["there is no exit pass"]])
    with refused(StillOpen, open="there is no exit pass"):
        services.hand_over(RepairOrder.objects.get(pk=settled.pk), told, by=cast.chen)
    assert not Delivery.objects.exists()


def test_a_car_that_is_not_settled_is_not_given_back(cast, told):
    order = checked_in(cast)
    with refused(WrongMoment):
        services.hand_over(order, told, by=cast.chen)


def test_a_car_is_given_back_once(cast, settled, told):
    mine = RepairOrder.objects.get(pk=settled.pk)
    services.hand_over(settled, told, by=cast.chen)
    with refused(OrderChanged):
        services.hand_over(mine, told, by=cast.wu, version=mine.version)


@pytest.mark.parametrize(
    ("months", "km", "due"),
    [
        (None, None, (date(2027, 2, 28), 30_150)),
        (3, 5_000, (date(2026, 11, 30), 25_150)),
        (12, None, (date(2027, 8, 31), 30_150)),
        (18, None, (date(2028, 2, 29), 30_150)),
    ],
)
def test_the_next_maintenance_is_proposed_by_the_interval_of_the_car(cast, months, km, due):
    order = checked_in(cast)
    order.vehicle.interval_months, order.vehicle.interval_km = months, km
    at = datetime(2026, 8, 31, 17, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert services.next_due(order, at) == due


def test_without_a_date_the_file_of_the_car_keeps_its_own(cast, settled, told):
    with transaction.atomic():
        services.hand_over(settled, replace(told, next_on=None, next_km=None), by=cast.chen)
    assert not Event.objects.about(settled.vehicle).filter(kind="customers.next_due_set").exists()
