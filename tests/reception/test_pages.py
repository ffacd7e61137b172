"""The desk as a browser meets it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.booking.services import NewBooking, Times, book
from servicelane.kernel.clock import moved, now
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.queries import local_moment, today_in
from servicelane.reception.models import Delivery
from tests.screen import Screen
from tests.visit import STROKES, arrived, car, checked_in

WALK_IN = reverse("reception:walk_in")
QUEUE = reverse("reception:queue")
SEEN = {
    "odometer": "２０，１５０ km",
    "fuel": "5",
    "key_tag": "K-17",
    "words": "怠速抖动😀",
    "papers": ["vehicle_licence"],
    "belongings": "雨伞\n\n 儿童座椅 ",
    "covers_fitted": "on",
    "waits_here": "on",
}


@pytest.fixture
def chen(cast) -> Screen:
    """The browser of the advisor 陈安."""
    return Screen(cast.chen)


def where(name: str, order: RepairOrder) -> str:
    return reverse(f"reception:{name}", args=[order.pk])


def test_a_walk_in_is_received_in_five_fields(chen, cast):
    typed = {
        "plate": "鲁B·6F82K",
        "name": "李伟明",
        "mobile": "１５４００００６０２１",
        "words": "刹车响",
        "advisor": cast.chen.pk,
    }
    done = chen.post(WALK_IN, typed)

    order = RepairOrder.objects.get()
    assert done["Location"] == reverse("orders:order", args=[order.pk])
    assert (order.vehicle.plate, order.customer.mobile) == ("鲁B6F82K", "15400006021")
    assert (order.words, order.status) == ("刹车响", "arrived")


def test_a_short_plate_is_asked_about_and_nothing_typed_is_lost(chen, cast):
    typed = {"plate": "鲁B-3210", "name": "张大全", "mobile": "15400003456", "advisor": cast.chen.pk}
    asked = chen.post(WALK_IN, typed)

    assert asked.status_code == 422
    assert 'name="plate_reason"' in asked.text
    assert 'value="张大全"' in asked.text
    assert not RepairOrder.objects.exists()
    assert chen.post(WALK_IN, {**typed, "plate_reason": "on_paper"}).status_code == 302


def test_the_queue_shows_who_waits_and_who_is_to_come(chen, cast):
    assert chen.get(QUEUE).text.count('class="empty"') == 2
    with moved(local_moment(cast.shinan, today_in(cast.shinan), now().time().min) + timedelta(hours=9)):
        customer, vehicle = car(cast, "鲁B11111")
        times = Times(now() + timedelta(hours=1), cast.chen)
        booked = book(cast.shinan, NewBooking(times, vehicle=vehicle, customer=customer), by=cast.lin)
        arrived(cast)
        text = chen.get(QUEUE).text

    assert reverse("booking:arrive", args=[booked.pk]) in text
    assert RepairOrder.objects.get().number in text


def test_the_queue_costs_the_same_for_few_and_for_many(chen, cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert chen.get(QUEUE).status_code == 200
        return len(asked)

    arrived(cast)
    queries()
    few = queries()
    for number in range(12):
        customer, vehicle = car(cast, f"鲁B2{number:04}")
        arrived(cast, customer=customer, vehicle=vehicle)
    assert queries() == few


def test_a_car_is_checked_in_on_the_order_page(chen, cast):
    order = arrived(cast)
    page = reverse("orders:order", args=[order.pk])
    assert where("check_in", order) in chen.get(page).text

    signed = {"signed_name": "张大全", "signed": json.dumps(STROKES), "version": order.version}
    assert chen.post(where("check_in", order), {**SEEN, **signed})["Location"] == page

    order.refresh_from_db()
    assert (order.status, order.odometer, order.fuel, order.wash_wanted) == ("open", 20_150, 5, False)
    assert [thing.what for thing in order.belongings.all()] == ["雨伞", "儿童座椅"]
    assert order.signatures.get().name == "张大全"
    text = chen.get(page).text
    assert "怠速抖动😀" in text
    assert text.count('class="is-full"') == 5


def test_a_lower_odometer_asks_for_its_reason_and_keeps_what_was_typed(chen, cast):
    order = arrived(cast)
    assert 'name="odometer_reason"' not in chen.get(reverse("orders:order", args=[order.pk])).text

    asked = chen.post(where("check_in", order), {**SEEN, "odometer": "17999"})
    assert asked.status_code == 422
    assert 'name="odometer_reason"' in asked.text
    assert "怠速抖动" in asked.text
    assert RepairOrder.objects.get().status == Status.ARRIVED
    done = chen.post(where("check_in", order), {**SEEN, "odometer": "17999", "odometer_reason": "replaced"})
    assert done.status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"odometer": ""},
        {"odometer": "-1"},
        {"odometer": "9" * 30},
        {"odometer": "2000000"},
        {"odometer": "4.1万"},
        {"fuel": "9"},
        {"fuel": ""},
        {"key_tag": ""},
        {"papers": ["passport"]},
        {"belongings": "x" * 81},
        {"belongings": "\n".join("x" * 31)},
        {"signed": "[[1]"},
    ],
)
def test_a_bad_check_in_keeps_what_was_typed(chen, cast, wrong):
    order = arrived(cast)
    answer = chen.post(where("check_in", order), {**SEEN, **wrong})

    assert answer.status_code == 422
    assert "怠速抖动" in answer.text
    assert RepairOrder.objects.get().status == Status.ARRIVED


def test_belongings_are_back_before_the_bill(chen, cast):
    order = checked_in(cast, belongings=["雨伞"])
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.READY, ready_at=now())
    page = reverse("orders:order", args=[order.pk])
    assert where("belongings", order) in chen.get(page).text

    order.refresh_from_db()
    assert chen.post(where("belongings", order), {"version": order.version}).status_code == 302

    assert not order.belongings.filter(returned_at=None).exists()
    assert where("belongings", order) not in chen.get(page).text
    assert chen.post(where("belongings", order), {"version": "x"}).status_code == 422


def test_a_car_is_handed_over_on_the_order_page(chen, settled):
    page = reverse("orders:order", args=[settled.pk])
    drawn = chen.get(page).text
    assert where("hand_over", settled) in drawn
    assert 'value="30,150"' in drawn or 'value="30150"' in drawn

    half = {"explained": "on", "next_km": "30150", "version": settled.version}
    assert chen.post(where("hand_over", settled), half).status_code == 422
    whole = {**half, "belongings_seen": "on", "extras": "补玻璃水", "note": "下次换雨刮"}
    assert chen.post(where("hand_over", settled), whole)["Location"] == page

    assert Delivery.objects.get().next_km == 30_150
    assert "补玻璃水" in chen.get(page).text


def test_the_cashier_hands_nothing_over(cast, settled):
    shen = Screen(cast.shen)
    assert shen.post(where("hand_over", settled), {"explained": "on"}).status_code in (403, 404)
    assert shen.get(WALK_IN).status_code == 403
