from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile, InFuture
from servicelane.kernel.models import Event, EventDetail
from servicelane.parts.errors import (
    CostRefused,
    NotEnoughStock,
    NothingDiffers,
    QuantityRefused,
    TooMuchReturned,
)
from servicelane.parts.models import Movement, MovementKind, Reason, StockItem
from servicelane.parts.queries import Used, used
from servicelane.parts.reservation_services import reserve
from servicelane.parts.services import adjust, issue, receive, return_to_stock, take_out
from tests.parts.conftest import LINE
from tests.unchanged import refused

ABSURD = ["-1", "0", "1000000000", "1.0001", "NaN", "a few", 1.5]


def test_a_receipt_makes_the_stock_row_and_the_moving_average(cast, pads):
    first = receive(cast.shinan, pads, Decimal(3), Decimal(100), by=cast.he, reference="DN-7")
    second = receive(cast.shinan, pads, Decimal(4), Decimal(110), by=cast.he)

    item = StockItem.objects.get(store=cast.shinan, part=pads)
    assert (item.on_hand, item.unit_cost) == (7, Decimal("105.714286"))
    assert (first.value, second.value) == (Decimal("300.00"), Decimal("440.00"))
    assert (second.on_hand_after, second.unit_cost_after) == (7, Decimal("105.714286"))
    assert (first.by_id, first.reference, first.store) == (cast.he.pk, "DN-7", cast.shinan)
    fact = Event.objects.about(item).filter(kind="parts.received").last()
    assert fact.store_id == cast.shinan.pk
    assert fact.data == {
        "movement": second.pk,
        "quantity": 4000,
        "on_hand": 7000,
        "unit_cost": 110000000,
        "value": 44000,
    }


def test_an_issue_goes_out_at_the_average_for_its_purpose(cast, stock):
    out = issue(cast.shinan, stock.part, Decimal("2.5"), for_type=LINE, for_id=8, by=cast.he)

    assert (out.quantity, out.value, out.kind) == (Decimal("-2.500"), Decimal("-250.00"), "issue")
    assert StockItem.objects.get(pk=stock.pk).on_hand == Decimal("7.500")
    fact = Event.objects.about(stock).get(kind="parts.issued")
    assert (fact.data["for_type"], fact.data["for_id"], fact.data["quantity"]) == (LINE, 8, -2500)
    assert used(LINE, [8, 9]) == {8: Used(Decimal("2.5"), Decimal("250.00"))}


def test_stock_never_goes_below_zero_without_the_right(cast, stock):
    with refused(NotEnoughStock, on_hand="10", others="0", quantity="10.001"):
        issue(cast.shinan, stock.part, Decimal("10.001"), for_type=LINE, for_id=8, by=cast.he)

    below = issue(cast.shinan, stock.part, Decimal(12), for_type=LINE, for_id=8, by=cast.gu, below_zero=True)
    item = StockItem.objects.get(pk=stock.pk)
    assert (item.on_hand, item.is_short, below.on_hand_after) == (-2, True, -2)
    receive(cast.shinan, stock.part, Decimal(5), Decimal(90), by=cast.he)
    assert StockItem.objects.get(pk=stock.pk).unit_cost == 90


def test_a_part_the_store_never_had_is_not_issued(cast, pads):
    with refused(NotEnoughStock, on_hand="0"):
        issue(cast.shinan, pads, Decimal(1), for_type=LINE, for_id=8, by=cast.he)


def test_nobody_takes_what_is_reserved_for_others(cast, stock):
    reserve(cast.shinan, stock.part, Decimal(8), for_type=LINE, for_id=1, by=cast.chen)

    with refused(NotEnoughStock, on_hand="10", others="8"):
        issue(cast.shinan, stock.part, Decimal(3), for_type=LINE, for_id=2, by=cast.he)
    with refused(NotEnoughStock, others="8"):
        take_out(stock, Decimal(3), Reason.DAMAGED, by=cast.he)
    issue(cast.shinan, stock.part, Decimal(2), for_type=LINE, for_id=2, by=cast.he)


def test_parts_come_back_at_the_cost_at_which_they_went(cast, stock):
    issue(cast.shinan, stock.part, Decimal(2), for_type=LINE, for_id=8, by=cast.he)
    receive(cast.shinan, stock.part, Decimal(8), Decimal(200), by=cast.he)
    later = issue(cast.shinan, stock.part, Decimal(3), for_type=LINE, for_id=8, by=cast.he)

    back = return_to_stock((LINE, 8), Decimal(4), by=cast.he)

    assert [(row.quantity, row.unit_cost, row.value) for row in back] == [
        (3, Decimal(150), Decimal("450.00")),
        (1, Decimal(100), Decimal("100.00")),
    ]
    assert [row.returns_id for row in back] == [later.pk, later.pk - 2]
    item = StockItem.objects.get(pk=stock.pk)
    assert (item.on_hand, item.unit_cost) == (17, Decimal("147.058824"))
    assert used(LINE, [8]) == {8: Used(Decimal(1), Decimal("100.00"))}
    assert Event.objects.about(stock).filter(kind="parts.returned").count() == 2


