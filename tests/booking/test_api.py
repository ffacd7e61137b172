"""A visit from booking to check-in as a program does it."""

from datetime import timedelta

import pytest

from servicelane.booking.models import Booking
from servicelane.orders.models import RepairOrder
from servicelane.people.sign_in_services import issue_token
from tests.access.operations import BASE
from tests.access.visitor import Visitor, program

JSON = "application/json"


@pytest.fixture
def robot(cast) -> Visitor:
    """A program that works for 陈安."""
    return program(token=issue_token(cast.chen, "phone line", by=cast.chen)[1])


def test_a_program_books_and_receives_a_car(cast, robot, tomorrow):
    wanted = {
        "store": cast.shinan.pk,
        "plate": "鲁B-3210",
        "name": "张大全",
        "mobile": "15400003456",
        "starts_at": tomorrow.isoformat(),
        "minutes": 90,
        "work": "20000公里定期保养",
    }
    doubted = robot.post(f"{BASE}/bookings", wanted, content_type=JSON)
    assert (doubted.status_code, doubted.json()["code"]) == (422, "customers.doubtful")
    assert not Booking.objects.exists()

    wanted["confirmed"] = {"plate": "on_paper"}
    made = robot.post(f"{BASE}/bookings", wanted, content_type=JSON)
    assert made.status_code == 201
    assert (made.json()["plate"], made.json()["minutes"], made.json()["status"]) == ("鲁B3210", 90, "booked")
    one = f"{BASE}/bookings/{made.json()['id']}"
    assert robot.post(f"{one}/confirm", content_type=JSON).json()["status"] == "confirmed"
    later = {"starts_at": (tomorrow + timedelta(hours=1)).isoformat(), "work": "保养"}
    assert robot.post(f"{one}/reschedule", later, content_type=JSON).json()["status"] == "booked"
    assert robot.post(f"{one}/no-show", content_type=JSON).json()["code"] == "booking.not_late_yet"

    listed = robot.get(f"{BASE}/bookings", {"store": cast.shinan.pk, "day": f"{tomorrow:%Y-%m-%d}"})
    assert [row["work"] for row in listed.json()["items"]] == ["保养"]
    order = robot.post(f"{one}/arrive", content_type=JSON).json()
    assert (order["number"], order["status"]) == (RepairOrder.objects.get().number, "arrived")
    assert robot.post(f"{one}/arrive", content_type=JSON).json()["code"] == "booking.arrived_already"
    assert robot.post(f"{one}/cancel", {"reason": "mistake"}, content_type=JSON).status_code == 409

    seen = {"odometer": 20_150, "fuel": 5, "key_tag": "K-17", "belongings": ["雨伞"]}
    answer = robot.post(f"{BASE}/orders/{order['id']}/check-in", seen, content_type=JSON)
    assert (answer.status_code, answer.json()["status"]) == (200, "open")
    given = {"explained": True}
    refused = robot.post(f"{BASE}/orders/{order['id']}/deliver", given, content_type=JSON)
    assert refused.json()["code"] == "orders.wrong_moment"


def test_a_program_receives_a_walk_in(cast, robot):
    came = {"store": cast.shinan.pk, "plate": "鲁B6F82K", "name": "李伟明", "mobile": "15400006021"}
    made = robot.post(f"{BASE}/orders", {**came, "advisor": cast.wu.pk}, content_type=JSON)

    assert (made.status_code, made.json()["status"]) == (201, "arrived")
    assert RepairOrder.objects.get().advisor == cast.wu
    elsewhere = robot.post(f"{BASE}/orders", {**came, "store": cast.laoshan.pk}, content_type=JSON)
    assert elsewhere.status_code == 404
    assert (
        robot.post(f"{BASE}/orders", {**came, "advisor": cast.song.pk}, content_type=JSON).status_code == 404
    )
