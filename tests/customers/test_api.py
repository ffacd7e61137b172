"""Customers and vehicles for programs: masked, versioned, doubts by field."""

import json

import pytest

from servicelane.customers.customer_services import CustomerDetails, add_customer
from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle
from tests.access.visitor import program

BASE = "/api/v1"


@pytest.fixture
def chen(cast):
    """A program of an advisor of Shinan."""
    return program(cast.chen)


def sent(client, method, path, body):
    return getattr(client, method)(BASE + path, json.dumps(body), content_type="application/json")


def test_a_customer_and_a_car_are_added_read_and_changed(cast, chen):
    added = sent(
        chen, "post", "/customers", {"store": cast.shinan.pk, "name": "刘洋", "mobile": "154 0000 8765"}
    )
    assert added.status_code == 201
    pk = added.json()["id"]
    assert added.json()["masked_mobile"] == "154****8765"
    assert "15400008765" not in chen.get(f"{BASE}/customers/{pk}").content.decode()

    car = sent(chen, "post", "/vehicles", {"owner": pk, "plate": "鲁B·6F82K"}).json()
    assert (car["plate"], car["plate_kind"], car["version"]) == ("鲁B6F82K", "ordinary", 1)
    changed = sent(chen, "patch", f"/vehicles/{car['id']}", {"plate": "鲁BD12345", "version": 1}).json()
    assert (changed["plate_kind"], changed["version"]) == ("new_energy", 2)
    assert sent(chen, "patch", f"/vehicles/{car['id']}", {"colour": "白", "version": 1}).status_code == 409

    sent(chen, "patch", f"/customers/{pk}", {"notes": "likes tea"})
    customer = Customer.objects.get(pk=pk)
    assert (customer.notes, customer.mobile) == ("likes tea", "15400008765")
    assert [row["id"] for row in chen.get(f"{BASE}/customers").json()["items"]] == [pk]
    assert [row["plate"] for row in chen.get(f"{BASE}/vehicles").json()["items"]] == ["鲁BD12345"]


def test_doubts_come_back_by_field_and_go_through_with_reasons(cast, chen, zhang):
    odd = {"owner": zhang.pk, "plate": "鲁B3210", "vin": "X"}
    answer = sent(chen, "post", "/vehicles", odd)
    assert (answer.status_code, answer.json()["code"]) == (422, "customers.doubtful")
    assert sorted(answer.json()["errors"]) == ["plate", "vin"]
    assert not Vehicle.objects.exists()
    sure = {**odd, "plate_reason": "old", "vin_reason": "on_paper"}
    assert sent(chen, "post", "/vehicles", sure).status_code == 201
    assert sent(chen, "post", "/vehicles", {**odd, "plate_reason": "why not"}).status_code == 422


def test_the_search_masks_what_other_stores_serve(cast, chen, zhang, car):
    far = add_customer(cast.laoshan, CustomerDetails("钱进"), by=cast.wu)
    add_vehicle(cast.laoshan, VehicleDetails("鲁B00001"), owner=far, by=cast.wu)
    [own] = chen.get(f"{BASE}/search", {"q": "82k"}).json()["items"]
    assert (own["kind"], own["id"], own["plate"], own["name"]) == ("vehicle", car.pk, car.plate, "张伟")
    [other] = chen.get(f"{BASE}/search", {"q": "鲁B00001"}).json()["items"]
    assert (other["id"], other["name"], other["elsewhere"]) == (None, "钱**", True)
