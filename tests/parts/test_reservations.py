from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.parts.catalogue_services import PartDetails, add_part
from servicelane.parts.errors import ShortOfStock
from servicelane.parts.models import Reason, Reservation, StockItem
from servicelane.parts.queries import held, stock_of
from servicelane.parts.reservation_services import Reserved, release_reservation, reserve
from servicelane.parts.services import adjust, issue, receive
from tests.parts.conftest import LINE
from tests.unchanged import refused, rows


def keep(cast, stock, quantity, line=1, **more) -> Reserved:
    return reserve(
        cast.shinan, stock.part, Decimal(quantity), for_type=LINE, for_id=line, by=cast.chen, **more
    )


def test_a_reservation_leaves_less_for_others(cast, stock):
    made = keep(cast, stock, "4.5")

    assert (made.held, made.missing, made.reservation.state) == (Decimal("4.5"), 0, "held")
    there = stock_of(cast.shinan, [stock.part])[stock.part_id]
    assert (there.on_hand, there.reserved, there.available) == (10, Decimal("4.5"), Decimal("5.5"))
    fact = Event.objects.about(stock).get(kind="parts.reserved")
    assert fact.data == {"for_type": LINE, "for_id": 1, "quantity": 4500, "missing": 0}
    assert held(LINE, [1, 2]) == {1: Decimal("4.5")}


def test_without_enough_nothing_is_reserved_unless_a_part_of_it_will_do(cast, stock):
    keep(cast, stock, 8, line=1)

    with refused(ShortOfStock, quantity="3", available="2", on_hand="10", reserved="8"):
        keep(cast, stock, 3, line=2)
    made = keep(cast, stock, 3, line=2, partial=True)
    assert (made.held, made.missing) == (2, 1)
    before = rows()
    nothing = keep(cast, stock, 1, line=3, partial=True)
    assert nothing == Reserved(None, Decimal(0), Decimal(1))
    assert rows() == before


def test_a_part_the_store_never_had_is_missing_altogether(cast, pads):
    with refused(ShortOfStock, on_hand="0"):
        reserve(cast.shinan, pads, Decimal(1), for_type=LINE, for_id=1, by=cast.chen)
    made = reserve(cast.shinan, pads, Decimal(1), for_type=LINE, for_id=1, by=cast.chen, partial=True)
    assert made == Reserved(None, Decimal(0), Decimal(1))


def test_asking_again_tops_up_cuts_down_or_changes_nothing(cast, stock):
    keep(cast, stock, 12, partial=True)
    receive(cast.shinan, stock.part, Decimal(5), Decimal(100), by=cast.he)
    assert keep(cast, stock, 12).held == 12
    assert keep(cast, stock, 3).held == 3

    before = rows()
    again = keep(cast, stock, 3)
    assert (again.held, again.missing) == (3, 0)
    assert rows() == before
    assert StockItem.objects.get(pk=stock.pk).reserved == 3
    states = Reservation.objects.filter(for_id=1).order_by("pk").values_list("quantity", "state")
    assert list(states) == [(10, "released"), (12, "released"), (3, "held")]


def test_a_purpose_that_takes_another_part_lets_the_first_go(cast, stock):
    keep(cast, stock, 4)
    details = PartDetails("T-PAD-S", "运动刹车片", "sport brake pads", Decimal(900))
    sport = receive(cast.shinan, add_part(cast.group, details, by=cast.he), Decimal(2), Decimal(1), by=None)

    reserve(cast.shinan, sport.item.part, Decimal(2), for_type=LINE, for_id=1, by=cast.chen)

    assert StockItem.objects.get(pk=stock.pk).reserved == 0
    assert StockItem.objects.get(pk=sport.item_id).reserved == 2


def test_an_issue_uses_its_own_reservation_first(cast, stock):
    keep(cast, stock, 4)
    keep(cast, stock, 6, line=2)

    issue(cast.shinan, stock.part, Decimal(3), for_type=LINE, for_id=1, by=cast.he)

    item = StockItem.objects.get(pk=stock.pk)
    assert (item.on_hand, item.reserved) == (7, 7)
    assert held(LINE, [1]) == {1: 1}
    issue(cast.shinan, stock.part, Decimal(1), for_type=LINE, for_id=1, by=cast.he)
    assert held(LINE, [1]) == {}
    states = Reservation.objects.filter(for_id=1).order_by("pk").values_list("quantity", "state")
    assert list(states) == [(3, "used"), (1, "used")]


def test_a_released_reservation_is_free_again_and_released_once(cast, stock):
    keep(cast, stock, 4)

    assert release_reservation(LINE, 1, by=cast.chen) == 4
    assert StockItem.objects.get(pk=stock.pk).reserved == 0
    assert Event.objects.about(stock).get(kind="parts.released").data["quantity"] == 4000
    before = rows()
    assert release_reservation(LINE, 1, by=cast.chen) == 0
    assert rows() == before


def test_a_count_below_what_is_reserved_makes_the_part_short(cast, stock):
    keep(cast, stock, 8)
    adjust(stock, Decimal(5), Reason.COUNT, by=cast.he)

    item = StockItem.objects.get(pk=stock.pk)
    assert (item.available, item.is_short) == (-3, True)


def test_the_database_holds_one_reservation_per_purpose(cast, stock):
    keep(cast, stock, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(item=stock, quantity=1, for_type=LINE, for_id=1, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.update(quantity=0)
