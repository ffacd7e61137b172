"""Bookings as a browser meets them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.booking import services
from servicelane.booking.models import Booking
from servicelane.booking.services import NewBooking
from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.clock import moved
from servicelane.kernel.idempotency import FIELD
from servicelane.orders.models import RepairOrder
from servicelane.people.models import Employee
from tests.screen import Screen

NEW = reverse("booking:new")
LIST = reverse("booking:list")


@pytest.fixture
def lin(cast) -> Screen:
    """The browser of customer relations."""
    return Screen(cast.lin)


@pytest.fixture
def paper(cast, tomorrow) -> dict[str, str]:
    """The call of 张大全 as it is typed from the paper."""
    return {
        "plate": "鲁B-3210",
        "name": "张大全",
        "mobile": "15400003456",
        "model_name": "EQ7200-IID",
        "comes_on": f"{tomorrow:%Y-%m-%d}",
        "comes_at": "09:30",
        "work": "20000公里定期保养",
        "work_type": "maintenance",
        "hours": "1.5",
        "delivery": "11:30",
        "advisor": str(cast.chen.pk),
        "source": "phone",
    }


def queries(screen: Screen, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert screen.get(url).status_code == 200
    return len(asked)


def test_the_call_on_paper_is_taken_once_its_short_plate_is_confirmed(lin, cast, paper):
    asked = lin.post(NEW, paper)
    assert asked.status_code == 422
    assert 'value="鲁B-3210"' in asked.text
    assert 'name="plate_reason"' in asked.text
    assert not Booking.objects.exists()

    done = lin.post(NEW, {**paper, "plate_reason": "on_paper"})

    booking = Booking.objects.get()
    assert done["Location"] == f"{LIST}?day={paper['comes_on']}#booking-{booking.pk}"
    assert (booking.vehicle.plate, booking.vehicle.plate_doubt) == ("鲁B3210", "on_paper")
    assert booking.expected_delivery_at - booking.starts_at == timedelta(hours=2)
    assert (booking.minutes, booking.advisor) == (timedelta(minutes=90), cast.chen)


def test_a_known_car_is_booked_by_its_plate_in_full_width_digits(lin, booking, paper):
    typed = {
        **paper,
        "plate": "鲁Ｂ３２１０１",
        "name": "",
        "mobile": "",
        "model_name": "",
        "comes_at": "14:00",
    }
    typed["delivery"] = ""
    assert lin.post(NEW, typed).status_code == 302

    assert Booking.objects.filter(customer=booking.customer, vehicle=booking.vehicle).count() == 2
    assert (Customer.objects.count(), Vehicle.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"plate": ""},
        {"plate": "-"},
        {"name": ""},
        {"mobile": ""},
        {"comes_on": "0001-01-01"},
        {"comes_at": "25:00"},
        {"hours": "-1"},
        {"advisor": "999999"},
        {"delivery": "", "delivery_day": "2031-01-01"},
        {"delivery_day": "0202-01-01"},
        {"work_type": "tea"},
        {"source": "web"},
    ],
)
def test_a_bad_booking_keeps_what_was_typed(lin, paper, wrong):
    answer = lin.post(NEW, {**paper, "plate": "鲁B32101", **wrong})

    assert answer.status_code == 422
    assert 'value="EQ7200-IID"' in answer.text
    assert not Booking.objects.exists()
    assert not Customer.objects.exists()


def test_a_closed_hour_is_the_three_part_panel_and_leaves_no_file(lin, paper):
    typed = {**paper, "plate": "鲁B32101", "comes_at": "03:00"}
    answer = lin.post(NEW, typed, headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#problem")
    assert "08:00–18:00" in answer.text
    assert not Customer.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "登记预约"), ("en", "Take a booking")])
def test_an_empty_day_says_how_it_starts(lin, cast, language, words):
    Employee.objects.filter(pk=cast.lin.pk).update(language=language)
    assert words in lin.get(LIST).text
    assert lin.get(LIST, {"day": "soon"}).status_code == 200


def test_the_day_table_masks_the_customer_and_offers_the_arrival(lin, booking):
    with moved(booking.starts_at + timedelta(hours=1)):
        text = lin.get(LIST, {"day": f"{booking.starts_at:%Y-%m-%d}"}).text

    assert "张**" in text
    assert "154****3456" in text
    assert "张大全" not in text
    assert "过时未到" in text
    assert reverse("booking:arrive", args=[booking.pk]) in text


def test_the_day_table_costs_the_same_for_few_and_for_many(lin, cast, times, booking):
    url = f"{LIST}?day={booking.starts_at:%Y-%m-%d}"
    queries(lin, url)
    few = queries(lin, url)
    for number in range(20):
        visitor = Visitor(f"客户{number}", f"154000011{number:02}", f"鲁B6{number:04}")
        services.book(cast.shinan, NewBooking(times, visitor=visitor), by=cast.lin)

    assert queries(lin, url) == few


def test_a_double_click_on_arrived_opens_one_order(cast, booking):
    chen = Screen(cast.chen)
    url, key = reverse("booking:arrive", args=[booking.pk]), uuid4().hex

    first, second = (chen.post(url, {FIELD: key}) for _ in range(2))

    order = RepairOrder.objects.get()
    assert first["Location"] == second["Location"] == reverse("orders:order", args=[order.pk])
    third = chen.post(url)
    assert third.status_code == 409
    assert order.number in third.text


def test_a_booking_is_confirmed_changed_and_called_off(lin, cast, booking, paper):
    page = reverse("booking:booking", args=[booking.pk])
    assert reverse("booking:confirm", args=[booking.pk]) in lin.get(page).text
    assert lin.post(reverse("booking:confirm", args=[booking.pk])).status_code == 302

    change = reverse("booking:change", args=[booking.pk])
    drawn = lin.get(change).text
    assert 'value="09:30"' in drawn
    assert 'value="1.5"' in drawn
    assert lin.post(change, {**paper, "comes_at": "10:30", "version": "1"}).status_code == 409
    assert lin.post(change, {**paper, "comes_at": ""}).status_code == 422
    assert lin.post(change, {**paper, "comes_at": "10:30", "version": "2"})["Location"] == page

    cancel = reverse("booking:cancel", args=[booking.pk])
    assert lin.post(cancel, {"reason": ""}).status_code == 422
    assert lin.post(cancel, {"reason": "customer", "note": "出差"})["Location"] == page
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("cancelled", "customer")
    assert f"{NEW}?booking={booking.pk}" in lin.get(page).text


def test_a_missed_car_is_booked_again_without_its_number_being_shown(lin, cast, booking, paper):
    with moved(booking.starts_at + timedelta(hours=1)):
        lin.post(reverse("booking:no_show", args=[booking.pk]))
        again = f"{NEW}?booking={booking.pk}"
        drawn = lin.get(again).text
        assert "15400003456" not in drawn
        day = booking.starts_at + timedelta(days=1)
        done = lin.post(again, {**paper, "comes_on": f"{day:%Y-%m-%d}", "plate": "", "delivery": ""})

    assert done.status_code == 302
    second = Booking.objects.latest("pk")
    assert (second.vehicle, second.customer) == (booking.vehicle, booking.customer)
    assert lin.get(NEW, {"booking": "x"}).status_code == 200


def test_whoever_may_only_see_is_offered_nothing(cast, booking):
    luo = Screen(cast.luo)
    text = luo.get(reverse("booking:booking", args=[booking.pk])).text
    assert reverse("booking:arrive", args=[booking.pk]) not in text
    assert luo.get(NEW).status_code == 403
