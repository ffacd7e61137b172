"""What two people fight for on one order: one wins, the other is told what was done, on either database."""

from decimal import Decimal

from servicelane.kernel.errors import DomainError
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, WrongStep
from servicelane.orders.estimate_services import authorise
from servicelane.orders.models import CancelReason, Estimate, PartLine, RepairOrder, Status
from servicelane.orders.order_services import cancel
from servicelane.orders.part_services import issue_parts
from servicelane.parts.models import StockItem
from tests.people.test_races import at_once, mine
from tests.visit import agreed, arrived, asked, car, checked_in, signed


def test_of_two_answers_to_one_estimate_one_counts(transactional_db, shop):
    estimate = asked(shop)
    one, other = (Estimate.objects.select_related("order__store").get(pk=estimate.pk) for _ in range(2))
    said = signed(estimate)

    refusals = at_once(lambda: authorise(one, said, by=shop.chen), lambda: authorise(other, said, by=shop.wu))

    assert [type(refusal) for refusal in refusals] == [OrderChanged]
    order = mine(estimate.order)
    assert order.status == Status.AGREED
    assert Event.objects.about(order).filter(kind="orders.agreed").count() == 1
    assert StockItem.objects.get(store=shop.shinan, part__number="HY-OIL-5W30").reserved == 1


def test_an_order_is_not_agreed_and_cancelled_at_once(transactional_db, shop):
    estimate = asked(shop)
    order = mine(estimate.order)
    fresh = Estimate.objects.select_related("order__store").get(pk=estimate.pk)

    refusals = at_once(
        lambda: authorise(fresh, signed(estimate), by=shop.chen),
        lambda: cancel(order, CancelReason.NOT_STAYING, by=shop.fang),
    )

    assert len(refusals) == 1
    assert isinstance(refusals[0], OrderChanged | WrongStep)
    order = mine(order)
    facts = set(Event.objects.about(order).values_list("kind", flat=True))
    assert (order.status == Status.AGREED) == ("orders.cancelled" not in facts)
    assert len(facts & {"orders.agreed", "orders.cancelled"}) == 1


def test_the_last_part_goes_to_one_of_two_orders(transactional_db, shop):
    stock = StockItem.objects.filter(store=shop.shinan, part__number="HY-OIL-5W30")
    stock.update(on_hand=Decimal(1))
    orders = [agreed(shop, checked_in(shop, arrived(shop)))]
    customer, vehicle = car(shop, "鲁B9K88Z", "李女士")
    orders.append(agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle))))
    lines = [
        PartLine.objects.select_related("job__order__store", "part").get(
            job__order=order, part__number="HY-OIL-5W30"
        )
        for order in orders
    ]

    refusals = at_once(*(lambda line=line: issue_parts(line, Decimal(1), by=shop.he) for line in lines))

    assert len(refusals) == 1
    assert isinstance(refusals[0], DomainError)
    assert stock.get().on_hand == 0
    assert sorted(
        PartLine.objects.filter(pk__in=[line.pk for line in lines]).values_list("issued", flat=True)
    ) == [
        0,
        1,
    ]


def test_numbers_of_cars_that_arrive_at_once_have_no_gap(transactional_db, shop):
    cars = [car(shop, f"鲁B{number}A00", f"客户{number}") for number in range(10, 16)]

    refusals = at_once(*(lambda pair=pair: arrived(shop, customer=pair[0], vehicle=pair[1]) for pair in cars))

    assert refusals == []
    numbers = sorted(RepairOrder.objects.values_list("number", flat=True))
    assert [int(number[-4:]) for number in numbers] == list(range(1, 7))
