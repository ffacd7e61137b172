"""The last part, wanted by two at once: one gets it, the other is told, on either database."""

from decimal import Decimal

from servicelane.parts.errors import NotEnoughStock, ShortOfStock, TooMuchReturned
from servicelane.parts.models import Movement, MovementKind, Reservation, StockItem
from servicelane.parts.reservation_services import reserve
from servicelane.parts.services import issue, receive, return_to_stock
from tests.parts.conftest import LINE
from tests.people.test_races import at_once


def left(stock) -> Decimal:
    return StockItem.objects.get(pk=stock.pk).on_hand


def test_the_last_part_is_issued_once(transactional_db, cast, stock):
    def take(line):
        return lambda: issue(cast.shinan, stock.part, Decimal(10), for_type=LINE, for_id=line, by=cast.he)

    refusals = at_once(take(1), take(2))

    assert [type(refusal) for refusal in refusals] == [NotEnoughStock]
    assert left(stock) == 0
    assert Movement.objects.filter(item=stock, kind=MovementKind.ISSUE).count() == 1


def test_the_last_part_is_reserved_once(transactional_db, cast, stock):
    def keep(line):
        return lambda: reserve(cast.shinan, stock.part, Decimal(7), for_type=LINE, for_id=line, by=cast.chen)

    refusals = at_once(keep(1), keep(2))

    assert [type(refusal) for refusal in refusals] == [ShortOfStock]
    assert Reservation.objects.held().count() == 1
    assert StockItem.objects.get(pk=stock.pk).reserved == 7


def test_a_part_comes_back_once(transactional_db, cast, stock):
    out = issue(cast.shinan, stock.part, Decimal(2), for_type=LINE, for_id=1, by=cast.he)

    def bring():
        return_to_stock(out, Decimal(2), by=cast.he)

    refusals = at_once(bring, bring)

    assert [type(refusal) for refusal in refusals] == [TooMuchReturned]
    assert left(stock) == 10


def test_two_first_receipts_of_a_part_make_one_stock_row(transactional_db, cast, pads):
    def book():
        receive(cast.shinan, pads, Decimal(5), Decimal(80), by=cast.he)

    assert at_once(book, book) == []
    assert StockItem.objects.get(store=cast.shinan, part=pads).on_hand == 10
