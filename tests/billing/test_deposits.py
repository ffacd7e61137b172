"""A deposit: taken before the settlement, used by it, the rest paid back; every fen of it is in a till."""

from decimal import Decimal

import pytest
from django.urls import reverse

from servicelane.billing import errors
from servicelane.billing.cash_services import Counted, close_day, open_day
from servicelane.billing.deposit_services import held, return_deposit, take_deposit
from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import credit, settle
from servicelane.billing.models import Payment, Way
from servicelane.billing.pages import cashier
from servicelane.billing.payment_services import Paid, refund, take_payment
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, OrderIsOver, WrongMoment
from servicelane.orders.models import CancelReason, PayType, RepairOrder, Status
from servicelane.orders.order_services import cancel
from servicelane.project.day_sheet import day_sheet
from tests.access.visitor import program
from tests.billing.conftest import again, invoice_of
from tests.people.test_races import at_once
from tests.screen import Screen
from tests.unchanged import refused
from tests.visit import checked_in

YUAN = Decimal


def test_the_settlement_uses_the_deposit_and_the_rest_is_paid(shop, ready):
    order = ready()
    take_deposit(order, Paid(Way.CASH, YUAN("300.50"), "R-1"), by=shop.shen)
    settle(order, by=shop.chen)

    invoice = invoice_of(order)
    assert (invoice.gross, invoice.paid, invoice.open) == (YUAN(746), YUAN("300.50"), YUAN("445.50"))
    assert held(order) == 0
    used = Event.objects.about(order).get(kind="billing.deposit_used").data
    assert (used["invoice"], used["amount"], used["held"]) == (invoice.pk, 30_050, 0)
    order = again(order)
    with refused(errors.NotPaid):
        issue_exit_pass(order, Collector("张大全"), by=shop.shen)
    take_payment(invoice_of(order), Paid(Way.WECHAT, YUAN("445.50")), by=shop.shen)
    issue_exit_pass(again(order), Collector("张大全"), by=shop.shen)
    assert check() == []


def test_what_the_bill_does_not_use_is_paid_back_also_when_the_visit_is_over(shop, ready):
    order = ready(("100", PayType.CUSTOMER))
    take_deposit(order, Paid(Way.CARD, YUAN(150)), by=shop.shen)
    settle(order, by=shop.chen)
    assert (invoice_of(order).owed, held(order)) == (0, YUAN(50))

    RepairOrder.objects.filter(pk=order.pk).update(status=Status.DELIVERED, delivered_at=now())
    order = again(order)
    with refused(errors.DepositTooSmall):
        return_deposit(order, Paid(Way.CASH, YUAN("50.01"), "rest"), by=shop.gu)
    order = again(order)
    with refused(errors.ReasonMissing):
        return_deposit(order, Paid(Way.CASH, YUAN(50), " "), by=shop.gu)
    return_deposit(again(order), Paid(Way.CASH, YUAN(50), "rest"), by=shop.gu)
    assert held(order) == 0


def test_a_cancelled_visit_takes_no_deposit_and_pays_its_own_back(shop):
    order = checked_in(shop)
    take_deposit(order, Paid(Way.ALIPAY, YUAN(200)), by=shop.shen)
    cancel(order, CancelReason.OTHER, by=shop.chen)
    over = again(order)
    with refused(OrderIsOver):
        take_deposit(over, Paid(Way.CASH, YUAN(1)), by=shop.shen)
    assert [(row.pk, row.held) for row in cashier(shop.shen, shop.shinan).deposits] == [(order.pk, YUAN(200))]
    page = Screen(shop.shen).get(reverse("billing:cashier")).text
    assert "¥200.00" in page
    assert '<span class="sub num">1</span>' in page.partition('id="deposits-title"')[2].partition("</div>")[0]
    return_deposit(again(order), Paid(Way.ALIPAY, YUAN(200), "cancelled"), by=shop.gu)
    assert cashier(shop.shen, shop.shinan).deposits == []
    assert check() == []


def test_amounts_and_ways_that_cannot_be_and_wrong_moments_are_refused(shop, ready):
    order = ready()
    for paid in (
        Paid(Way.CASH, YUAN(0)), Paid(Way.CASH, YUAN("0.001")), Paid(Way.CASH, YUAN("NaN")),
        Paid(Way.ON_ACCOUNT, YUAN(1)), Paid(Way.DEPOSIT, YUAN(1)),
    ):  # fmt: skip
        with refused(errors.DepositRefused):
            take_deposit(order, paid, by=shop.shen)
    for moves in (take_deposit, return_deposit):
        read = again(order)
        with refused(OrderChanged):
            moves(read, Paid(Way.CASH, YUAN(1), "x"), by=shop.gu, version=1)
    settle(again(order), by=shop.chen)
    settled = again(order)
    with refused(WrongMoment):
        take_deposit(settled, Paid(Way.CASH, YUAN(1)), by=shop.shen)
    invoice = invoice_of(order)
    for moves in (take_payment, refund):
        with refused(errors.AmountRefused):
            moves(invoice, Paid(Way.DEPOSIT, YUAN(1), "x"), by=shop.gu)


