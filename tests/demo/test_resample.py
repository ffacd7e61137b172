"""A past in bulk: files and visits that `servicelane check` accepts, made once however often it is asked."""

from datetime import timedelta

from servicelane.billing.models import Invoice
from servicelane.customers.models import Customer, SearchKey, Vehicle
from servicelane.customers.queries import search
from servicelane.demo.bulk import seal_all
from servicelane.demo.files import open_files, plate_of, vin_of
from servicelane.demo.resample import finished_visits, make_past, owned_cars
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.kernel.models import Counter, Event
from servicelane.kernel.vins import doubts_about_vin
from servicelane.orders.models import PartLine, RepairOrder
from servicelane.orders.timeline import timeline
from servicelane.parts.models import StockItem
from tests.walked import walked


def test_a_past_holds_together_and_is_made_once(shop):
    order = walked()
    day = order.arrived_at.astimezone().date() - timedelta(days=400)
    open_files(shop.shinan, 7, since=now() - timedelta(days=500))
    stock = dict(StockItem.objects.values_list("pk", "on_hand"))
    seal_all()
    sets, cars = finished_visits(shop.shinan), owned_cars(shop.shinan)

    assert make_past(shop.shinan, [(day, 6), (day + timedelta(days=1), 5)], sets, cars, at_once=4) == 11

    assert check() == []
    copies = RepairOrder.objects.exclude(pk=order.pk)
    assert sorted(copies.values_list("number", flat=True))[:2] == [
        f"RO-{day:%Y%m%d}-0001",
        f"RO-{day:%Y%m%d}-0002",
    ]
    assert copies.count() == 11
    assert Counter.objects.get(scope=f"orders.{shop.shinan.pk}", day=day).last == 6
    assert dict(StockItem.objects.values_list("pk", "on_hand")) == stock
    one = copies.order_by("pk").first()
    assert one.jobs.count() == order.jobs.count()
    assert [line.issued for line in PartLine.objects.filter(job__order=one)] == [1, 1, 1]
    assert Invoice.objects.get(order=one).gross == Invoice.objects.get(order=order).gross
    assert Invoice.objects.get(order=one).payer_id == one.customer_id
    assert len(timeline(one)) == len(timeline(order))
    facts, was = Event.objects.about(one), Event.objects.about(order)
    assert [fact.kind for fact in facts] == [fact.kind for fact in was if not fact.kind.startswith("care.")]
    assert {fact.local_day for fact in facts} == {day}
    assert not Event.objects.filter(position=None).exists()

    assert make_past(shop.shinan, [(day, 6), (day + timedelta(days=1), 5)], sets, cars) == 0
    assert copies.count() == 11


def test_invented_files_are_found_as_others_are(shop):
    since = now() - timedelta(days=90)
    assert open_files(shop.shinan, 5, since=since) == 5
    assert open_files(shop.shinan, 8, since=since) == 3

    assert Vehicle.objects.count() == Customer.objects.count() == 8
    assert Vehicle.history.count() == Customer.history.count() == 8
    car = Vehicle.objects.get(plate=plate_of(6))
    assert [hit.vehicle for hit in search(shop.chen, shop.shinan, plate_of(6)[-4:])] == [car]
    assert [hit.vehicle for hit in search(shop.chen, shop.shinan, vin_of(6)[-6:])] == [car]
    assert SearchKey.objects.filter(vehicle=car).count() == 9
    seal_all()
    assert check() == []


def test_invented_numbers_are_in_order():
    assert [doubts_about_vin(vin_of(number)) for number in range(300)] == [[]] * 300
    assert len({vin_of(number) for number in range(5000)}) == 5000
    assert len({plate_of(number) for number in range(5000)}) == 5000
