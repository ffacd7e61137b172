"""Settling a visit: who pays what, discounts and their limits, the gate before it (BIL-1, RO-9)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from servicelane.billing import errors
from servicelane.billing.invoice_services import Settlement, release_discount, settle
from servicelane.billing.models import Invoice, LineKind, PayerKind
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, StillOpen, WrongMoment
from servicelane.orders.models import Belonging, Job, JobState, PayType, Status
from servicelane.people.shift_services import Times, plan_shift
from tests.billing.conftest import again, invoice_of, stand
from tests.unchanged import refused

YUAN = Decimal


def facts(order, kind):
    return list(Event.objects.about(order).filter(kind=kind).order_by("pk"))


def test_a_settlement_bills_what_was_agreed_and_done(shop, ready):
    order = ready("M20")

    (invoice,) = settle(order, by=shop.shen, version=order.version)

    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == (Status.SETTLED, True)
    assert invoice.number == f"IN-{now() + timedelta(hours=8):%Y%m%d}-0001"
    assert invoice.payer == order.customer
    job = order.jobs.get()
    lines = list(invoice.lines.all())
    assert [line.kind for line in lines] == [LineKind.LABOUR, *[LineKind.PARTS] * job.part_lines.count()]
    assert invoice.gross == job.price + sum(line.price for line in job.part_lines.all())
    assert lines[0].minutes == job.minutes
    assert check() == []


def test_each_payer_gets_an_invoice_with_a_number_of_its_own(shop, ready):
    order = ready(
        ("618", PayType.CUSTOMER), ("300", PayType.WARRANTY), ("200", PayType.INSURANCE),
        ("80", PayType.INTERNAL), ("40", PayType.GOODWILL),
    )  # fmt: skip

    invoices = settle(order, by=shop.shen)

    assert [(one.payer_kind, one.gross) for one in invoices] == [
        (PayerKind.CUSTOMER, YUAN("618.00")),
        (PayerKind.INSURER, YUAN("200.00")),
        (PayerKind.MAKER, YUAN("300.00")),
        (PayerKind.INTERNAL, YUAN("120.00")),
    ]
    assert [one.number[-4:] for one in invoices] == ["0001", "0002", "0003", "0004"]
    assert [one.payer_id for one in invoices] == [order.customer_id, None, None, None]


def test_the_fact_of_an_invoice_says_whole_fen_by_kind_of_work_and_names_nobody(shop, ready):
    order = ready(("618", PayType.CUSTOMER))

    (invoice,) = settle(order, by=shop.shen)

    fact = facts(order, "billing.invoiced")[0]
    assert (fact.subject_id, fact.store_id) == (order.pk, shop.shinan.pk)
    assert fact.data == {
        "invoice": invoice.pk, "payer": "customer", "gross": 61800, "net": 54690, "tax": 7110, "discount": 0,
        "minutes": {"customer": order.jobs.get().minutes // timedelta(minutes=1)},
        "labour": {"maintenance": 54690}, "parts": {}, "version": order.version,
    }  # fmt: skip


def test_a_visit_that_ends_with_nothing_done_has_a_bill_of_nothing(shop, ready):
    order = ready(("618", PayType.CUSTOMER))
    Job.objects.filter(order=order).update(state=JobState.DROPPED)

    (invoice,) = settle(order, by=shop.shen)

    assert (invoice.gross, invoice.lines.count(), invoice.is_owed) == (YUAN(0), 0, False)
    assert check() == []


def test_work_that_was_not_agreed_is_never_billed(shop, ready):
    order = ready(("618", PayType.CUSTOMER))
    Job.objects.create(
        order=order, position=9, name_zh="x", name_en="x", work_type="maintenance", rate=1, price=50,
        minutes=timedelta(0), vat_rate=Decimal("0.13"),
    )  # fmt: skip

    assert settle(order, by=shop.shen)[0].gross == YUAN("618.00")


def test_a_bill_above_what_was_agreed_is_refused_with_both_amounts(shop, ready):
    order = ready(("618", PayType.CUSTOMER), ("300", PayType.WARRANTY))
    Job.objects.filter(order=order, pay_type=PayType.CUSTOMER).update(price=YUAN("618.01"))

    with refused(errors.AboveAuthorised, order=order, billed="¥618.01", agreed="¥618.00"):
        settle(order, by=shop.shen)


def test_what_the_maker_pays_does_not_make_room_for_more_from_the_customer(shop, ready):
    order = ready(("618", PayType.CUSTOMER), ("300", PayType.WARRANTY))
    Job.objects.filter(order=order, pay_type=PayType.WARRANTY).update(pay_type=PayType.CUSTOMER)

    with refused(errors.AboveAuthorised, billed="¥918.00", agreed="¥618.00"):
        settle(order, by=shop.shen)


def test_what_is_open_is_named_before_settlement(shop, ready):
    order = ready("M20")
    Belonging.objects.create(order=order, what="雨伞")
    line = order.jobs.get().part_lines.first()
    type(line).objects.filter(pk=line.pk).update(issued=0)

    with refused(StillOpen, order=order):
        settle(order, by=shop.shen)


def test_only_a_ready_order_is_settled_and_a_stale_page_is_told(shop, ready):
    order = ready(("618", PayType.CUSTOMER))
    early = stand(order, Status.QUALITY_CHECK)
    with refused(WrongMoment):
        settle(early, by=shop.shen)
    order = stand(order, Status.READY)
    seen = order.version
    release_discount(again(order), YUAN(15), "long wait", by=shop.fang)
    with refused(OrderChanged):
        settle(order, by=shop.shen, version=seen)


def test_a_discount_within_the_limit_is_split_to_the_fen(shop, ready):
    order = ready(("618", PayType.CUSTOMER), ("128", PayType.CUSTOMER), ("540", PayType.CUSTOMER))

    (invoice,) = settle(order, Settlement(YUAN("10.0"), "eighth visit"), by=shop.chen)

    assert (invoice.price, invoice.discount, invoice.gross) == (
        YUAN("1286.00"), YUAN("128.60"), YUAN("1157.40"),
    )  # fmt: skip
    assert [line.discount for line in invoice.lines.all()] == [YUAN("61.80"), YUAN("12.80"), YUAN("54.00")]
    assert Event.objects.about(order).get(kind="orders.settled").detail.text == "eighth visit"
    assert check() == []


def test_only_what_the_customer_pays_is_discounted(shop, ready):
    order = ready(("618", PayType.CUSTOMER), ("300", PayType.WARRANTY))

    customer, maker = settle(order, Settlement(YUAN(10), "eighth visit"), by=shop.chen)

    assert (customer.discount, maker.discount) == (YUAN("61.80"), YUAN(0))


def test_a_discount_above_the_limit_names_the_limit_its_amount_and_who_can_release_it(shop, ready):
    order = ready(("618", PayType.CUSTOMER), ("128", PayType.CUSTOMER), ("540", PayType.CUSTOMER))
    _on_shift(shop.fang, shop.shinan)

    with refused(
        errors.DiscountTooHigh, gross="¥1,286.00", percent=YUAN("15.0"), limit=YUAN("10.0"), most="¥128.60",
        at_limit="¥1,157.40",
    ):  # fmt: skip
        settle(order, Settlement(YUAN(15), "waited for parts"), by=shop.chen)
    with pytest.raises(errors.DiscountTooHigh) as caught:
        settle(again(order), Settlement(YUAN(15), "waited for parts"), by=shop.chen)
    assert caught.value.advice.index("方敏") < caught.value.advice.index("顾海峰")
    assert "20" in caught.value.advice
    assert "周振华" not in caught.value.advice


def _on_shift(person, store):
    from servicelane.people.models import Shift

    Shift.objects.filter(employee=person).delete()
    plan_shift(person, store, Times(now() - timedelta(hours=1), now() + timedelta(hours=1)), by=None)


def test_a_cashier_gives_no_discount_of_their_own(shop, ready):
    order = ready(("618", PayType.CUSTOMER))
    with refused(errors.DiscountTooHigh, limit=YUAN("0.0")):
        settle(order, Settlement(YUAN(1), "x"), by=shop.shen)


def test_a_released_discount_is_given_by_whoever_settles(shop, ready):
    order = ready(("1000", PayType.CUSTOMER))
    release = release_discount(order, YUAN("15"), "waited for parts", by=shop.fang)

    with refused(errors.DiscountTooHigh):
        settle(order, Settlement(YUAN("15.01"), "waited for parts"), by=shop.shen)
    (invoice,) = settle(again(order), Settlement(YUAN(15), "waited for parts"), by=shop.shen)

    assert (invoice.discount, release.percent) == (YUAN("150.00"), YUAN("15.0"))
    fact = facts(order, "billing.discount_released")[0]
    assert (fact.data["percent"], fact.detail.text) == (1500, "waited for parts")


def test_nobody_releases_above_their_own_limit(shop, ready):
    order = ready(("1000", PayType.CUSTOMER))
    with refused(errors.DiscountTooHigh, limit=YUAN("20.0")):
        release_discount(order, YUAN(25), "x", by=shop.fang)
    release_discount(again(order), YUAN(25), "x", by=shop.gu)


def test_a_discount_and_its_release_need_a_reason_and_a_possible_share(shop, ready):
    order = ready(("1000", PayType.CUSTOMER))
    with refused(errors.ReasonMissing):
        settle(order, Settlement(YUAN(5), " "), by=shop.chen)
    with refused(errors.ReasonMissing):
        release_discount(order, YUAN(5), "", by=shop.fang)
    for percent in ("-1", "100.01", "0.005", "NaN"):
        with refused(errors.DiscountRefused):
            settle(order, Settlement(YUAN(percent), "x"), by=shop.gu)
    with refused(errors.DiscountRefused):
        release_discount(order, YUAN(0), "x", by=shop.gu)


def test_parts_are_billed_by_what_is_in_the_car(shop, ready):
    order = ready("M20")
    line = order.jobs.get().part_lines.first()
    type(line).objects.filter(pk=line.pk).update(returned=line.quantity)
    order = stand(order, Status.READY)

    from servicelane.billing.bills import bills_of

    (bill,) = bills_of(order)
    assert line.pk not in [item.part_line.pk for item in bill.items if item.part_line]


def test_two_who_settle_at_once_issue_one_set_of_invoices(shop, ready):
    order = ready(("618", PayType.CUSTOMER))
    mine = again(order)
    settle(order, by=shop.shen)
    with refused(OrderChanged):
        settle(mine, by=shop.chen)
    assert Invoice.objects.count() == 1
    assert invoice_of(order).issued_by == shop.shen
