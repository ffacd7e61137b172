"""The pages of care as people use them: whom to call today, one call, and complaints."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.care.complaint_services import Answer, ComplaintDetails, answer_complaint, open_complaint
from servicelane.care.follow_up_services import CallDetails, plan_follow_up, record_call
from servicelane.care.models import Call, Complaint, FollowUp, Outcome
from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import today_in
from servicelane.project.alerts import alerts_for
from tests import visit
from tests.delivered import delivered
from tests.screen import Screen


@pytest.fixture
def planned(order) -> FollowUp:
    """A follow-up that is due today: the car was handed over three days ago."""
    return plan_follow_up(order, today_in(order.store) - timedelta(days=3))


@pytest.fixture
def complaint(order, shop) -> Complaint:
    return open_complaint(order.store, ComplaintDetails(order.customer, "空调不凉", order=order), by=shop.lin)


def text(response) -> str:
    return response.content.decode()


def test_the_calls_of_today_show_car_customer_work_and_what_is_due(planned, shop):
    page = text(Screen(shop.lin).get(reverse("care:list")))
    assert "张大全" in page
    assert planned.customer.masked_mobile in page
    assert planned.customer.mobile not in page
    assert "今日到期" in page
    assert planned.order.jobs.first().name in page


def test_overdue_calls_stand_first_and_later_ones_wait(shop):
    days = {"鲁B00001": 1, "鲁B00002": 5, "鲁B00003": 3}
    for plate, ago in days.items():
        customer, vehicle = visit.car(shop, plate=plate)
        made = delivered(
            shop, visit.checked_in(shop, visit.arrived(shop, customer=customer, vehicle=vehicle))
        )
        plan_follow_up(made, today_in(made.store) - timedelta(days=ago))
    customer, vehicle = visit.car(shop, plate="鲁B00004")
    fresh = delivered(shop, visit.checked_in(shop, visit.arrived(shop, customer=customer, vehicle=vehicle)))
    plan_follow_up(fresh, today_in(fresh.store))

    rows = Screen(shop.lin).get(reverse("care:list")).context["rows"]
    assert [(row.follow_up.order.vehicle.plate, row.urgency, row.days) for row in rows] == [
        ("鲁B00002", "late", 2),
        ("鲁B00003", "risk", 0),
        ("鲁B00001", "", 0),
    ]


def test_one_key_records_that_nobody_answered(planned, shop):
    screen = Screen(shop.lin)
    answer = screen.post(
        reverse("care:call", args=[planned.pk]), {"outcome": "no_answer", "version": planned.version}
    )
    assert answer.url == reverse("care:list")
    planned.refresh_from_db()
    assert (planned.state, planned.tries) == ("due", 1)
    assert screen.get(reverse("care:list")).context["rows"] == []


def test_a_call_page_offers_the_script_and_keeps_what_was_typed(planned, shop):
    screen = Screen(shop.lin)
    url = reverse("care:call", args=[planned.pk])
    assert "您的爱车于" in text(screen.get(url))

    sent = {"outcome": "dissatisfied", "price_ok": "no", "wish": "退一半", "version": planned.version}
    answer = screen.post(url, sent)
    assert answer.status_code == 422
    assert "退一半" in text(answer)
    assert not Call.objects.exists()

    answer = screen.post(url, {**sent, "said": "太贵"})
    taken = Complaint.objects.get()
    assert answer.url == reverse("care:complaint", args=[taken.pk])
    assert Call.objects.get().price_ok is False
    assert "回访已结束" in text(screen.get(url))


def test_whoever_does_not_call_sees_no_buttons(planned, shop):
    page = text(Screen(shop.zhou).get(reverse("care:list")))
    assert "张大全" in page
    assert reverse("care:call", args=[planned.pk]) not in page
    assert Screen(shop.tao).get(reverse("care:list")).status_code == 403


def test_empty_pages_say_what_will_be_here(shop):
    screen = Screen(shop.lin)
    assert "今天没有需要回访的客户" in text(screen.get(reverse("care:list")))
    assert "没有未结的投诉" in text(screen.get(reverse("care:complaints")))
    assert "没有符合筛选条件的投诉" in text(screen.get(reverse("care:complaints"), {"state": "closed"}))


@pytest.mark.parametrize("typed", ["number", "plate", "mobile", "plate by hand"])
def test_a_complaint_is_found_its_visit_by_number_plate_or_mobile(order, shop, typed):
    about = {
        "number": order.number,
        "plate": order.vehicle.plate,
        "mobile": f" {order.customer.mobile[:3]} {order.customer.mobile[3:]}",
        "plate by hand": "鲁b-3210K",
    }[typed]
    sent = {"about": about, "words": "异响", "source": "phone", "severity": "major"}
    answer = Screen(shop.lin).post(reverse("care:complaint_new"), sent)
    taken = Complaint.objects.get()
    assert answer.url == reverse("care:complaint", args=[taken.pk])
    assert (taken.order, taken.customer, taken.source, taken.owner) == (
        order, order.customer, "phone", shop.fang,
    )  # fmt: skip


def test_a_complaint_about_nobody_known_keeps_what_was_typed(order, shop):
    sent = {"about": "鲁B00000", "words": "异响", "source": "desk", "severity": "minor"}
    answer = Screen(shop.lin).post(reverse("care:complaint_new"), sent)
    assert answer.status_code == 422
    assert "本店没有匹配的工单" in text(answer)
    assert "异响" in text(answer)
    other, _vehicle = visit.car(shop, plate="鲁B00007")
    type(other).objects.filter(pk=other.pk).update(mobile=order.customer.mobile)
    sent["about"] = order.customer.mobile
    answer = Screen(shop.lin).post(reverse("care:complaint_new"), sent)
    assert "有多位客户使用此号码" in text(answer)
    assert not Complaint.objects.exists()


def test_the_order_is_filled_in_where_one_comes_from_it(order, shop):
    page = Screen(shop.lin).get(reverse("care:complaint_new"), {"order": order.pk})
    assert page.context["form"]["about"].value() == order.number
    for odd in ("x", "9" * 30, "-1", str(order.pk + 1)):
        page = Screen(shop.lin).get(reverse("care:complaint_new"), {"order": odd})
        assert page.context["form"]["about"].value() == ""


def test_a_complaint_is_answered_and_closed_on_its_page(complaint, shop):
    fang, gu = Screen(shop.fang), Screen(shop.gu)
    answer = fang.post(
        reverse("care:answer", args=[complaint.pk]), {"answer": "加制冷剂", "version": complaint.version}
    )
    assert answer.url == reverse("care:complaint", args=[complaint.pk])
    assert reverse("care:close", args=[complaint.pk]) not in text(fang.get(answer.url))
    page = gu.get(answer.url)
    assert reverse("care:close", args=[complaint.pk]) in text(page)

    sent = {"satisfied": "yes", "outcome": "redo", "cause": "diagnosis", "cost": "80", "version": 2}
    refusal = gu.post(reverse("care:close", args=[complaint.pk]), sent)
    assert refusal.status_code == 422
    assert "尚未将答复告知客户" in text(refusal)
    unfinished = gu.post(reverse("care:close", args=[complaint.pk]), {"told": "on", "cost": "1e9"})
    assert unfinished.status_code == 422
    gu.post(reverse("care:close", args=[complaint.pk]), {**sent, "told": "on"})
    complaint.refresh_from_db()
    assert (complaint.state, complaint.satisfied, str(complaint.cost)) == ("closed", True, "80.00")
    assert "已结案，满意" in text(gu.get(answer.url))


def test_an_unsolved_complaint_reaches_the_manager_after_two_days(complaint, shop):
    def codes(employee) -> list[str]:
        return [alert.code for alert in alerts_for(employee, shop.shinan)]

    assert "complaint" not in codes(shop.gu)
    Complaint.objects.update(due_at=now() - timedelta(minutes=1))
    assert "complaint" in codes(shop.gu)
    assert "complaint" not in codes(shop.chen)
    answer_complaint(complaint, Answer("加制冷剂"), by=shop.fang)
    assert "complaint" in codes(shop.gu)


def test_due_calls_are_an_alert_for_those_who_call(planned, shop):
    assert [alert.mark for alert in alerts_for(shop.lin, shop.shinan)] == ["1"]
    assert "follow_up_calls" not in [alert.code for alert in alerts_for(shop.fang, shop.shinan)]


def test_the_order_page_shows_what_followed(planned, complaint, shop):
    record_call(planned, CallDetails(Outcome.NO_ANSWER, said="占线"), by=shop.lin)
    page = text(Screen(shop.chen).get(reverse("orders:order", args=[planned.order_id])))
    for shown in ("交车之后", "占线", "空调不凉", reverse("care:call", args=[planned.pk])):
        assert shown in page


def more_rows(order: RepairOrder, first: int, count: int, shop) -> None:
    """So many further visits of the car, each with a follow-up that is due and a complaint."""
    for place in range(first, first + count):
        copy = RepairOrder.objects.with_car().get(pk=order.pk)
        copy.pk, copy.number = None, f"RO-{place}"
        copy.save(force_insert=True)
        plan_follow_up(copy, today_in(copy.store) - timedelta(days=2))
        open_complaint(copy.store, ComplaintDetails(copy.customer, "慢", order=copy), by=shop.lin)


@pytest.mark.parametrize("name", ["care:list", "care:complaints"])
def test_a_list_costs_the_same_with_five_rows_and_with_fifty(order, shop, name):
    screen, counts = Screen(shop.lin), []
    for first, count in ((0, 5), (5, 45)):
        more_rows(order, first, count, shop)
        screen.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            assert screen.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
