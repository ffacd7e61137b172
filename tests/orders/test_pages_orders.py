"""The order page and the list of orders, as browsers send and read them."""

import re
from datetime import timedelta

import pytest

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.job_services import JobDetails, add_job
from servicelane.orders.models import Estimate, Job, LabourRate, PartLine, RepairOrder, Status
from tests.screen import Screen
from tests.visit import STROKES, agreed, arrived, asked, checked_in, operation

OPERATION = {"operation": "M20", "pay_type": "customer"}


def page(who, order, **headers):
    return Screen(who, trying=True).get(f"/orders/{order.pk}/", **headers).content.decode()


def test_the_page_shows_the_next_step_and_one_primary_button(shop):
    shown = page(shop.chen, checked_in(shop))
    assert shown.count("btn-primary") == 1
    assert "加项目" in shown
    assert "K-17" in shown
    assert "154****" in shown
    assert "15400" not in shown


def test_ids_on_the_page_are_unique(shop):
    estimate = asked(shop, checked_in(shop), "M20", "G-WIP")
    add_job(estimate.order, JobDetails(operation("G-BPF")), by=shop.chen)
    body = page(shop.chen, estimate.order).partition("<template")[0]
    ids = [one for one in re.findall(r'\bid="([^"]+)"', body) if "csrf" not in one]
    assert [one for one in set(ids) if ids.count(one) > 1] == []
    assert len(ids) > 40


def test_a_job_is_added_by_its_code_and_comes_with_its_price(shop):
    order = checked_in(shop)
    answer = Screen(shop.chen).post(f"/orders/{order.pk}/jobs", {**OPERATION, "version": order.version})
    assert answer.status_code == 302
    assert "¥836.00" in page(shop.chen, order)


def test_an_unknown_operation_is_said_beside_the_field_and_what_was_typed_stays(shop):
    order = checked_in(shop)
    sent = {"operation": "抛光打蜡", "pay_type": "customer", "version": order.version}
    answer = Screen(shop.chen).post(f"/orders/{order.pk}/jobs", sent)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "目录里没有" in body
    assert 'value="抛光打蜡"' in body
    assert not Job.objects.exists()


def test_a_stale_form_is_a_409_that_says_what_others_did(shop):
    order = checked_in(shop)
    sent = {**OPERATION, "version": order.version}
    asked(shop, order)
    answer = Screen(shop.chen).post(f"/orders/{order.pk}/jobs", sent)
    assert answer.status_code == 409
    assert "已出估价" in answer.content.decode()
    assert Job.objects.count() == 1


def test_the_customer_signs_on_the_screen(shop):
    estimate = asked(shop)
    job = Job.objects.get()
    sent = {
        "way": "signature",
        "signed_name": "张大全",
        "signed": str(STROKES),
        f"job_{job.pk}": "agreed",
        "version": estimate.order.version,
    }
    answer = Screen(shop.chen).post(f"/orders/{estimate.order_id}/estimates/{estimate.pk}/answer", sent)
    assert answer.status_code == 302
    assert RepairOrder.objects.get().status == Status.AGREED


@pytest.mark.parametrize("signed", ["", "x", "[[1,2.5]]", '[["a",1]]', '{"a":1}', "[" * 5000])
def test_a_signature_that_cannot_be_read_changes_nothing(shop, signed):
    estimate = asked(shop)
    job = Job.objects.get()
    sent = {"way": "signature", "signed_name": "张大全", "signed": signed, f"job_{job.pk}": "agreed"}
    answer = Screen(shop.chen).post(f"/orders/{estimate.order_id}/estimates/{estimate.pk}/answer", sent)
    assert answer.status_code == 422
    assert RepairOrder.objects.get().status == Status.OPEN


def test_others_hear_of_a_change_without_reloading(shop):
    order = checked_in(shop)
    screen = Screen(shop.chen)
    assert screen.get(f"/orders/{order.pk}/news?v={order.version}").status_code == 204
    seen = order.version
    asked(shop, order)
    answer = screen.get(f"/orders/{order.pk}/news?v={seen}")
    assert answer.status_code == 200
    assert "已出估价" in answer.content.decode()
    assert screen.get(f"/orders/{order.pk}/news?v=x").status_code == 200


