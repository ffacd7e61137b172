"""Parts and stock as a program meets them."""

from decimal import Decimal

import pytest

from servicelane.parts.models import Part, StockItem
from servicelane.parts.services import receive
from servicelane.people.sign_in_services import issue_token
from tests.access.operations import BASE
from tests.access.visitor import Visitor


def program(employee) -> Visitor:
    _row, token = issue_token(employee, "test", by=None)
    return Visitor(HTTP_AUTHORIZATION=f"Bearer {token}")


def post(client, path, body):
    return client.post(f"{BASE}{path}", body, content_type="application/json")


def test_a_part_is_added_read_and_found(cast):
    he = program(cast.he)
    body = {"store": cast.shinan.pk, "number": "a-1", "name_zh": "件", "name_en": "part", "price": "9.50"}

    made = post(he, "/parts", body)

    assert made.status_code == 201
    assert made.json()["number"] == "A-1"
    assert [row["id"] for row in he.get(f"{BASE}/parts", {"q": "a-"}).json()["items"]] == [made.json()["id"]]
    taken = post(he, "/parts", body)
    assert (taken.status_code, taken.json()["code"]) == (422, "parts.number_taken")
    assert post(program(cast.chen), "/parts", body).status_code == 403
    assert post(he, "/parts", {**body, "store": cast.laoshan.pk}).status_code == 404
    assert (
        post(he, "/parts", {**body, "number": "A-2", "price": "9.505"}).json()["code"]
        == "parts.price_refused"
    )


def test_stock_is_moved_and_read_and_its_cost_is_for_those_who_may_see_it(cast, pads):
    he = program(cast.he)
    body = {"store": cast.shinan.pk, "part": pads.pk, "kind": "receive", "quantity": "4", "unit_cost": "120"}

    made = post(he, "/stock/movements", body)

    assert (made.status_code, Decimal(made.json()["on_hand_after"])) == (201, 4)
    (row,) = he.get(f"{BASE}/stock", {"store": cast.shinan.pk}).json()["items"]
    assert (row["number"], Decimal(row["available"]), Decimal(row["unit_cost"])) == ("T-PAD-9", 4, 120)
    (seen,) = program(cast.chen).get(f"{BASE}/stock").json()["items"]
    assert seen["unit_cost"] is None
    assert he.get(f"{BASE}/stock", {"short": True}).json()["items"] == []
    for change, on_hand in (
        ({"kind": "adjust", "quantity": "3", "reason": "count"}, 3),
        ({"kind": "take_out", "quantity": "1", "reason": "damaged"}, 2),
    ):
        done = post(he, "/stock/movements", {**body, **change})
        assert (done.status_code, Decimal(done.json()["on_hand_after"])) == (201, on_hand)
    short = post(he, "/stock/movements", {**body, "kind": "take_out", "quantity": "9", "reason": "own_use"})
    assert short.json()["code"] == "parts.not_enough_stock"


@pytest.mark.parametrize(
    "wrong",
    [{"unit_cost": None}, {"kind": "adjust"}, {"kind": "take_out", "reason": "count"}, {"kind": "issue"},
     {"quantity": "many"}, {"part": 0}],
)  # fmt: skip
def test_a_movement_of_the_wrong_shape_changes_nothing(cast, stock, wrong):
    body = {
        "store": cast.shinan.pk,
        "part": stock.part_id,
        "kind": "receive",
        "quantity": "4",
        "unit_cost": "1",
    }

    assert post(program(cast.he), "/stock/movements", {**body, **wrong}).status_code == 422
    assert StockItem.objects.get(pk=stock.pk).on_hand == 10


def test_a_program_moves_only_what_its_person_may(cast, stock):
    body = {
        "store": cast.laoshan.pk,
        "part": stock.part_id,
        "kind": "receive",
        "quantity": "4",
        "unit_cost": "1",
    }
    assert post(program(cast.he), "/stock/movements", body).status_code == 404
    assert post(program(cast.chen), "/stock/movements", body).status_code == 403
    receive(cast.laoshan, stock.part, Decimal(1), Decimal(1), by=None)
    assert Part.objects.get(pk=stock.part_id)
    assert len(program(cast.he).get(f"{BASE}/stock").json()["items"]) == 1
