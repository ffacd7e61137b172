"""The cashier's day at the till: float, what came in, count, difference (BIL-2)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from servicelane.billing import errors
from servicelane.billing.cash_services import Counted, close_day, open_day, uncounted
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import CashDay, CountedPayment, Payment, Way
from servicelane.billing.pages import TillSheet
from servicelane.billing.payment_services import Paid, refund, take_payment
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from tests.billing.conftest import invoice_of
from tests.people.test_races import at_once
from tests.screen import Screen

YUAN = Decimal
DAYS = reverse("billing:cash_days")


@pytest.fixture
def invoice(shop, ready):
    order = ready()
    settle(order, by=shop.shen)
    return invoice_of(order)


def test_the_till_holds_the_float_and_the_cash_of_the_day(shop, invoice):
    take_payment(invoice, Paid(Way.CASH, YUAN("400.50")), by=shop.shen)
    day = open_day(shop.shinan, YUAN(300), by=shop.shen)
    take_payment(invoice, Paid(Way.WECHAT, YUAN(200)), by=shop.shen)
    refund(invoice, Paid(Way.CASH, YUAN("0.50"), "找错"), by=shop.shen)
    take_payment(invoice, Paid(Way.ON_ACCOUNT, YUAN(10), "月结"), by=shop.gu)

    sheet = TillSheet(day)
    assert (sheet.cash, sheet.expected, sheet.total) == (YUAN(400), YUAN(700), YUAN(600))
    closed = close_day(day, Counted(YUAN(700), YUAN(300)), by=shop.shen)

    assert (closed.expected, closed.counted, closed.difference) == (YUAN(700), YUAN(700), 0)
    assert TillSheet(closed).handed_in == YUAN(400)
    fact = Event.objects.get(kind="billing.till_closed")
    assert (fact.data["expected"], fact.data["counted"], fact.data["payments"]) == (70000, 70000, 3)
    assert check() == []
    with pytest.raises(errors.DayIsClosed):
        close_day(day, Counted(YUAN(700)), by=shop.shen)


def test_each_payment_is_counted_once_and_none_between_two_days_is_lost(shop, invoice):
    first = open_day(shop.shinan, YUAN(0), by=shop.shen)
    take_payment(invoice, Paid(Way.CASH, YUAN(100)), by=shop.shen)
    close_day(first, Counted(YUAN(100)), by=shop.shen)
    Payment.objects.create(
        invoice=invoice, way=Way.CASH, amount=YUAN(5), taken_at=first.since - timedelta(minutes=1),
        taken_by=shop.shen,
    )  # fmt: skip
    take_payment(invoice, Paid(Way.CASH, YUAN(7)), by=shop.shen)
    with moved(now() + timedelta(hours=14)):
        second = open_day(shop.shinan, YUAN(0), by=shop.shen)
        take_payment(invoice, Paid(Way.CASH, YUAN(20)), by=shop.shen)
        closed = close_day(second, Counted(YUAN(27)), by=shop.shen)

    assert closed.difference == 0
    assert CountedPayment.objects.count() == 3
    assert not uncounted(closed).exists()


def test_the_money_of_another_cashier_is_not_in_this_till(shop, invoice):
    day = open_day(shop.shinan, YUAN(50), by=shop.shen)
    take_payment(invoice, Paid(Way.CASH, YUAN(100)), by=shop.gu)
    with pytest.raises(errors.NotOwnDay):
        close_day(day, Counted(YUAN(150)), by=shop.gu)
    assert close_day(day, Counted(YUAN(50)), by=shop.shen).difference == 0


def test_a_difference_is_explained_and_stays_in_sight(shop):
    day = open_day(shop.shinan, YUAN(100), by=shop.shen)
    with pytest.raises(errors.DifferenceUnexplained) as refused:
        close_day(day, Counted(YUAN("99.50")), by=shop.shen)
    assert "¥99.50" in str(refused.value)
    day.refresh_from_db()
    assert day.closed_at is None
    assert close_day(day, Counted(YUAN("99.50"), reason="少找一枚"), by=shop.shen).difference == YUAN("-0.50")
    assert "少找一枚" not in str(Event.objects.get(kind="billing.till_closed").data)


def test_a_cashier_has_one_day_at_a_time(shop):
    open_day(shop.shinan, YUAN(100), by=shop.shen)
    with pytest.raises(errors.DayIsOpen):
        open_day(shop.shinan, YUAN(100), by=shop.shen)
    open_day(shop.shinan, YUAN(0), by=shop.gu)
    assert CashDay.objects.count() == 2


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "NaN", "Infinity", "10000001"])
def test_what_is_no_money_is_not_counted(shop, amount):
    with pytest.raises(errors.CashRefused):
        open_day(shop.shinan, YUAN(amount), by=shop.shen)
    day = open_day(shop.shinan, YUAN(1), by=shop.shen)
    with pytest.raises(errors.CashRefused):
        close_day(day, Counted(YUAN(amount)), by=shop.shen)
    with pytest.raises(errors.LeftTooMuch):
        close_day(day, Counted(YUAN(1), YUAN(2)), by=shop.shen)


def test_of_two_closings_at_once_one_counts(transactional_db, shop):
    day = open_day(shop.shinan, YUAN(1), by=shop.shen)
    mine, theirs = (CashDay.objects.select_related("store", "cashier").get(pk=day.pk) for _ in range(2))
    (refused,) = at_once(
        lambda: close_day(mine, Counted(YUAN(1)), by=shop.shen),
        lambda: close_day(theirs, Counted(YUAN(1)), by=shop.shen),
    )
    assert isinstance(refused, errors.DayIsClosed)
    assert Event.objects.filter(kind="billing.till_closed").count() == 1


def test_check_finds_a_closed_day_that_was_altered(shop):
    day = open_day(shop.shinan, YUAN(100), by=shop.shen)
    close_day(day, Counted(YUAN(100)), by=shop.shen)
    CashDay.objects.update(expected=YUAN(90))
    assert len(check()) == 1


def test_the_day_on_the_screen(shop, invoice, django_assert_max_num_queries):
    screen = Screen(shop.shen)
    assert "data-print" not in screen.get(DAYS).text
    assert screen.post(reverse("billing:open_day"), {"opening": "-1"}).status_code == 422
    assert screen.post(reverse("billing:open_day"), {"opening": "200"})["Location"] == DAYS
    take_payment(invoice, Paid(Way.CASH, YUAN(80), "收据 7"), by=shop.shen)
    day = CashDay.objects.get()
    page = reverse("billing:cash_day", args=[day.pk])
    with django_assert_max_num_queries(14):
        text = screen.get(page).text
    assert "¥280.00" in text
    assert "收据 7" in text
    close = reverse("billing:close_day", args=[day.pk])
    assert screen.post(close, {"counted": "x", "left": "0"}).status_code == 422
    assert screen.post(close, {"counted": "279", "left": "200", "reason": "少一元"})["Location"] == page
    assert "少一元" in screen.get(page).text
    assert "-¥1.00" in screen.get(DAYS).text.replace("−", "-")
    assert Screen(shop.gu).get(DAYS).status_code == 200
    assert Screen(shop.tao).get(DAYS).status_code == 403
