"""The advisor is proposed a time, promises an earlier one, is asked why, and the free hours shrink."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from servicelane.orders.job_services import JobDetails, add_job
from servicelane.orders.models import Estimate
from servicelane.people.models import Shift
from servicelane.people.shift_services import Times, plan_shift
from tests.visit import arrived, car, checked_in, operation

MORNING = datetime(2027, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=True) as traveller:
        cache.clear()
        yield traveller
    cache.clear()


def test_a_time_is_proposed_and_an_earlier_one_says_why(
    live_server: Any, shop: Any, page_of: Any, clock: Any
) -> None:
    Shift.objects.filter(store=shop.shinan).delete()
    plan_shift(shop.tao, shop.shinan, Times(MORNING, MORNING + timedelta(hours=8)), by=shop.luo)
    customer, vehicle = car(shop)
    order = checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle))
    add_job(order, JobDetails(operation("M20")), by=shop.chen)

    chen: Page = page_of(shop.chen, language="en", width=1440, height=900)
    chen.goto(f"/orders/{order.pk}/")
    proposal = chen.locator("[data-proposed]")
    expect(proposal).to_be_visible()
    proposed = proposal.get_attribute("data-proposed")
    assert proposed
    assert proposed > "2027-03-02T10:"
    field, why = chen.get_by_label("Promised for"), chen.get_by_label("Why earlier than proposed")
    expect(field).to_have_value(proposed)
    expect(why).to_be_hidden()

    field.fill("2027-03-02T09:30")
    expect(why).to_be_visible()
    chen.get_by_role("button", name="Fix the estimate").click()
    expect(chen.get_by_text("say why you promise earlier")).to_be_visible()
    assert not Estimate.objects.filter(order=order).exists()
    expect(chen.locator("[data-proposed]")).to_be_visible()
    expect(field).to_have_value("2027-03-02T09:30")
    chen.get_by_label("Why earlier than proposed").fill("Has a flight, Tao stays on")
    chen.get_by_role("button", name="Fix the estimate").click()
    expect(chen.get_by_role("button", name="Record the answer")).to_be_visible()
    made = Estimate.objects.get(order=order)
    assert (made.overruled_why, made.proposed_chance) == ("Has a flight, Tao stays on", 80)
    assert made.proposed_at is not None
    assert made.promised_at is not None
    assert made.promised_at < made.proposed_at

    luo: Page = page_of(shop.luo, language="en", width=820, height=1180)
    luo.goto("/workshop/plan")
    expect(
        luo.get_by_role("heading", name=re.compile("(8|7.9) hours of technicians are free"))
    ).to_be_visible()
    luo.get_by_role("link", name="3 Mar").click()
    expect(luo.locator("#plan-free h2")).to_contain_text("No technician has an hour left")
