"""Today's cars: who needs whom, the board by stage, and that it is silent until something changed."""

from datetime import timedelta

import pytest

from servicelane.kernel.clock import moved, now
from servicelane.orders.finding_services import report_finding
from servicelane.orders.models import RepairOrder, Safety, Status
from servicelane.project.cars import PER_COLUMN, cars_of, cars_version, counts_of, needs_of, shows_mine
from tests.screen import Screen
from tests.visit import agreed, arrived, asked, car, checked_in


def headlines(who, shop):
    return [need.headline for need in needs_of(who, shop.shinan, at=now())]


def test_a_car_nobody_received_needs_the_desk_and_turns_red_after_five_minutes(shop):
    order = arrived(shop)
    (need,) = needs_of(shop.chen, shop.shinan, at=now())
    assert (need.order, need.level, need.clock) == (order, "", "since")
    assert needs_of(shop.wu, shop.shinan, at=now())
    assert needs_of(shop.tao, shop.shinan, at=now()) == []
    (late,) = needs_of(shop.chen, shop.shinan, at=now() + timedelta(minutes=6))
    assert late.level == "late"


def test_each_stage_needs_those_who_have_its_next_step(shop):
    order = agreed(shop)
    assert headlines(shop.tao, shop) == ["客户已确认，可以开工"]
    report_finding(order, "刹车片薄", Safety.URGENT, by=shop.tao)
    assert headlines(shop.chen, shop) == ["有检查发现，请定价并问客户"]
    assert headlines(shop.wu, shop) == []


def test_an_open_estimate_and_a_passed_promise_need_the_own_advisor(shop):
    asked(shop)
    assert headlines(shop.chen, shop) == ["估价等客户答复"]
    customer, vehicle = car(shop, "鲁B77777")
    order = agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)))
    later = order.promised_at + timedelta(minutes=1)
    needs = {need.order.pk: need for need in needs_of(shop.chen, shop.shinan, at=later)}
    assert needs[order.pk].level == "late"


def test_the_board_counts_by_stage_and_shows_own_cars_first(shop):
    checked_in(shop)
    board = cars_of(shop.chen, shop.shinan, is_mine=True, at=now())
    assert {column.status: column.count for column in board.columns}[Status.OPEN] == 1
    assert cars_of(shop.wu, shop.shinan, is_mine=True, at=now()).count == 0
    assert cars_of(shop.wu, shop.shinan, is_mine=False, at=now()).count == 1
    assert counts_of(shop.chen, shop.shinan, at=now()) == {
        "house": 1,
        "waiting": 0,
        "late": 0,
        "delivered": 0,
    }


def test_late_cars_are_counted_though_a_column_does_not_draw_them_all(shop):
    for number in range(PER_COLUMN + 1):
        customer, vehicle = car(shop, f"鲁B9000{number}")
        agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)))
    late = now() + timedelta(days=1)
    board = cars_of(shop.chen, shop.shinan, is_mine=True, at=late)
    drawn = max(board.columns, key=lambda column: column.count)
    assert (len(drawn.cars), drawn.more) == (PER_COLUMN, 1)
    assert board.late == counts_of(shop.chen, shop.shinan, at=late)["late"] == PER_COLUMN + 1


def test_the_fragment_is_silent_until_a_car_moves(shop):
    order = arrived(shop)
    version = cars_version(shop.chen, shop.shinan, is_mine=True, at=now())
    screen = Screen(shop.chen)
    with moved(now()):
        version = cars_version(shop.chen, shop.shinan, is_mine=True, at=now())
        assert screen.get("/today/cars", {"v": version}).status_code == 204
        checked_in(shop, RepairOrder.objects.with_car().get(pk=order.pk))
        changed = screen.get("/today/cars", {"v": version})
    assert changed.status_code == 200
    assert 'id="cars"' in changed.content.decode()


@pytest.mark.parametrize("cars", ["", "all"])
def test_today_has_one_coloured_button_with_cars_too(shop, cars):
    arrived(shop)
    page = Screen(shop.chen).get("/", {"cars": cars}).content.decode()
    assert page.count("btn-primary") == 1
    assert "鲁" in page


def test_an_advisor_sees_the_own_cars_a_manager_those_of_the_store_unless_asked(shop):
    assert shows_mine(shop.chen, shop.shinan)
    assert not shows_mine(shop.chen, shop.shinan, "all")
    assert not shows_mine(shop.gu, shop.shinan)
    assert shows_mine(shop.gu, shop.shinan, "mine")
    assert not shows_mine(shop.tao, shop.shinan, "mine")
