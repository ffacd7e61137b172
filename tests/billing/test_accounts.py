"""On account with a limit: who may go how far, what is open, and by when it is to be paid (BIL-3)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from servicelane.billing import errors
from servicelane.billing.account_services import account_of, set_account, standing_of
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import Account, Invoice, Way
from servicelane.billing.payment_services import Paid, refund, take_payment
from servicelane.billing.receivables import Age, age_of, overdue_in, receivables_of
from servicelane.billing.rules import DAYS_TO_PAY
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.orders.hints import hints_of
from servicelane.orders.models import PayType, RepairOrder
from servicelane.orders.steps import steps_of
from servicelane.org.queries import today_in
from servicelane.org.services import set_rule
from servicelane.people.sign_in_services import issue_token
from servicelane.project.alerts import alerts_for
from tests.billing.conftest import again, invoice_of
from tests.people.test_races import at_once
from tests.screen import Screen
from tests.unchanged import refused

YUAN = Decimal


@pytest.fixture
def order(shop, ready) -> RepairOrder:
    """A settled order of 1,000 yuan for the customer."""
    made = ready(("1000", PayType.CUSTOMER))
    settle(made, by=shop.shen)
    return made


def later(order: RepairOrder, amount: str, by: Any, reason: str = "") -> Any:
    return take_payment(invoice_of(order), Paid(Way.ON_ACCOUNT, YUAN(amount), reason), by=by)


def account(shop, order: RepairOrder, limit: str = "1000", days: int = 10) -> Account:
    return set_account(order.customer, YUAN(limit), days, by=shop.gu)


def test_within_the_limit_the_cashier_lets_the_customer_pay_later(shop, order):
    account(shop, order)

    later(order, "600", shop.shen)
    later(order, "400", shop.shen)

    invoice = invoice_of(order)
    today = today_in(shop.shinan)
    assert (invoice.on_account, invoice.open, invoice.due_on) == (
        YUAN(1000), YUAN(0), today + timedelta(days=10),
    )  # fmt: skip
    fact = Event.objects.about(order).filter(kind="billing.paid").latest("pk")
    assert (fact.data["due"], fact.data.get("over")) == (str(invoice.due_on), None)
    standing = standing_of(account_of(order.customer_id), today)
    assert (standing.open, standing.free, standing.overdue) == (YUAN(1000), YUAN(0), YUAN(0))
    assert check() == []


def test_beyond_the_limit_it_is_refused_with_figures_and_released_by_right_with_a_reason(shop, order):
    account(shop, order, "900")
    later(order, "500", shop.shen)
    with refused(errors.OverLimit, asked="¥500.00", over="¥100.00", limit="¥900.00", open="¥500.00"):
        later(order, "500", shop.shen, "promised")
    with pytest.raises(errors.OverLimit) as caught:
        later(order, "500", shop.shen)
    assert "顾海峰" in caught.value.advice
    with refused(errors.ReasonMissing):
        later(order, "500", shop.gu)

    later(order, "500", shop.gu, "director agreed")

    fact = Event.objects.about(order).filter(kind="billing.paid").latest("pk")
    assert (fact.data["over"], fact.detail.text) == (10000, "director agreed")
    assert check() == []


def test_what_is_paid_makes_room_and_what_is_paid_back_takes_it(shop, order):
    known = account(shop, order)
    later(order, "1000", shop.shen)
    take_payment(invoice_of(order), Paid(Way.TRANSFER, YUAN(700)), by=shop.shen)
    assert standing_of(known, today_in(shop.shinan)).free == YUAN(700)
    refund(invoice_of(order), Paid(Way.TRANSFER, YUAN(200), "twice"), by=shop.gu)
    assert standing_of(known, today_in(shop.shinan)).open == YUAN(500)


def test_a_closed_account_and_none_leave_it_to_the_right(shop, order):
    with refused(errors.OnAccountNotAllowed):
        later(order, "1000", shop.shen, "x")
    account(shop, order, "0")
    with refused(errors.OverLimit, limit="¥0.00"):
        later(order, "1", shop.shen, "x")
    later(order, "1000", shop.gu, "last time")


def test_an_advisor_puts_nothing_on_an_account(shop, order):
    account(shop, order)
    with refused(errors.OnAccountNotAllowed):
        later(order, "10", shop.chen)


def test_without_an_account_the_store_decides_by_when_it_is_to_be_paid(shop, order):
    set_rule(shop.shinan, DAYS_TO_PAY, "7", by=shop.gu)
    later(order, "1000", shop.gu, "fleet")
    assert invoice_of(order).due_on == today_in(shop.shinan) + timedelta(days=7)


def test_an_account_is_set_with_its_history_and_by_one_at_a_time(shop, order):
    customer = order.customer
    account(shop, order, "1000", 10)
    set_account(customer, YUAN("2000.50"), 30, "paid well", by=shop.gu, version=1)
    set_account(customer, YUAN("2000.50"), 30, by=shop.gu)

    facts = Event.objects.about(customer).filter(kind="billing.account_set").order_by("pk")
    assert [(one.data["limit_was"], one.data["limit"], one.data["days"]) for one in facts] == [
        (-1, 100000, 10), (100000, 200050, 30),
    ]  # fmt: skip
    assert facts[1].detail.text == "paid well"
    assert [row.limit for row in Account.history.order_by("pk")] == [YUAN(1000), YUAN("2000.50")]
    with refused(ChangedMeanwhile):
        set_account(customer, YUAN(5), 5, by=shop.gu, version=1)
    with refused(ChangedMeanwhile):
        set_account(customer, YUAN(5), 5, by=shop.gu, version=0)


@pytest.mark.parametrize(("limit", "days"), [("-1", 5), ("0.005", 5), ("NaN", 5), ("1e9", 5), ("5", 181)])
def test_a_limit_is_an_amount_and_the_days_are_few(shop, order, limit, days):
    with refused(errors.AccountRefused):
        set_account(order.customer, YUAN(limit), days, by=shop.gu)


@pytest.mark.parametrize(
    ("late", "age"),
    [(-9, Age.NOT_DUE), (0, Age.NOT_DUE), (1, Age.D30), (30, Age.D30), (31, Age.D60), (60, Age.D60),
     (61, Age.D90), (90, Age.D90), (91, Age.OLDER)],
)  # fmt: skip
def test_ages_begin_the_day_after_the_day_to_pay(shop, late, age):
    today = today_in(shop.shinan)
    assert age_of(today - timedelta(days=late), today) is age


def test_receivables_stand_by_customer_and_age(shop, order, ready):
    account(shop, order, "5000")
    later(order, "1000", shop.shen)
    second = ready(("300", PayType.CUSTOMER))
    settle(second, by=shop.shen)
    take_payment(invoice_of(second), Paid(Way.CASH, YUAN(100)), by=shop.shen)
    later(second, "200", shop.shen)
    assert overdue_in(shop.shen, shop.shinan) is None
    Invoice.objects.filter(order=second).update(due_on=today_in(shop.shinan) - timedelta(days=40))

    (row,) = receivables_of(shop.shen, shop.shinan)

    assert (row.customer, row.total, row.account.limit) == (order.customer, YUAN(1200), YUAN(5000))
    assert {age: amount for age, amount in row.by_age if amount} == {
        Age.NOT_DUE: YUAN(1000), Age.D60: YUAN(200),
    }  # fmt: skip
    late = overdue_in(shop.shen, shop.shinan)
    assert (late.invoices, late.customers, late.amount) == (1, 1, YUAN(200))
    assert receivables_of(shop.shen, shop.laoshan) == []


def test_the_pages_show_the_rows_behind_each_number(client, shop, order):
    account(shop, order)
    later(order, "1000", shop.shen)
    Invoice.objects.filter(order=order).update(due_on=today_in(shop.shinan) - timedelta(days=3))
    client.force_login(shop.shen)
    one = reverse("billing:receivable", args=[order.customer_id])

    page = client.get(reverse("billing:receivables")).content.decode()
    assert f'href="{one}?age=d30"' in page
    assert "1,000.00" in page
    assert len(client.get(f"{one}?age=d30").context["rows"]) == 1
    assert client.get(f"{one}?age=d60").context["rows"] == []
    assert client.get(f"{reverse('billing:receivables')}?age=older").context["rows"] == []
    assert reverse("billing:account", args=[order.customer_id]) not in client.get(one).content.decode()


def test_the_account_is_set_on_its_page_by_those_who_may(shop, order):
    url = reverse("billing:account", args=[order.customer_id])
    assert Screen(shop.shen).get(url).status_code == 403
    client = Screen(shop.gu)
    assert client.post(url, {"version": 0, "limit": "-5", "days": 30}).status_code == 422
    assert client.post(url, {"version": 0, "limit": "3000", "days": 30}).status_code == 302
    assert account_of(order.customer_id).limit == YUAN(3000)
    page = client.get(reverse("customers:customer", args=[order.customer_id])).text
    assert "3,000.00" in page
    assert client.post(url, {"version": 0, "limit": "9000", "days": 30}).status_code == 409


def test_the_order_page_charges_the_account_or_says_who_can_release_it(shop, order):
    known = account(shop, order)
    codes = [made.code for made in steps_of(again(order), shop.gu, {})]
    assert "billing.charge" in codes
    assert "billing.on_account" not in codes
    set_account(order.customer, YUAN(100), 10, by=shop.gu)
    assert "billing.on_account" in [made.code for made in steps_of(again(order), shop.gu, {})]
    blocked = next(made for made in steps_of(again(order), shop.shen, {}) if made.code == "billing.charge")
    assert "顾海峰" in blocked.blocked
    assert "900.00" in blocked.blocked

    url = reverse("billing:charge", args=[order.pk])
    client = Screen(shop.shen)
    version = again(order).version
    assert client.post(url, {"version": version}).status_code == 409
    set_account(order.customer, YUAN(1000), 10, by=shop.gu)
    assert client.post(url, {"version": version}).status_code == 302
    assert standing_of(known, today_in(shop.shinan)).open == YUAN(1000)


def test_the_check_in_is_told_of_the_account_once(shop, order, ready):
    account(shop, order, "2000")
    later(order, "1000", shop.shen)
    second = ready(("100", PayType.CUSTOMER))

    def said() -> list[str]:
        return [made.title for made in hints_of(again(second), shop.chen) if "¥" in made.title]

    assert said() == []
    set_account(order.customer, YUAN(1250), 10, by=shop.gu)
    assert len(said()) == 1
    assert "1,250" in said()[0]
    set_account(order.customer, YUAN(2000), 10, by=shop.gu)
    with moved(now() + timedelta(days=11)):
        assert len(said()) == 1


def test_today_warns_of_what_is_overdue_whoever_sees_the_money(shop, order):
    account(shop, order)
    later(order, "1000", shop.shen)
    codes = [alert.code for alert in alerts_for(shop.shen, shop.shinan)]
    assert "overdue_receivables" not in codes
    with moved(now() + timedelta(days=11)):
        assert "overdue_receivables" in [alert.code for alert in alerts_for(shop.shen, shop.shinan)]
        assert "overdue_receivables" not in [alert.code for alert in alerts_for(shop.tao, shop.shinan)]


def test_the_check_misses_the_day_to_pay(shop, order):
    later(order, "1000", shop.gu, "fleet")
    assert check() == []
    Invoice.objects.filter(order=order).update(due_on=None)
    assert check() != []


def test_programs_read_the_same_rows(client, shop, order):
    account(shop, order)
    later(order, "1000", shop.shen)
    _row, token = issue_token(shop.gu, "program", by=shop.gu)
    bearer = {"Authorization": f"Bearer {token}"}
    (row,) = client.get(f"/api/v1/stores/{shop.shinan.pk}/receivables", headers=bearer).json()
    assert (row["open"], row["limit"], row["by_age"]["not_due"]) == ("1000.00", "1000.00", "1000.00")
    answer = client.put(
        f"/api/v1/customers/{order.customer_id}/account",
        {"limit": "50.00", "days": 5, "version": 1},
        content_type="application/json",
        headers=bearer,
    )
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_two_cashiers_at_once_do_not_exceed_the_limit_together(transactional_db, shop, ready):
    first, second = ready(("600", PayType.CUSTOMER)), ready(("600", PayType.CUSTOMER))
    for order in (first, second):
        settle(order, by=shop.shen)
    account(shop, first)
    assert first.customer_id == second.customer_id
    one, other = invoice_of(first), invoice_of(second)

    refusals = at_once(
        lambda: take_payment(one, Paid(Way.ON_ACCOUNT, YUAN(600)), by=shop.shen),
        lambda: take_payment(other, Paid(Way.ON_ACCOUNT, YUAN(600)), by=shop.shen),
    )

    assert [type(refusal) for refusal in refusals] == [errors.OverLimit]
    assert sum(row.on_account for row in Invoice.objects.all()) == YUAN(600)
