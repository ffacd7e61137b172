"""Two cashiers, one invoice: one wins, the other is told, on either database."""

from decimal import Decimal

from servicelane.billing.errors import TooMuchPaid
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import Invoice, Payment, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.orders.errors import OrderChanged
from servicelane.orders.models import PayType
from tests.billing.conftest import invoice_of
from tests.people.test_races import at_once


def test_two_cashiers_cannot_take_the_same_money_twice(transactional_db, shop, ready):
    order = ready(("1000", PayType.CUSTOMER))
    settle(order, by=shop.shen)
    first, second = invoice_of(order), invoice_of(order)

    refusals = at_once(
        lambda: take_payment(first, Paid(Way.CASH, Decimal(1000)), by=shop.shen),
        lambda: take_payment(second, Paid(Way.WECHAT, Decimal(1000)), by=shop.gu),
    )

    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [TooMuchPaid])
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().paid == Decimal("1000.00")


def test_two_who_settle_at_once_issue_one_invoice(transactional_db, shop, ready):
    order = ready(("1000", PayType.CUSTOMER))
    mine = type(order).objects.with_car().get(pk=order.pk)

    refusals = at_once(lambda: settle(order, by=shop.shen), lambda: settle(mine, by=shop.chen))

    assert [type(refusal) for refusal in refusals] == [OrderChanged]
    assert Invoice.objects.count() == 1
