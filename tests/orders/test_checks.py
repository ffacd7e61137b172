"""`servicelane check` on repair orders: every stage change has its fact."""

from __future__ import annotations

import pytest

from servicelane.kernel.checking import check
from servicelane.orders.checks import stages_have_their_facts
from servicelane.orders.models import CancelReason, RepairOrder, Status
from servicelane.orders.order_services import cancel, reopen
from tests import visit
from tests.delivered import delivered


def found() -> list[str]:
    return list(stages_have_their_facts())


def test_walked_orders_hold(shop):
    delivered(shop)
    car = dict(zip(("customer", "vehicle"), visit.car(shop, plate="鲁B77777"), strict=True))
    order = visit.agreed(shop, visit.checked_in(shop, visit.arrived(shop, **car)))
    reopen(order, Status.OPEN, by=shop.fang, reason="价格")
    gone = visit.arrived(shop, **car)
    cancel(gone, CancelReason.NOT_STAYING, by=shop.chen)
    visit.arrived(shop, **car)

    assert found() == []


def test_it_is_one_of_the_checks(shop):
    order = visit.agreed(shop)
    assert check() == []
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.OPEN)
    assert check() == found() != []


@pytest.mark.parametrize("wrong", ["status", "time"])
def test_a_status_written_past_its_fact_is_found(shop, wrong):
    order = visit.agreed(shop)
    other = visit.arrived(shop, customer=order.customer, vehicle=order.vehicle)
    rows = RepairOrder.objects.filter(pk=order.pk)
    if wrong == "status":
        rows.update(status=Status.IN_WORK)
    else:
        rows.update(ready_at=order.agreed_at)

    sentences = found()
    assert len(sentences) == 1
    assert order.number in sentences[0]
    assert other.number not in sentences[0]


def test_an_order_without_any_fact_is_found(shop):
    order = visit.arrived(shop)
    order.pk, order.number = None, "RO-0"
    order.save(force_insert=True)
    assert [order.number in sentence for sentence in found()] == [True, True]


def test_it_costs_two_queries_however_many_orders(shop, django_assert_num_queries):
    order = visit.agreed(shop)
    for _ in range(3):
        visit.arrived(shop, customer=order.customer, vehicle=order.vehicle)
    with django_assert_num_queries(2):
        assert found() == []
