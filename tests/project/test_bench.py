"""The visit that `servicelane bench` walks through HTTP is a whole one, and its rows can be written again."""

from collections.abc import Mapping

from django.test import Client as Browser

from servicelane.billing.models import Invoice, Payment
from servicelane.kernel.checking import check
from servicelane.orders.models import PartLine, RepairOrder, Status
from servicelane.project.bench.client import Client
from servicelane.project.bench.loop import READS, share, sign_in
from servicelane.project.bench.plain import marks, write
from servicelane.project.bench.stage import make_stage
from servicelane.project.bench.visit import Car, walk


class WithoutServer(Client):
    """Sends what the benchmark sends to the site in this process."""

    def send(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, list[str], str]:
        told = dict(headers or {})
        answer = Browser().generic(method, path, body, told.pop("Content-Type", ""), headers=told)
        return answer.status_code, [cookie.OutputString() for cookie in answer.cookies.values()], answer.text


def test_the_measured_visit_is_a_whole_one(shop):
    stage, client = make_stage(1, 1), WithoutServer(0)
    crew = sign_in(client, stage)[0]
    before = marks()

    order = RepairOrder.objects.get(pk=walk(client, crew, Car(*stage["cars"][0])))

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