def test_a_settlement_that_is_taken_back_pays_back_what_the_deposit_paid(shop, ready):
    order = ready(("100", PayType.CUSTOMER))
    take_deposit(order, Paid(Way.CASH, YUAN(60)), by=shop.shen)
    settle(order, by=shop.chen)
    invoice = invoice_of(order)
    with refused(errors.PaymentsStillOn):
        credit(invoice, "wrong job", by=shop.gu)
    refund(invoice_of(order), Paid(Way.CASH, YUAN(60), "wrong job"), by=shop.gu)
    credit(invoice_of(order), "wrong job", by=shop.gu)
    settle(again(order), by=shop.chen)
    assert (invoice_of(order).paid, held(order)) == (0, 0)
    assert check() == []


def test_the_till_and_the_sheet_of_the_day_count_a_deposit_once(shop, ready):
    order = ready(("100", PayType.CUSTOMER))
    day = open_day(shop.shinan, YUAN(300), by=shop.shen)
    take_deposit(order, Paid(Way.CASH, YUAN(80), "R-7"), by=shop.shen)
    settle(order, by=shop.shen)
    take_payment(invoice_of(order), Paid(Way.CASH, YUAN(20)), by=shop.shen)

    text = Screen(shop.shen).get(reverse("billing:cash_day", args=[day.pk])).text
    assert order.number in text
    assert "R-7" in text
    assert day_sheet(shop.gu, shop.shinan, now()).by_way == [(Way.CASH, YUAN(100), 2)]
    closed = close_day(day, Counted(YUAN(400), YUAN(300)), by=shop.shen)
    assert (closed.expected, closed.difference) == (YUAN(400), 0)
    assert check() == []


def test_two_who_pay_the_same_deposit_back_at_once_pay_it_once(transactional_db, shop):
    order = checked_in(shop)
    take_deposit(order, Paid(Way.CASH, YUAN(70)), by=shop.shen)
    first, second = again(order), again(order)
    back = Paid(Way.CASH, YUAN(70), "back")
    refusals = at_once(
        lambda: return_deposit(first, back, by=shop.gu), lambda: return_deposit(second, back, by=shop.gu)
    )
    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [errors.DepositTooSmall])
    assert held(order) == 0


@pytest.mark.parametrize("harm", ["deleted", "altered", "unused"])
def test_check_finds_a_deposit_that_was_altered(shop, ready, harm):
    order = ready(("100", PayType.CUSTOMER))
    take_deposit(order, Paid(Way.CASH, YUAN(80)), by=shop.shen)
    settle(order, by=shop.shen)
    rows = Payment.objects.filter(order=order)
    if harm == "deleted":
        rows.filter(way=Way.CASH).delete()
    elif harm == "altered":
        rows.filter(way=Way.CASH).update(amount=YUAN(90))
    else:
        rows.filter(way=Way.DEPOSIT).delete()
    assert len(check()) == 1


def test_the_pages_take_a_deposit_and_pay_it_back(shop):
    order = checked_in(shop)
    page, take = reverse("orders:order", args=[order.pk]), reverse("billing:take_deposit", args=[order.pk])
    back = reverse("billing:return_deposit", args=[order.pk])
    till, boss = Screen(shop.shen), Screen(shop.gu)
    text = till.get(page).text
    assert take in text
    assert 'id="next-step"' not in text
    assert back not in boss.get(page).text
    version = again(order).version
    assert till.post(take, {"way": "cash", "amount": "x", "version": version}).status_code == 422
    assert till.post(take, {"way": "cash", "amount": "120", "version": version}).status_code == 302
    text = boss.get(page).text
    assert back in text
    assert "¥120.00" in text
    version = again(order).version
    assert boss.post(back, {"way": "cash", "amount": "120", "version": version}).status_code == 422
    body = {"way": "cash", "amount": "120", "reason": "not needed", "version": version}
    assert boss.post(back, body).status_code == 302
    assert held(order) == 0
    assert Screen(shop.tao).post(take, {"way": "cash", "amount": "1"}).status_code == 403


def test_programs_take_and_return_a_deposit(shop):
    order = checked_in(shop)
    till, path = program(shop.shen), f"/api/v1/orders/{order.pk}/deposit"
    told = till.post(path, {"way": "cash", "amount": "9.90"}, content_type="application/json")
    assert (told.status_code, told.json()["held"]) == (201, "9.90")
    assert till.get(path).json()["held"] == "9.90"
    boss, back = program(shop.gu), {"way": "cash", "amount": "9.90", "reference": "back"}
    told = boss.post(f"{path}/return", back, content_type="application/json")
    assert (told.status_code, told.json()["held"]) == (201, "0.00")
    more = boss.post(f"{path}/return", {**back, "amount": "1"}, content_type="application/json")
    assert (more.status_code, more.json()["code"]) == (422, "billing.deposit_too_small")
