"""Packages: the menu that a car's odometer asks for, and one press that puts it on at its price."""

from decimal import Decimal

import pytest

from servicelane.customers.models import Vehicle
from servicelane.kernel.models import Event
from servicelane.orders import errors
from servicelane.orders.file_hints import due_maintenance
from servicelane.orders.models import (
    ModelFamily,
    Package,
    RepairOrder,
    Status,
)
from servicelane.orders.package_services import add_package, due_package, packages_for, shared
from tests.access.visitor import program
from tests.screen import Screen
from tests.unchanged import refused
from tests.visit import checked_in, package


@pytest.fixture
def menu(shop):
    family = ModelFamily.objects.create(group=shop.group, code="H5", name_zh="H5 系", name_en="H5 cars")
    return {km: package(shop, f"H5-{km // 1000}K", 150, family, km) for km in (10_000, 20_000, 40_000)}


def of_model(order, name):
    Vehicle.objects.filter(pk=order.vehicle_id).update(model_name=name)
    return RepairOrder.objects.select_related("vehicle", "store__region").get(pk=order.pk)


def test_one_press_puts_jobs_and_parts_on_at_the_price_of_the_package(shop):
    order = checked_in(shop)
    before = order.version
    jobs = add_package(order, package(shop, "P1", "199.99"), by=shop.chen, version=before)

    assert [job.operation.code for job in jobs] == ["M10", "G-BAL"]
    assert [line.part.number for line in jobs[0].part_lines.all()] == ["HY-OF-1001"]
    assert not jobs[1].part_lines.exists()
    assert sum(job.asked_total for job in jobs) == Decimal("199.99")
    assert jobs[0].part_lines.get().price == Decimal("46.00")
    fact = Event.objects.about(order).get(kind="orders.package_added").data
    assert (fact["package"], fact["jobs"], fact["total"]) == ("P1", 2, 19_999)
    order.refresh_from_db()
    assert order.version == before + 1 == fact["version"]


def test_a_package_without_a_price_costs_what_it_holds(shop):
    jobs = add_package(checked_in(shop), package(shop, "P1"), by=shop.chen)
    assert [job.price for job in jobs] == [Decimal("160.00"), Decimal("32.00")]
    assert sum(job.asked_total for job in jobs) == Decimal("238.00")


def test_a_package_cheaper_than_its_parts_is_refused_and_at_their_price_it_is_not(shop):
    order = checked_in(shop)
    for made in (package(shop, "P1", "45.99"), package(shop, "P2", "10.00", lines=())):
        order = of_model(order, "")
        with refused(errors.PackageTooCheap):
            add_package(order, made, by=shop.chen)
    jobs = add_package(of_model(order, ""), package(shop, "P3", "46.00"), by=shop.chen)
    assert [job.price for job in jobs] == [0, 0]


def test_a_package_of_another_family_group_or_one_no_longer_sold_is_refused(shop, menu):
    order = of_model(checked_in(shop), "海晏 X6 2.0T")
    with refused(errors.PackageDoesNotFit):
        add_package(order, menu[10_000], by=shop.chen)
    fitting = of_model(order, "海晏 H5 1.5T")
    Package.objects.filter(pk=menu[10_000].pk).update(is_active=False)
    menu[10_000].refresh_from_db()
    with refused(errors.PackageDoesNotFit):
        add_package(fitting, menu[10_000], by=shop.chen)
    elsewhere = package(shop, "P9")
    elsewhere.group_id += 10_000
    fitting = of_model(order, "海晏 H5 1.5T")
    with refused(errors.PackageDoesNotFit):
        add_package(fitting, elsewhere, by=shop.chen)
    assert add_package(of_model(order, "海晏 H5 1.5T"), menu[20_000], by=shop.chen)


def test_a_stale_press_and_one_at_the_wrong_moment_are_refused(shop):
    made = package(shop, "P1")
    order = checked_in(shop)
    with refused(errors.OrderChanged):
        add_package(order, made, by=shop.chen, version=order.version - 1)
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.READY)
    order = of_model(order, "")
    with refused(errors.WrongMoment):
        add_package(order, made, by=shop.chen)


@pytest.mark.parametrize(
    ("km", "due"),
    [(500, None), (8_999, None), (9_000, 10_000), (14_000, 10_000), (19_000, 20_000), (28_000, 20_000),
     (29_500, 10_000), (39_000, 40_000), (50_000, 10_000), (80_500, 40_000)],
)  # fmt: skip
def test_the_odometer_asks_for_the_entry_of_its_point(shop, menu, km, due):
    order = of_model(checked_in(shop), "海晏 H5 1.5T")
    order.odometer = km
    found = due_package(order, packages_for(order))
    assert (found.every_km if found else None) == due


def test_a_young_car_due_by_date_gets_the_first_entry_and_a_car_of_no_family_none(shop, menu):
    order = of_model(checked_in(shop), "海晏 h5 1.5T")
    order.odometer = 3_000
    order.vehicle.next_due_on = order.arrived_at.date()
    assert due_package(order, packages_for(order)) == menu[10_000]
    stranger = of_model(order, "EQ7200-IID")
    assert packages_for(stranger) == []
    assert due_package(stranger, []) is None


def test_the_hint_at_the_check_in_names_the_menu(shop, menu):
    order = of_model(checked_in(shop), "海晏 H5 1.5T")
    order.vehicle.next_due_on = order.arrived_at.date()
    (hint,) = due_maintenance(order, shop.chen)
    assert menu[20_000].name in hint.advice


def test_shares_sum_to_the_amount():
    for amount in ("0.00", "0.01", "99.99", "100.00"):
        for weights in ([1, 1, 1], [0, 0], [7, 0, 13], [5]):
            shares = shared(Decimal(amount), [Decimal(weight) for weight in weights])
            assert sum(shares) == Decimal(amount)
            assert min(shares) >= 0


def test_the_page_offers_what_fits_and_puts_it_on(shop, menu):
    order = of_model(checked_in(shop), "海晏 H5 1.5T")
    chen = Screen(shop.chen)
    page = chen.get(f"/orders/{order.pk}/").content.decode()
    assert f'<option value="H5-20K" selected>{menu[20_000].name} · ¥150.00' in page
    answer = chen.post(f"/orders/{order.pk}/packages", {"package": "H5-20K", "version": order.version})
    assert answer.status_code == 302
    assert order.jobs.count() == 2
    refusal = chen.post(f"/orders/{order.pk}/packages", {"package": "NO", "version": order.version + 1})
    assert refusal.status_code == 422
    assert order.jobs.count() == 2


def test_programs_read_and_add_packages(shop, menu):
    order = of_model(checked_in(shop), "海晏 H5 1.5T")
    client, path = program(shop.chen), f"/api/v1/orders/{order.pk}/packages"
    items = client.get(path).json()["items"]
    assert [(item["code"], item["is_due"]) for item in items] == [
        ("H5-10K", False), ("H5-20K", True), ("H5-40K", False),
    ]  # fmt: skip
    body = {"package": "H5-20K", "version": order.version}
    added = client.post(path, data=body, content_type="application/json")
    assert (added.status_code, len(added.json()["jobs"])) == (201, 2)
    again = client.post(path, data={"package": "X"}, content_type="application/json")
    assert again.status_code == 404
