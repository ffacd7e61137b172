"""Settling and paying as a browser meets it: on the order page, at the cashier's, on the settlement list."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import ExitPass, Invoice, Payment, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.orders.models import Belonging, PayType, RepairOrder, Status
from servicelane.org.queries import zone_of
from tests.billing.conftest import again, invoice_of, stand
from tests.screen import Screen

YUAN = Decimal


def url(name, row, app="billing"):
    return reverse(f"{app}:{name}", args=[row.pk])


@pytest.fixture
def order(shop, ready):
    return ready(("1000", PayType.CUSTOMER), ("300", PayType.WARRANTY))


def form(order, **fields):
    return {"version": order.version, **fields}


def test_one_walks_a_car_through_the_till(shop, order):
    till, chen = Screen(shop.shen), Screen(shop.chen)
    page = chen.get(url("order", order, "orders")).text
    assert "¥1,000.00" in page
    assert "¥300.00" in page

    assert (
        chen.post(url("settle", order), form(order, discount="10", reason="eighth visit")).status_code == 302
    )
    order = again(order)
    assert order.status == Status.SETTLED
    assert "¥900.00" in till.get(url("order", order, "orders")).text
    assert till.post(url("pay", order), form(order, way="wechat", amount="900")).status_code == 302
    order = again(order)
    collected = form(order, name="张大全", relation="owner", document="id_card")
    assert till.post(url("issue_exit_pass", order), collected).status_code == 302

    assert ExitPass.objects.get().collected_by == "张大全"
    text = till.get(url("exit_pass", ExitPass.objects.get())).text
    assert "张大全" in text
    assert "K-17" in text


def test_a_discount_that_is_too_high_is_refused_beside_the_field_and_stays_typed(shop, order):
    chen = Screen(shop.chen)

    answer = chen.post(url("settle", order), form(order, discount="15.5", reason="waited for parts"))

    assert answer.status_code == 422
    for words in ("15.5", "10.0", "¥1,000.00", "¥900.00", "¥845.00", "方敏", "顾海峰", "waited for parts"):
        assert words in answer.text
    assert Invoice.objects.count() == 0
    answer = chen.post(url("settle", order), form(order, discount="15.5", reason="x", instead="10.0"))
    assert answer.status_code == 302
    assert invoice_of(order).gross == YUAN("900.00")


def test_a_discount_is_tried_before_anything_is_settled(shop, order):
    chen = Screen(shop.chen)
    assert "¥950.00" in chen.get(url("try_discount", order), {"discount": "5"}).text
    assert "方敏" in chen.get(url("try_discount", order), {"discount": "15"}).text
    assert chen.get(url("try_discount", order), {"discount": "x"}).status_code == 200
    assert Invoice.objects.count() == 0


def test_a_supervisor_releases_and_the_cashier_settles_with_it(shop, order):
    fang, till = Screen(shop.fang), Screen(shop.shen)
    release = form(order, percent="15", reason="waited for parts")
    assert fang.post(url("release_discount", order), release).status_code == 302
    assert fang.post(url("release_discount", order), form(order, percent="", reason="")).status_code == 422

    page = till.get(url("order", order, "orders")).text
    assert "waited for parts" in page
    settled = form(again(order), discount="15", reason="waited for parts")
    assert till.post(url("settle", order), settled).status_code == 302
    assert invoice_of(order).discount == YUAN("150.00")


def test_what_is_open_blocks_the_button_with_its_reason(shop, order):
    Belonging.objects.create(order=order, what="雨伞")
    till = Screen(shop.shen)
    assert 'aria-disabled="true"' in till.get(url("order", order, "orders")).text
    assert till.post(url("settle", order), form(order)).status_code == 422
    assert Invoice.objects.count() == 0


def test_too_much_is_refused_beside_the_field(shop, order):
    settle(order, by=shop.shen)
    till = Screen(shop.shen)
    answer = till.post(url("pay", order), form(again(order), way="cash", amount="1000.01"))
    assert answer.status_code == 422
    assert "¥1,000.00" in answer.text
    assert Payment.objects.count() == 0


def test_nobody_pays_before_a_settlement(shop, order):
    assert Screen(shop.shen).post(url("pay", order), form(order, way="cash", amount="1")).status_code == 409


def test_who_may_let_a_customer_pay_later_is_offered_it(shop, order):
    settle(order, by=shop.shen)
    gu, till = Screen(shop.gu), Screen(shop.shen)
    later = url("on_account", order)
    assert later in gu.get(url("order", order, "orders")).text
    assert later not in till.get(url("order", order, "orders")).text
    assert till.post(later, form(again(order), reason="fleet")).status_code in (403, 404)
    assert gu.post(later, form(again(order), reason="")).status_code == 422
    assert gu.post(later, form(again(order), reason="fleet")).status_code == 302
    assert invoice_of(order).open == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_settlement_list_says_it_all(shop, order, language):
    settle(order, by=shop.shen)
    type(shop.shen).objects.filter(pk=shop.shen.pk).update(language=language)
    text = Screen(shop.shen).get(url("invoice", invoice_of(order))).text
    for words in ("壹仟元整", "¥884.96", "¥115.04", "¥1,000.00", order.number, "3210K"):
        assert words in text


def test_money_is_paid_back_and_credited_on_the_page_of_the_invoice(shop, order):
    settle(order, by=shop.shen)
    gu, till = Screen(shop.gu), Screen(shop.shen)
    invoice = invoice_of(order)
    paid = till.post(
        url("take_payment", invoice), form(invoice.order, way="card", amount="1000", reference="77")
    )
    assert paid.status_code == 302
    assert url("credit", invoice) not in gu.get(url("invoice", invoice)).text
    back = form(again(order), way="card", amount="1000.01", reason="wrong")
    assert gu.post(url("refund", invoice), back).status_code == 422
    assert gu.post(url("refund", invoice), {**back, "amount": "1000"}).status_code == 302
    assert gu.post(url("credit", invoice), form(again(order), reason="")).status_code == 422
    assert gu.post(url("credit", invoice), form(again(order), reason="wrong bill")).status_code == 302
    assert again(order).status == Status.READY
    assert "¥-" not in gu.get(url("order", order, "orders")).text
    note = Invoice.objects.get(credit_of=invoice)
    assert "wrong bill" in gu.get(url("invoice", note)).text


def test_the_cashiers_place_lists_cars_by_what_is_next(shop, ready):
    till = Screen(shop.shen)
    page = till.get(reverse("billing:cashier")).text
    assert page.count('class="empty"') == 4
    first = ready(("1000", PayType.CUSTOMER))
    assert first.number in till.get(reverse("billing:cashier")).text
    settle(first, by=shop.shen)
    invoice = invoice_of(first)
    take_payment(invoice, Paid(Way.ON_ACCOUNT, YUAN(1000), "fleet"), by=shop.gu)
    issue_exit_pass(again(first), Collector("张大全"), by=shop.shen)
    assert first.number in till.get(reverse("billing:cashier")).text
    RepairOrder.objects.filter(pk=first.pk).update(status=Status.DELIVERED, delivered_at=first.arrived_at)
    page = till.get(reverse("billing:cashier")).text
    assert invoice.number in page
    assert first.number not in page


def test_the_cashiers_place_costs_the_same_for_one_car_and_for_many(shop, order):
    till = Screen(shop.shen)

    def cost():
        # A process reads a store's zone anew every few seconds, whatever page is asked for.
        zone_of(shop.shinan.pk)
        with CaptureQueriesContext(connection) as asked:
            assert till.get(reverse("billing:cashier")).status_code == 200
        return len(asked)

    settle(order, by=shop.shen)
    once = cost()
    for number in range(20):
        copy = again(order)
        jobs, invoices = list(copy.jobs.all()), list(copy.invoices.all())
        copy.pk, copy.number = None, f"RO-X-{number}"
        copy.status = Status.READY if number % 2 else Status.SETTLED
        copy.save(force_insert=True)
        for row in (*jobs, *(invoices if copy.status == Status.SETTLED else ())):
            row.pk, row.order = None, copy
            if isinstance(row, Invoice):
                row.number = f"IN-X-{number}-{row.payer_kind}"
            row.save(force_insert=True)
    assert cost() == once


def test_an_advisor_reads_why_the_exit_pass_waits(shop, order):
    settle(order, by=shop.shen)
    page = Screen(shop.chen).get(url("order", order, "orders")).text
    assert url("issue_exit_pass", order) in page
    assert 'aria-disabled="true"' in page


def test_programs_settle_pay_and_credit_by_the_same_services(shop, order, client):
    from servicelane.people.sign_in_services import issue_token

    _row, token = issue_token(shop.gu, "program", by=shop.gu)

    def post(path, **body):
        return client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    answer = post(f"/orders/{order.pk}/settle", discount_percent="10.0", reason="as promised")
    assert answer.status_code == 201
    invoices = answer.json()
    assert [one["gross"] for one in invoices] == ["900.00", "300.00"]
    refused = post(f"/invoices/{invoices[0]['id']}/payments", way="cash", amount="900.01")
    assert (refused.status_code, refused.json()["code"]) == (422, "billing.too_much_paid")
    assert post(f"/orders/{order.pk}/exit-pass", name="张大全").json()["code"] == "billing.not_paid"
    paid = post(f"/invoices/{invoices[0]['id']}/payments", way="transfer", amount="900.00")
    assert (paid.status_code, paid.json()["owed"]) == (201, "0.00")
    assert post(f"/orders/{order.pk}/exit-pass", name="张大全").status_code == 201
    credited = post(f"/invoices/{invoices[1]['id']}/credit", reason="wrong")
    assert credited.json()["code"] == "billing.payments_still_on"
    assert stand(order, Status.SETTLED)