def test_parts_are_issued_and_brought_back_from_the_page(shop):
    order = agreed(shop)
    line = PartLine.objects.filter(job__order=order).first()
    screen = Screen(shop.he)
    assert screen.post(f"/orders/{order.pk}/parts/{line.pk}/issue", {"quantity": "1"}).status_code == 302
    assert screen.post(f"/orders/{order.pk}/parts/{line.pk}/return", {"quantity": "1"}).status_code == 302
    refused = screen.post(f"/orders/{order.pk}/parts/{line.pk}/return", {"quantity": "1"})
    assert refused.status_code == 422


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1e9", "NaN", "abc", "1.0001"])
def test_absurd_quantities_are_said_beside_the_field(shop, quantity):
    order = agreed(shop)
    line = PartLine.objects.filter(job__order=order).first()
    answer = Screen(shop.he).post(f"/orders/{order.pk}/parts/{line.pk}/issue", {"quantity": quantity})
    assert answer.status_code == 422
    assert PartLine.objects.get(pk=line.pk).issued == 0


def test_the_list_finds_by_plate_name_and_number_and_costs_the_same_with_many(
    shop, django_assert_max_num_queries
):
    order = checked_in(shop)
    screen = Screen(shop.chen)
    for word in ("3210", "张大", order.number[-9:]):
        assert order.number in screen.get("/orders/", {"q": word}).content.decode(), word
    assert order.number not in screen.get("/orders/", {"q": "没有"}).content.decode()
    with django_assert_max_num_queries(14):
        screen.get("/orders/")
    for _nth in range(30):
        arrived(shop, customer=order.customer, vehicle=order.vehicle)
    with django_assert_max_num_queries(14):
        screen.get("/orders/")


def test_an_order_of_another_store_is_not_there(shop):
    order = checked_in(shop)
    assert Screen(shop.song).get(f"/orders/{order.pk}/").status_code == 404
    assert Screen(shop.song).post(f"/orders/{order.pk}/findings", {"words": "x"}).status_code == 404


def test_a_rate_is_set_on_its_page(shop):
    screen = Screen(shop.gu)
    assert screen.post("/settings/rates/set", {"pay_type": "customer", "per_hour": "188"}).status_code == 302
    assert LabourRate.objects.order_by("-pk").first().per_hour == 188
    assert "¥188.00" in screen.get("/settings/rates/").content.decode()
    assert screen.post("/settings/rates/set", {"pay_type": "customer", "per_hour": "-1"}).status_code == 422


def test_a_double_click_is_one_step(shop):
    order = checked_in(shop)
    screen = Screen(shop.chen)
    sent = {**OPERATION, "version": order.version, "once": "k" * 32}
    first, second = (screen.post(f"/orders/{order.pk}/jobs", sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert Job.objects.count() == 1


def test_a_manager_releases_warranty_work_from_the_page(shop):
    order = checked_in(shop)
    screen = Screen(shop.chen)
    screen.post(f"/orders/{order.pk}/jobs", {"operation": "W-CTRL", "pay_type": "warranty"})
    screen.post(f"/orders/{order.pk}/estimates", {"promised_at": "2099-01-01T10:00"})
    assert not Estimate.objects.exists()
    screen.post(f"/orders/{order.pk}/estimates", {"promised_at": _soon()})
    estimate = Estimate.objects.get()
    url = f"/orders/{order.pk}/estimates/{estimate.pk}/release"
    assert screen.post(url, {}).status_code == 403
    assert Screen(shop.gu).post(url, {}).status_code == 302
    assert Event.objects.about(order).filter(kind="orders.agreed").exists()


def _soon() -> str:
    return (now() + timedelta(hours=10)).strftime("%Y-%m-%dT%H:%M")
