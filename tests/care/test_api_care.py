"""Contacts and complaints for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicelane.care.follow_up_services import plan_follow_up
from servicelane.care.models import Complaint, FollowUp
from servicelane.org.queries import today_in
from tests.access.visitor import program

BASE = "/api/v1"


@pytest.fixture
def planned(order) -> FollowUp:
    return plan_follow_up(order, today_in(order.store) - timedelta(days=2))


def send(client: Any, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{BASE}{path}", body, content_type="application/json")


def test_contacts_are_listed_by_the_day_they_are_due(planned, shop):
    client = program(shop.lin)
    found = client.get(f"{BASE}/contacts").json()["items"]
    assert [(row["id"], row["order_id"], row["tries"]) for row in found] == [
        (planned.pk, planned.order_id, 0)
    ]
    before = (planned.due_on - timedelta(days=1)).isoformat()
    assert client.get(f"{BASE}/contacts", {"due": before}).json()["items"] == []
    assert program(shop.tao).get(f"{BASE}/contacts").status_code == 403


def test_a_call_is_recorded_with_its_complaint(planned, shop):
    client = program(shop.lin)
    body = {"outcome": "dissatisfied", "said": "慢", "version": planned.version}
    made = send(client, f"/contacts/{planned.pk}/calls", body)
    assert made.status_code == 201
    assert made.json()["complaint_id"] == Complaint.objects.get().pk
    assert client.get(f"{BASE}/contacts").json()["items"] == []

    again = send(client, f"/contacts/{planned.pk}/calls", body)
    assert (again.status_code, again.json()["code"]) == (409, "care.follow_up_over")


def test_a_complaint_goes_its_whole_way(order, shop):
    client = program(shop.gu)
    taken = send(client, "/complaints", {"order": order.pk, "words": "异响"}).json()
    assert (taken["state"], taken["order_id"], taken["owner_id"]) == ("open", order.pk, shop.fang.pk)
    path = f"/complaints/{taken['id']}"
    assert send(client, f"{path}/answer", {"text": "更换", "told": True}).json()["state"] == "answered"
    closing = {"satisfied": False, "cause": "parts", "outcome": "exchange", "cost": "128.50"}
    closed = send(client, f"{path}/close", closing).json()
    assert (closed["state"], closed["cost"]) == ("closed", "128.50")
    listed = client.get(f"{BASE}/complaints", {"state": "closed"}).json()["items"]
    assert [row["id"] for row in listed] == [taken["id"]]


def test_a_complaint_is_about_an_order_or_about_somebody(order, shop):
    client = program(shop.gu)
    assert send(client, "/complaints", {"words": "异响"}).status_code == 422
    body = {"store": shop.shinan.pk, "customer": order.customer_id, "words": "异响"}
    assert send(client, "/complaints", body).json()["order_id"] is None
    assert send(client, "/complaints", {**body, "store": shop.laoshan.pk}).status_code == 404
