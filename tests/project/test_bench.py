"""The visit that `servicelane bench` walks through HTTP is a whole one, and its rows can be written again."""

from servicelane.billing.models import Invoice, Payment
from servicelane.kernel.checking import check
from servicelane.orders.models import PartLine, RepairOrder, Status
from servicelane.project.bench.loop import READS, share
from servicelane.project.bench.plain import marks, write
from servicelane.project.bench.visit import walk
from tests.walked import ready_to_walk


def test_the_measured_visit_is_a_whole_one(shop):
    client, crew, car = ready_to_walk()
    before = marks()

    order = RepairOrder.objects.get(pk=walk(client, crew, car))

    assert order.status == Status.DELIVERED
    assert order.jobs.count() == 3
    assert [line.issued for line in PartLine.objects.filter(job__order=order)] == [1, 1, 1]
    invoice = Invoice.objects.get(order=order)
    assert Payment.objects.get(invoice=invoice).amount == invoice.gross
    assert check() == []
    writes = [step for step, _ in client.times if step not in READS]
    assert len(writes) == 24
    assert client.failed == client.busy == 0

    plain = write(before, visits=1, transactions=len(writes), seconds=0)
    assert plain["rows"] > 90
    assert plain["rate"] == 0


def test_a_share_of_the_times_is_one_of_them():
    assert share([4.0, 1.0, 3.0, 2.0], 50) == 2
    assert share([4.0, 1.0, 3.0, 2.0], 95) == 4
