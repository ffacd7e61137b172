"""The search as one types: own files by fragments, files of other stores by whole numbers (ARC-4)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicelane.customers.customer_services import CustomerDetails, add_customer
from servicelane.customers.queries import search
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle, change_vehicle


def names(viewer, store, text):
    return [str(hit.vehicle or hit.customer) for hit in search(viewer, store, text)]


@pytest.mark.parametrize(
    "typed",
    ["鲁B6F82K", "鲁B·6F8", "b6f82k", "6F82", "f82k", "82k", "441509", "TJ441509", "LSV2P4LJ0TJ441509"],
)
def test_a_car_is_found_as_one_types(cast, car, typed):
    assert names(cast.chen, cast.shinan, typed) == ["鲁B6F82K"]


@pytest.mark.parametrize(
    "typed", ["张伟", "伟", "张", "zhangwei", "zhang", "zw", "ZW", "3456", "154 0000 3456"]
)
def test_a_customer_is_found_as_one_types(cast, zhang, typed):
    assert names(cast.chen, cast.shinan, typed) == ["张伟"]


@pytest.mark.parametrize("typed", ["", " ", "q", "9", "%", "___", "李", "\U0010ffff"])
def test_nothing_is_found_for_nothing(cast, car, typed):
    assert names(cast.chen, cast.shinan, typed) == []


def test_a_changed_plate_is_found_and_the_old_one_no_more(cast, car):
    change_vehicle(car, VehicleDetails("鲁B99999", car.vin), by=cast.chen)
    assert names(cast.chen, cast.shinan, "6F82K") == []
    assert names(cast.chen, cast.shinan, "9999") == ["鲁B99999"]


def test_another_store_finds_the_whole_number_only_and_sees_a_masked_name(cast, zhang, car):
    assert search(cast.gao, cast.laoshan, "鲁B6F82K") == []
    assert search(cast.wu, cast.laoshan, "6F82K") != []
    lone = add_customer(cast.laoshan, CustomerDetails("钱进", mobile="15400009900"), by=cast.wu)
    add_vehicle(cast.laoshan, VehicleDetails("鲁B00001"), owner=lone, by=cast.wu)
    assert search(cast.chen, cast.shinan, "00001") == []
    assert search(cast.chen, cast.shinan, "钱进") == []
    [hit] = search(cast.chen, cast.shinan, "鲁B00001")
    assert (hit.elsewhere, hit.name, str(hit.vehicle)) == (True, "钱**", "鲁B00001")
    [hit] = search(cast.chen, cast.shinan, "15400009900")
    assert (hit.elsewhere, hit.customer) == (True, lone)


def test_a_search_costs_three_queries_however_many_it_finds(cast, zhang, car):
    for number in range(30):
        add_vehicle(cast.shinan, VehicleDetails(f"鲁B6F8{number:02}"), owner=zhang, by=cast.chen)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        cast.chen.forget_reach()
        found = search(cast.chen, cast.shinan, "6F8")
    assert len(found) == 20
    assert len(caught) <= 4  # one of them reads what the person may
