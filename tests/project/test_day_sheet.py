"""The end-of-day sheet: cars still here, promises broken, money, the ledger's head."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from servicelane.billing.cash_services import open_day
from servicelane.billing.models import Invoice, Payment
from servicelane.kernel import sealing
from servicelane.kernel.clock import moved, now
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.queries import local_moment, today_in
from servicelane.project.day_sheet import day_sheet
from tests.delivered import delivered
from tests.screen import Screen
from tests.visit import agreed

SHEET = reverse("day_sheet")


def noon(shop):
    return local_moment(shop.shinan, today_in(shop.shinan), now().time().min) + timedelta(hours=12)


def test_the_sheet_of_a_day_names_cars_promises_and_money(shop, django_assert_max_num_queries):
    with moved(noon(shop)):
        kept = delivered(shop)
        late = agreed(shop)
        RepairOrder.objects.filter(pk=late.pk).update(
            promised_at=now() - timedelta(minutes=61), key_tag="K-99"
        )
        invoice = Invoice.objects.create(
            order=kept, store=kept.store, payer_kind="customer", number="IN-1", gross=100, net=88, tax=12,
            issued_at=now(), issued_by=shop.shen,
        )  # fmt: skip
        paid = {"invoice": invoice, "taken_by": shop.shen, "taken_at": now()}
        Payment.objects.create(**paid, way="cash", amount=Decimal(60))
        Payment.objects.create(**paid, way="cash", amount=Decimal(-10))
        Payment.objects.create(**paid, way="on_account", amount=Decimal(50))
        Payment.objects.create(
            **{**paid, "taken_at": now() - timedelta(days=1)}, way="cash", amount=Decimal(9)
        )
        open_day(shop.shinan, Decimal(0), by=shop.shen)
        while sealing.seal():
            pass
        with django_assert_max_num_queries(12):
            sheet = day_sheet(shop.gu, shop.shinan, now())
        text = Screen(shop.gu).get(SHEET).text

    assert (sheet.received, sheet.delivered, len(sheet.here)) == (2, 1, 1)
    assert [(row.order.pk, row.minutes) for row in sheet.broken] == [(late.pk, 61)]
    assert sheet.money == Decimal(50)
    assert {str(way): (amount, number) for way, amount, number in sheet.by_way} == {
        "cash": (Decimal(50), 2), "on_account": (Decimal(50), 1),
    }  # fmt: skip
    assert [till.cashier for till in sheet.tills] == [shop.shen]
    assert late.number in text
    assert "K-99" in text
    assert sealing.head().hash in text
    assert kept.number not in text


def test_a_car_that_was_ready_in_time_is_no_broken_promise(shop):
    with moved(noon(shop)):
        order = agreed(shop)
        times = {"promised_at": now() - timedelta(minutes=5), "ready_at": now() - timedelta(minutes=9)}
        RepairOrder.objects.filter(pk=order.pk).update(**times, status=Status.READY)
        assert day_sheet(shop.gu, shop.shinan, now()).broken == []
        RepairOrder.objects.filter(pk=order.pk).update(ready_at=now() - timedelta(minutes=2))
        (broken,) = day_sheet(shop.gu, shop.shinan, now()).broken
        assert broken.minutes == 3
        RepairOrder.objects.filter(pk=order.pk).update(status=Status.CANCELLED, cancelled_at=now())
        assert day_sheet(shop.gu, shop.shinan, now()).broken == []


def test_an_empty_day_has_a_sheet_and_a_technician_none(shop):
    text = Screen(shop.gu).get(SHEET).text
    assert text.count('class="empty"') == 2
    assert Screen(shop.tao).get(SHEET).status_code == 403
