"""The quick-service lane: which cars it takes, its own queue, and its figure of the day with the rows."""

from datetime import timedelta

from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.org.services import set_rule
from servicelane.workshop.lane import lane_of
from servicelane.workshop.rules import QUICK_MINUTES
from servicelane.workshop.shop import shop_of
from tests.floor import in_inspection, second
from tests.visit import agreed


def test_a_car_whose_work_is_all_quick_waits_in_the_queue_of_the_lane(shop):
    quick, more = agreed(shop, None, "M-OIL", "M-AIR"), second(shop, "M-OIL", "G-BPF")
    shown = shop_of(shop.luo, shop.shinan, now())
    assert [car.order.pk for car in shown.quick_queue] == [quick.pk]
    assert [car.order.pk for car in shown.queue] == [more.pk]
    assert shown.quick_queue[0].lane_due == quick.arrived_at + timedelta(minutes=60)


def test_the_figure_counts_what_was_ready_within_the_promised_minutes_and_opens_its_rows(shop, desk):
    order = in_inspection(shop, "M-OIL")
    came = order.arrived_at
    assert lane_of(shop.luo, shop.shinan).done == []

    RepairOrder.objects.filter(pk=order.pk).update(ready_at=came + timedelta(minutes=40))
    lane = lane_of(shop.luo, shop.shinan)
    assert [(visit.order.pk, visit.is_on_time) for visit in lane.done] == [(order.pk, True)]
    set_rule(shop.shinan, QUICK_MINUTES, "30", by=shop.gu)
    lane = lane_of(shop.luo, shop.shinan)
    assert (lane.on_time, len(lane.done)) == (0, 1)

    html = desk(shop.luo).get(reverse("workshop:shop") + "?lane=done").content.decode()
    assert reverse("orders:order", args=[order.pk]) in html[html.index("lane-done-title") :]


def test_other_work_and_yesterday_do_not_count(shop):
    order = in_inspection(shop, "M20")
    RepairOrder.objects.filter(pk=order.pk).update(ready_at=order.arrived_at + timedelta(minutes=40))
    assert lane_of(shop.luo, shop.shinan).done == []
    other = second(shop, "M-OIL")
    day = timedelta(days=1)
    RepairOrder.objects.filter(pk=other.pk).update(arrived_at=now() - day, ready_at=now() - day)
    assert lane_of(shop.luo, shop.shinan).done == []
