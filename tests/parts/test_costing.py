"""Whatever is booked: quantities agree exactly, values within the rounding that decision 0007 states."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicelane.parts.checks import (
    reserved_is_the_sum_of_its_reservations,
    stock_is_the_sum_of_its_movements,
)
from servicelane.parts.costing import averaged, worth
from servicelane.parts.errors import NotEnoughStock, TooMuchReturned
from servicelane.parts.models import Movement, MovementKind, Reason, StockItem
from servicelane.parts.reservation_services import reserve
from servicelane.parts.services import issue, receive, return_to_stock, take_out
from tests.parts.conftest import LINE

HALF_FEN = Decimal("0.005")
HALF_STEP = Decimal("0.0000005")
quantities = st.integers(1, 9_999_999).map(lambda n: Decimal(n).scaleb(-3))
costs = st.integers(0, 9_999_999_999).map(lambda n: Decimal(n).scaleb(-6))
steps = st.lists(
    st.tuples(st.sampled_from(["receive", "issue", "return", "scrap"]), quantities, costs), max_size=25
)


@pytest.mark.parametrize(
    ("on_hand", "average", "quantity", "cost", "expected"),
    [
        ("10", "100", "10", "200", "150"),
        ("1", "0.000001", "1", "0.000002", "0.000002"),
        ("0", "100", "3", "90", "90"),
        ("-2", "100", "3", "90", "90"),
        ("3", "100", "4", "110", "105.714286"),
    ],
)
def test_the_average_is_weighted_and_rounded_half_up(on_hand, average, quantity, cost, expected):
    numbers = [Decimal(text) for text in (on_hand, average, quantity, cost)]
    assert averaged(*numbers) == Decimal(expected)


def test_a_value_is_rounded_half_away_from_zero():
    assert worth(Decimal("0.5"), Decimal("0.01")) == Decimal("0.01")
    assert worth(Decimal("-0.5"), Decimal("0.01")) == Decimal("-0.01")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_stock_is_worth_what_its_movements_say(cast, pads, booked):
    Movement.objects.filter(item__part=pads, returns__isnull=False).delete()
    Movement.objects.filter(item__part=pads).delete()
    StockItem.objects.filter(part=pads).delete()
    receive(cast.shinan, pads, Decimal(1), Decimal(1), by=None)
    item = StockItem.objects.get(part=pads)
    for what, quantity, cost in booked:
        try:
            if what == "receive":
                receive(cast.shinan, pads, quantity, cost, by=None)
            elif what == "issue":
                issue(cast.shinan, pads, quantity, for_type=LINE, for_id=1, by=None)
            elif what == "return":
                return_to_stock((LINE, 1), quantity, by=None)
            else:
                take_out(item, quantity, Reason.DAMAGED, by=None)
        except (NotEnoughStock, TooMuchReturned):
            continue

    item.refresh_from_db()
    lines = Movement.objects.filter(item=item).order_by("pk")
    sums = lines.order_by().aggregate(quantity=Sum("quantity"), value=Sum("value"))
    assert sums["quantity"] == item.on_hand
    averages = [
        line.on_hand_after for line in lines if line.kind in (MovementKind.RECEIVE, MovementKind.RETURN)
    ]
    bound = len(lines) * HALF_FEN + sum(averages) * HALF_STEP
    assert abs(sums["value"] - item.on_hand * item.unit_cost) <= bound


def test_the_check_finds_stock_that_its_movements_do_not_make(cast, stock):
    reserve(cast.shinan, stock.part, Decimal(2), for_type=LINE, for_id=1, by=cast.chen)
    checks = (stock_is_the_sum_of_its_movements, reserved_is_the_sum_of_its_reservations)
    assert [found for check in checks for found in check()] == []

    StockItem.objects.filter(pk=stock.pk).update(on_hand=Decimal(9), reserved=Decimal(3))

    for check, words in zip(checks, (("9", "10"), ("3", "2")), strict=True):
        (sentence,) = check()
        assert all(word in sentence for word in ("SN", "T-PAD-9", *words))
