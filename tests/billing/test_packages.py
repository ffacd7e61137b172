"""A package from the estimate to the settlement: one price, the same to the fen wherever it is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from servicelane.billing import errors
from servicelane.billing.bills import authorised, bills_of
from servicelane.billing.invoice_services import Settlement, settle
from servicelane.billing.models import NOTHING, PayerKind
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.orders.estimate_services import authorise, make_estimate
from servicelane.orders.job_services import JobDetails, change_job
from servicelane.orders.models import PayType, Status
from servicelane.orders.package_services import add_package
from servicelane.orders.queries import authorised_total
from servicelane.parts.models import Movement
from tests.billing.conftest import again, finish, invoice_of, stand
from tests.billing.test_printed import plain, read
from tests.screen import Screen
from tests.unchanged import refused
from tests.visit import checked_in, package, signed

LINES = (("M10", {"HY-OF-1001": 1, "HY-OIL-5W30": 1}), ("G-BAL", {}), ("G-BPF", {"HY-BP-2001": 1}))
PRICE = Decimal("999.99")


@pytest.fixture
def sold(shop):
    """An estimate whose customer wants the package and a job beside it that the house pays."""
    order = checked_in(shop)
    jobs = add_package(order, package(shop, "P1", PRICE, lines=LINES), by=shop.chen)
    (other,) = add_package(order, package(shop, "P2", lines=LINES[1:2]), by=shop.chen)
    change_job(order, other, JobDetails(pay_type=PayType.INTERNAL), by=shop.chen)
    estimate = make_estimate(order, by=shop.chen, promised_at=now() + timedelta(hours=2))
    return estimate, jobs


def billed(shop, estimate, jobs, *, declined=(), discount=0):
    authorise(estimate, signed(estimate, declined=tuple(job.pk for job in declined)), by=shop.chen)
    order = again(estimate.order)
    finish(shop, order)
    order = stand(order, Status.READY)
    settle(order, Settlement(Decimal(discount), "regular") if discount else None, by=shop.chen)
    return again(order)


def test_one_price_from_the_estimate_to_the_settlement(shop, sold):
    estimate, jobs = sold
    order = billed(shop, *sold)
    invoice, house = invoice_of(order), invoice_of(order, PayerKind.INTERNAL)

    assert invoice.gross == invoice.net + invoice.tax == PRICE == sum(job.asked_total for job in jobs)
    assert authorised(order) == {**dict.fromkeys(PayerKind, NOTHING),
                                 PayerKind.CUSTOMER: PRICE, PayerKind.INTERNAL: house.gross}  # fmt: skip
    assert authorised_total(order) == estimate.total == PRICE + house.gross
    assert sum(bill.gross for bill in bills_of(order)) == estimate.total
    issued = Movement.objects.filter(item__store=shop.shinan, quantity__lt=0).values_list(
        "item__part__number", "quantity"
    )
    assert sorted(issued) == [("HY-BP-2001", -1), ("HY-OF-1001", -1), ("HY-OIL-5W30", -1)]
    assert check() == []

    boss = Screen(shop.gu)
    for lang, name in (("en", "package P1"), ("zh", "套餐P1")):
        papers = {
            "F01": reverse("orders:repair_order_pdf", args=[order.pk]),
            "F03": reverse("orders:estimate_pdf", args=[estimate.pk]),
            "F05": reverse("billing:settlement_pdf", args=[invoice.pk]),
        }
        said = {code: plain("".join(read(boss.get(f"{at}?lang={lang}")))) for code, at in papers.items()}
        assert plain(name) in said["F01"]
        assert said["F03"].count(plain(name)) == len(jobs) + 1
        assert "¥999.99" in said["F03"]
        assert "¥999.99" in said["F05"]


def test_a_job_of_it_that_is_declined_takes_its_share_off_and_nothing_else(shop, sold):
    _estimate, jobs = sold
    order = billed(shop, *sold, declined=jobs[2:])
    assert invoice_of(order).gross == PRICE - jobs[2].asked_total == sum(job.asked_total for job in jobs[:2])
    assert check() == []


def test_a_discount_comes_off_the_price_of_the_package_within_the_same_limits(shop, sold):
    order = billed(shop, *sold, discount=10)
    assert (invoice_of(order).discount, invoice_of(order).gross) == (Decimal("100.00"), Decimal("899.99"))
    assert check() == []


def test_a_cheap_package_makes_no_room_for_a_discount_beyond_the_limit(shop, sold):
    estimate, _jobs = sold
    authorise(estimate, signed(estimate), by=shop.chen)
    finish(shop, again(estimate.order))
    order = stand(again(estimate.order), Status.READY)
    with refused(errors.DiscountTooHigh):
        settle(order, Settlement(Decimal("10.5"), "regular"), by=shop.chen)