def test_no_more_comes_back_than_went(cast, stock):
    out = issue(cast.shinan, stock.part, Decimal(2), for_type=LINE, for_id=8, by=cast.he)
    return_to_stock(out, Decimal(1), by=cast.he)

    for issued in (out, (LINE, 8)):
        with refused(TooMuchReturned, quantity="2", outside="1"):
            return_to_stock(issued, Decimal(2), by=cast.he)
    with refused(TooMuchReturned, outside="0"):
        return_to_stock((LINE, 99), Decimal(1), by=cast.he)
    with refused(TooMuchReturned, outside="0"):
        return_to_stock(Movement.objects.get(kind=MovementKind.RECEIVE, item=stock), Decimal(1), by=cast.he)


def test_a_count_corrects_the_stock_and_says_why(cast, stock):
    row = adjust(stock, Decimal(7), Reason.COUNT, by=cast.he, version=stock.version, note="box was empty")

    assert (row.kind, row.quantity, row.value, row.reason) == ("adjust", -3, Decimal("-300.00"), "count")
    fact = Event.objects.about(stock).get(kind="parts.adjusted")
    assert (fact.data["reason"], fact.data["on_hand"]) == ("count", 7000)
    assert EventDetail.objects.get(event=fact).text == "box was empty"
    with refused(NothingDiffers, on_hand="7"):
        adjust(stock, Decimal(7), Reason.COUNT, by=cast.he)
    with refused(ChangedMeanwhile):
        adjust(stock, Decimal(9), Reason.COUNT, by=cast.he, version=stock.version)
    for counted in set(ABSURD) - {"0"}:
        with refused(QuantityRefused):
            adjust(stock, counted, Reason.COUNT, by=cast.he)
    adjust(stock, Decimal(0), Reason.LOST, by=cast.he)


def test_the_workshop_takes_out_for_itself_and_scraps(cast, stock):
    own = take_out(stock, Decimal(1), Reason.OWN_USE, by=cast.he)
    bad = take_out(stock, Decimal(2), Reason.DAMAGED, by=cast.he)

    assert (own.kind, own.for_type, bad.kind, bad.on_hand_after) == ("issue", "", "scrap", 7)
    kinds = Event.objects.about(stock).values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["parts.issued", "parts.scrapped"]
    take_out(stock, Decimal(9), Reason.OWN_USE, by=cast.gu, below_zero=True)
    assert StockItem.objects.get(pk=stock.pk).on_hand == -2
    for call, reason in ((take_out, Reason.COUNT), (adjust, Reason.OWN_USE)):
        with pytest.raises(ValueError):
            call(stock, Decimal(1), reason, by=cast.he)


@pytest.mark.parametrize("quantity", ABSURD)
def test_an_absurd_quantity_is_refused_everywhere(cast, stock, quantity):
    part, line = stock.part, {"for_type": LINE, "for_id": 8}
    with refused(QuantityRefused, quantity=quantity):
        receive(cast.shinan, part, quantity, Decimal(1), by=cast.he)
    with refused(QuantityRefused):
        issue(cast.shinan, part, quantity, **line, by=cast.he, below_zero=True)
    with refused(QuantityRefused):
        reserve(cast.shinan, part, quantity, **line, by=cast.he, partial=True)
    with refused(QuantityRefused):
        return_to_stock((LINE, 8), quantity, by=cast.he)
    with refused(QuantityRefused):
        take_out(stock, quantity, Reason.OWN_USE, by=cast.he)


@pytest.mark.parametrize("cost", ["-0.01", "10000001", "1.0000001", "NaN", "cheap"])
def test_an_absurd_cost_is_refused(cast, pads, cost):
    with refused(CostRefused):
        receive(cast.shinan, pads, Decimal(1), cost, by=cast.he)


def test_a_movement_may_be_entered_a_little_later_but_not_before_it_happens(cast, pads):
    with moved(now() + timedelta(hours=3)):
        earlier = now() - timedelta(hours=1)
        row = receive(cast.shinan, pads, Decimal(1), Decimal(1), by=cast.he, at=earlier)
        assert row.at == earlier == Event.objects.about(row.item).get().happened_at
        with refused(InFuture):
            receive(cast.shinan, pads, Decimal(1), Decimal(1), by=cast.he, at=now() + timedelta(hours=1))


def test_the_database_keeps_no_impossible_line(cast, stock):
    row = Movement.objects.get(item=stock)
    for wrong in [{"quantity": 0}, {"quantity": -1}, {"for_type": LINE}, {"kind": "issue"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Movement.objects.filter(pk=row.pk).update(**wrong)
    for wrong in [{"reserved": -1}, {"unit_cost": -1}, {"min_quantity": -1}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            StockItem.objects.filter(pk=stock.pk).update(**wrong)
