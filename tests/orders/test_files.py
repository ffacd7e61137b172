"""What orders tell elsewhere: visits in the files of customers and cars, and what stock is kept for."""

from servicelane.orders.estimate_services import authorise
from servicelane.orders.models import Job
from servicelane.parts.models import StockItem
from tests.screen import Screen
from tests.visit import agreed, asked, checked_in, signed


def test_the_files_show_visits_with_their_work_amount_and_what_was_declined(shop):
    estimate = asked(shop, checked_in(shop), "M20", "G-WIP")
    wipers = Job.objects.get(operation__code="G-WIP")
    authorise(estimate, signed(estimate, declined=(wipers.pk,)), by=shop.chen)
    order = estimate.order

    for url in (f"/customers/{order.customer_id}/", f"/vehicles/{order.vehicle_id}/"):
        body = Screen(shop.chen).get(url).content.decode()
        assert order.number in body, url
        assert "¥836.00" in body
        assert "未同意" in body
        assert "更换雨刮片" in body


def test_a_part_in_stock_names_the_order_it_is_kept_for(shop):
    order = agreed(shop)
    item = StockItem.objects.get(store=shop.shinan, part__number="HY-OIL-5W30")
    body = Screen(shop.he).get(f"/parts/{item.pk}/").content.decode()
    assert order.number in body
    assert f"/orders/{order.pk}/" in body
