"""Payments in parts, on account by right, paid back, credited; the exit pass (BIL-2, BIL-4, BIL-9)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from servicelane.billing import errors
from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import Settlement, credit, settle
from servicelane.billing.models import DocumentSeen, Invoice, InvoiceState, PayerKind, Payment, Way
from servicelane.billing.payment_services import Paid, refund, take_payment
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, StillOpen, WrongMoment
from servicelane.orders.gates import open_points
from servicelane.orders.models import CollectorRelation, PayType, RepairOrder, Status
from tests.billing.conftest import again, invoice_of, stand
from tests.unchanged import refused

YUAN = Decimal
SOMEBODY = Collector("张大全", CollectorRelation.OWNER, DocumentSeen.ID_CARD)


@pytest.fixture
def settled(shop, ready):
    """An order of 1,000 yuan for the customer and 300 for the maker, settled."""
    order = ready(("1000", PayType.CUSTOMER), ("300", PayType.WARRANTY))
    settle(order, by=shop.shen)
    return order


def pay(order, amount, by, way=Way.WECHAT, reference="", payer=PayerKind.CUSTOMER):
    return take_payment(invoice_of(order, payer), Paid(way, YUAN(amount), reference), by=by)


def test_an_invoice_is_paid_in_parts_and_in_several_ways(shop, settled):
    pay(settled, "400", shop.shen, Way.CASH)
    invoice = invoice_of(settled)
    assert (invoice.paid, invoice.owed, invoice.is_owed) == (YUAN("400.00"), YUAN("600.00"), True)
    pay(settled, "600", shop.shen, Way.CARD, "8842")

    invoice = invoice_of(settled)
    assert (invoice.paid, invoice.owed, invoice.is_owed) == (YUAN("1000.00"), YUAN(0), False)
    fact = Event.objects.about(settled).filter(kind="billing.paid").latest("pk")
    assert {name: fact.data[name] for name in ("way", "amount", "owed", "payer")} == {
        "way": "card", "amount": 60000, "owed": 0, "payer": "customer",
    }  # fmt: skip
    assert check() == []


def test_more_than_is_owed_is_not_taken(shop, settled):
    pay(settled, "400", shop.shen)
    with refused(errors.TooMuchPaid, amount="¥600.01", owed="¥600.00"):
        pay(settled, "600.01", shop.shen)


@pytest.mark.parametrize("amount", ["0", "-5", "0.005", "NaN"])
def test_nothing_and_less_is_no_payment(shop, settled, amount):
    with refused(errors.AmountRefused):
        pay(settled, amount, shop.shen)
    with refused(errors.AmountRefused):
        refund(invoice_of(settled), Paid(Way.CASH, YUAN(amount), "x"), by=shop.gu)


def test_of_two_cashiers_with_the_same_page_the_second_is_told(shop, settled):
    first, second = invoice_of(settled), invoice_of(settled)
    seen = first.order.version
    take_payment(first, Paid(Way.CASH, YUAN(1000)), by=shop.shen, version=seen)
    with refused(OrderChanged):
        take_payment(second, Paid(Way.CASH, YUAN(1000)), by=shop.gu, version=seen)
    # An invoice read long ago is read again under the order's row, whatever version the caller knows.
    second.order = RepairOrder.objects.get(pk=settled.pk)
    with refused(errors.TooMuchPaid, owed="¥0.00"):
        take_payment(second, Paid(Way.CASH, YUAN(1000)), by=shop.gu)


def test_paying_later_is_a_right_with_a_reason_and_frees_the_car(shop, settled):
    with refused(errors.OnAccountNotAllowed):
        pay(settled, "1000", shop.shen, Way.ON_ACCOUNT, "fleet")
    with pytest.raises(errors.OnAccountNotAllowed) as caught:
        pay(settled, "1000", shop.shen, Way.ON_ACCOUNT, "fleet")
    assert "顾海峰" in caught.value.advice
    with refused(errors.ReasonMissing):
        pay(settled, "1000", shop.gu, Way.ON_ACCOUNT)
    pay(settled, "250", shop.shen, Way.CASH)
    with refused(errors.TooMuchPaid, owed="¥750.00"):
        pay(settled, "750.01", shop.gu, Way.ON_ACCOUNT, "fleet")

    pay(settled, "750", shop.gu, Way.ON_ACCOUNT, "fleet, end of month")

    invoice = invoice_of(settled)
    assert (invoice.paid, invoice.owed, invoice.open) == (YUAN(250), YUAN(750), YUAN(0))
    issued = issue_exit_pass(again(settled), SOMEBODY, by=shop.shen)
    assert Event.objects.about(settled).get(kind="billing.exit_pass").data["on_account"] == 75000
    assert issued.number.endswith("-0001")
    assert check() == []


def test_what_was_put_off_is_paid_when_the_car_is_gone(shop, settled):
    pay(settled, "1000", shop.gu, Way.ON_ACCOUNT, "fleet")
    _deliver(settled)
    pay(settled, "1000", shop.shen, Way.TRANSFER)
    pay(settled, "300", shop.shen, Way.TRANSFER, payer=PayerKind.MAKER)
    assert not Invoice.objects.filter(is_owed=True).exists()
    assert check() == []


def _deliver(order):
    stand(order, Status.DELIVERED)


def test_money_is_paid_back_with_a_reason_and_never_more_than_came(shop, settled):
    pay(settled, "400", shop.shen)
    with refused(errors.RefundTooHigh, amount="¥400.01", paid="¥400.00"):
        refund(invoice_of(settled), Paid(Way.CASH, YUAN("400.01"), "wrong"), by=shop.gu)
    with refused(errors.ReasonMissing):
        refund(invoice_of(settled), Paid(Way.CASH, YUAN(400)), by=shop.gu)
    with refused(errors.AmountRefused):
        refund(invoice_of(settled), Paid(Way.ON_ACCOUNT, YUAN(400), "x"), by=shop.gu)

    refund(invoice_of(settled), Paid(Way.CASH, YUAN(150), "taken twice"), by=shop.gu)

    assert invoice_of(settled).paid == YUAN(250)
    assert [one.amount for one in Payment.objects.all()] == [YUAN(400), YUAN(-150)]
    assert check() == []


def test_a_credit_takes_all_invoices_back_and_the_order_is_settled_anew(shop, settled):
    first = invoice_of(settled)

    notes = credit(first, "wrong discount", by=shop.gu)

    assert [(note.gross, note.credit_of_id) for note in notes] == [
        (YUAN("-1000.00"), first.pk), (YUAN("-300.00"), Invoice.objects.get(gross=300).pk),
    ]  # fmt: skip
    assert {one.state for one in Invoice.objects.filter(credit_of=None)} == {InvoiceState.CREDITED}
    order = again(settled)
    assert (order.status, order.settled_at) == (Status.READY, None)
    fact = Event.objects.about(order).filter(kind="billing.credited").earliest("pk")
    assert (fact.data["gross"], fact.data["net"], fact.detail.text) == (-100000, -88496, "wrong discount")

    settle(order, Settlement(YUAN(10), "as promised"), by=shop.chen)
    assert invoice_of(order).gross == YUAN("900.00")
    assert [one.number[-4:] for one in Invoice.objects.order_by("pk")] == [
        "0001", "0002", "0003", "0004", "0005", "0006",
    ]  # fmt: skip
    assert check() == []


def test_money_is_paid_back_before_a_credit(shop, settled):
    pay(settled, "400", shop.shen)
    with refused(errors.PaymentsStillOn, paid="¥400.00"):
        credit(invoice_of(settled, PayerKind.MAKER), "wrong", by=shop.gu)
    with refused(errors.ReasonMissing):
        credit(invoice_of(settled), " ", by=shop.gu)
    refund(invoice_of(settled), Paid(Way.WECHAT, YUAN(400), "wrong bill"), by=shop.gu)
    credit(invoice_of(settled), "wrong", by=shop.gu)


def test_a_credited_invoice_and_its_credit_note_are_closed(shop, settled):
    old = invoice_of(settled)
    (note, _other) = credit(invoice_of(settled), "wrong", by=shop.gu)
    for closed in (old, note):
        closed.order = again(settled)
        with refused(errors.InvoiceCredited):
            take_payment(closed, Paid(Way.CASH, YUAN(1)), by=shop.shen)
        closed.order = again(settled)
        with refused(errors.InvoiceCredited):
            credit(closed, "again", by=shop.gu)


def test_after_hand_over_only_the_one_invoice_is_credited_and_the_order_stays_delivered(shop, settled):
    _deliver(settled)

    (note,) = credit(invoice_of(settled, PayerKind.MAKER), "claim refused", by=shop.gu)

    assert note.gross == YUAN("-300.00")
    assert invoice_of(settled).gross == YUAN("1000.00")
    assert again(settled).status == Status.DELIVERED


def test_the_car_leaves_when_the_customers_part_is_paid_whatever_the_maker_owes(shop, settled):
    order = again(settled)
    with refused(errors.NotPaid, open="¥1,000.00"):
        issue_exit_pass(order, SOMEBODY, by=shop.shen)
    with pytest.raises(errors.NotPaid) as caught:
        issue_exit_pass(again(order), SOMEBODY, by=shop.shen)
    assert "顾海峰" in caught.value.advice
    assert len(open_points(order, Status.DELIVERED)) >= 2
    pay(settled, "1000", shop.shen)
    order = again(settled)

    issued = issue_exit_pass(order, SOMEBODY, by=shop.shen, version=order.version)

    assert (issued.collected_by, issued.document_seen, issued.key_tag) == ("张大全", "id_card", "K-17")
    assert issued.number == f"EP-{now() + timedelta(hours=8):%Y%m%d}-0001"
    fact = Event.objects.about(order).get(kind="billing.exit_pass")
    assert fact.data["document"] == "id_card"
    assert "张" not in str(fact.data)
    with refused(errors.ExitPassOut, exit_pass=issued):
        issue_exit_pass(again(settled), SOMEBODY, by=shop.shen)


def test_an_exit_pass_needs_a_settled_order_and_a_collector(shop, ready, settled):
    with refused(errors.CollectorMissing):
        issue_exit_pass(again(settled), Collector("  "), by=shop.shen)
    order = stand(settled, Status.READY)
    with refused(WrongMoment):
        issue_exit_pass(order, SOMEBODY, by=shop.shen)


def test_a_credit_voids_the_exit_pass_and_a_refund_holds_the_car_again(shop, settled):
    pay(settled, "1000", shop.shen)
    issue_exit_pass(again(settled), SOMEBODY, by=shop.shen)
    refund(invoice_of(settled), Paid(Way.CASH, YUAN(1000), "wrong bill"), by=shop.gu)
    order = again(settled)
    assert any("¥1,000.00" in point for point in open_points(order, Status.DELIVERED))

    credit(invoice_of(settled), "wrong bill", by=shop.gu)

    assert order.exit_passes.get().voided_at is not None


def test_the_gate_before_hand_over_refuses_a_car_that_is_not_released(shop, settled):
    from django.db import transaction

    from servicelane.orders.order_services import advance
    from servicelane.orders.writing import take

    order = again(settled)
    with refused(StillOpen), transaction.atomic():
        take(order)
        advance(order, Status.DELIVERED, by=shop.chen)


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        (Invoice, {"paid": YUAN(7)}),
        (Invoice, {"gross": YUAN(999)}),
        (Invoice, {"is_owed": False}),
        (Payment, {"amount": YUAN(5)}),
        (RepairOrder, {"status": Status.READY}),
    ],
)
def test_the_books_are_checked(shop, settled, rows, changes):
    pay(settled, "400", shop.shen)
    assert check() == []
    rows.objects.filter(pk=rows.objects.first().pk).update(**changes)
    assert check() != []
