"""The deposit of a booking: taken before the car comes, then the order's, or paid back, or kept (BKG-7)."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from servicelane.billing import errors
from servicelane.billing.booked_deposit_services import held, keep_deposit, return_deposit, take_deposit
from servicelane.billing.cash_services import Counted, close_day, open_day
from servicelane.billing.deposit_services import held as held_by_order
from servicelane.billing.models import Payment, Way
from servicelane.billing.pages import cashier
from servicelane.billing.payment_services import Paid
from servicelane.booking.errors import ArrivedAlready
from servicelane.booking.models import Booking, BookingCancelReason
from servicelane.booking.services import NewBooking, Times, arrive, book, cancel, no_show
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.checking import check
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.queries import local_moment, today_in
from tests.access.visitor import program
from tests.people.test_races import at_once
from tests.screen import Screen
from tests.unchanged import refused

YUAN = Decimal
CASH = Paid(Way.CASH, YUAN(500), "R-9")


@pytest.fixture
def booking(shop):
    at = local_moment(shop.shinan, today_in(shop.shinan) + timedelta(days=1), time(9, 30))
    visitor = Visitor(name="张大全", mobile="15400003456", plate="鲁B32101")
    return book(shop.shinan, NewBooking(Times(at, shop.chen), visitor=visitor), by=shop.chen)


def again(booking: Booking) -> Booking:
    return Booking.objects.with_car().get(pk=booking.pk)


def test_the_order_has_the_deposit_when_the_car_is_here(shop, booking):
    day = open_day(shop.shinan, YUAN(100), by=shop.shen)
    take_deposit(booking, CASH, by=shop.shen)
    return_deposit(booking, Paid(Way.CASH, YUAN(50), "cheaper part"), by=shop.gu)
    assert held(booking) == 450
    assert [(row.pk, row.held) for row in cashier(shop.shen, shop.shinan).booked] == [(booking.pk, 450)]
    order = arrive(booking, by=shop.chen)
    assert (held(booking), held_by_order(order)) == (0, 450)
    told = Event.objects.about(order).get(kind="billing.deposit_carried").data
    assert (told["amount"], told["held"], told["booking"]) == (45_000, 45_000, booking.pk)
    page = cashier(shop.shen, shop.shinan)
    assert (page.booked, [row.pk for row in page.deposits]) == ([], [order.pk])
    for move in (take_deposit, return_deposit):
        with refused(ArrivedAlready):
            move(again(booking), Paid(Way.CASH, YUAN(1), "x"), by=shop.gu)
    closed = close_day(day, Counted(YUAN(600)), by=shop.shen)
    assert closed.expected == 600
    assert check() == []


def test_what_was_cancelled_is_paid_back_or_kept_with_a_reason(shop, booking):
    take_deposit(booking, CASH, by=shop.shen)
    early = again(booking)
    with refused(errors.DepositNotKept):
        keep_deposit(early, "never came", by=shop.gu)
    booking = again(booking)
    cancel(booking, BookingCancelReason.CUSTOMER, by=shop.chen)
    over = again(booking)
    with refused(errors.NotExpected):
        take_deposit(over, CASH, by=shop.shen)
    with refused(errors.ReasonMissing):
        keep_deposit(over, " ", by=shop.gu)
    with refused(errors.DepositTooSmall):
        return_deposit(again(booking), Paid(Way.CASH, YUAN("500.01"), "x"), by=shop.gu)
    return_deposit(again(booking), Paid(Way.CASH, YUAN(200), "half of it"), by=shop.gu)
    keep_deposit(again(booking), "the part is ordered", by=shop.gu)
    assert held(booking) == 0
    none_left = again(booking)
    with refused(errors.DepositNotKept):
        keep_deposit(none_left, "again", by=shop.gu)
    assert Payment.objects.get(way=Way.DEPOSIT).amount == -300
    assert check() == []


def test_a_kept_deposit_stays_kept_when_the_car_comes_after_all(shop, booking):
    take_deposit(booking, CASH, by=shop.shen)
    with time_machine.travel(booking.starts_at + timedelta(hours=1)):
        no_show(booking, by=shop.chen)
        keep_deposit(booking, "missed", by=shop.gu)
        order = arrive(booking, by=shop.chen)
        assert held_by_order(order) == 0
        assert check() == []


def test_amounts_that_cannot_be_are_refused_and_a_second_click_takes_nothing(shop, booking):
    for paid in (Paid(Way.CASH, YUAN(0)), Paid(Way.CASH, YUAN("0.001")), Paid(Way.DEPOSIT, YUAN(1))):
        with refused(errors.DepositRefused):
            take_deposit(booking, paid, by=shop.shen)
    seen = booking.version
    take_deposit(booking, CASH, by=shop.shen, version=seen)
    second = again(booking)
    with refused(ChangedMeanwhile):
        take_deposit(second, CASH, by=shop.shen, version=seen)
    assert held(booking) == 500


def test_a_deposit_and_an_arrival_at_once_leave_no_money_behind(transactional_db, shop, booking):
    first, second = again(booking), again(booking)
    refusals = at_once(lambda: take_deposit(first, CASH, by=shop.shen), lambda: arrive(second, by=shop.chen))
    assert len(refusals) == 1
    assert check() == []


@pytest.mark.parametrize("harm", ["deleted", "altered", "stranded"])
def test_check_finds_a_deposit_of_a_booking_that_was_altered(shop, booking, harm):
    take_deposit(booking, CASH, by=shop.shen)
    arrive(booking, by=shop.chen)
    assert check() == []
    rows = Payment.objects.filter(booking=booking)
    if harm == "deleted":
        rows.delete()
    else:
        rows.update(**({"amount": YUAN(90)} if harm == "altered" else {"order": None}))
    assert len(check()) == 2


def test_the_pages_take_pay_back_and_keep(shop, booking):
    page = reverse("booking:booking", args=[booking.pk])
    take, back, keep = (
        reverse(f"billing:{name}_booked_deposit", args=[booking.pk]) for name in ("take", "return", "keep")
    )
    till, boss = Screen(shop.shen), Screen(shop.gu)
    text = boss.get(page).text
    assert take in text
    assert back not in text
    version = again(booking).version
    assert till.post(take, {"way": "cash", "amount": "x", "version": version}).status_code == 422
    assert till.post(take, {"way": "cash", "amount": "120", "version": version}).status_code == 302
    assert till.post(take, {"way": "cash", "amount": "120", "version": version}).status_code == 409
    assert held(booking) == 120
    text = boss.get(page).text
    assert "¥120.00" in text
    assert back in text
    assert keep not in text
    body = {"way": "cash", "amount": "20", "reason": "less", "version": again(booking).version}
    assert boss.post(back, {**body, "reason": ""}).status_code == 422
    assert boss.post(back, body).status_code == 302
    cancel(again(booking), BookingCancelReason.CUSTOMER, by=shop.chen)
    assert keep in boss.get(page).text
    version = again(booking).version
    assert boss.post(keep, {"version": version}).status_code == 422
    assert boss.post(keep, {"reason": "late", "version": version}).status_code == 302
    assert held(booking) == 0
    assert Screen(shop.tao).post(take, {"way": "cash", "amount": "1"}).status_code == 403


def test_the_day_at_the_till_names_the_booking(shop, booking):
    day = open_day(shop.shinan, YUAN(0), by=shop.shen)
    take_deposit(booking, CASH, by=shop.shen)
    text = Screen(shop.shen).get(reverse("billing:cash_day", args=[day.pk])).text
    assert reverse("booking:booking", args=[booking.pk]) in text
    assert "R-9" in text
    assert (
        reverse("booking:booking", args=[booking.pk])
        in Screen(shop.shen).get(reverse("billing:cashier")).text
    )


def test_programs_take_return_and_keep(shop, booking):
    till, boss, path = program(shop.shen), program(shop.gu), f"/api/v1/bookings/{booking.pk}/deposit"
    json = {"content_type": "application/json"}
    told = till.post(path, {"way": "cash", "amount": "9.90"}, **json)
    assert (told.status_code, told.json()["held"]) == (201, "9.90")
    assert till.get(path).json()["held"] == "9.90"
    told = boss.post(f"{path}/return", {"way": "cash", "amount": "1.90", "reference": "back"}, **json)
    assert told.json()["held"] == "8.00"
    early = boss.post(f"{path}/keep", {"reference": "x"}, **json)
    assert (early.status_code, early.json()["code"]) == (409, "billing.deposit_not_kept")
    cancel(again(booking), BookingCancelReason.CUSTOMER, by=shop.chen)
    told = boss.post(f"{path}/keep", {"reference": "x"}, **json)
    assert (told.status_code, told.json()["held"]) == (201, "0.00")
