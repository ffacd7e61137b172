"""A technician is missing at ten: the dispatcher plans again, accepts, refuses one, and the advisor is told.

Played at the screens of both; pictures are left in `build/day`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.people.models import Shift
from servicelane.people.shift_services import Times, plan_shift
from servicelane.people.skill_services import set_skill
from servicelane.schedule.queries import team_of
from servicelane.workshop import planning
from servicelane.workshop.models import ShopPlan
from tests.floor import fresh, jobs_of, technician
from tests.visit import agreed, arrived, car, checked_in

MORNING = datetime(2027, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OUT = Path(__file__).resolve().parent.parent.parent / "build/day"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=True) as traveller:
        cache.clear()
        yield traveller
    cache.clear()


def agreed_cars(shop: Any) -> list[RepairOrder]:
    """Three cars of an hour each: two people keep the promises, one alone from ten on does not."""
    found = []
    for at, name in enumerate(("丁一", "王二", "张三")):
        customer, vehicle = car(shop, f"鲁B6{at}20K", name)
        order = agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)), "M20")
        RepairOrder.objects.filter(pk=order.pk).update(
            promised_at=MORNING + timedelta(hours=4), promised_first_at=MORNING + timedelta(hours=4)
        )
        for job in jobs_of(order):
            type(job).objects.filter(pk=job.pk).update(minutes=timedelta(minutes=60))
        found.append(fresh(order))
    return found


def press_plan(page: Page) -> ShopPlan:
    """Ask for a plan on the page; it is made while the page waits, and appears by itself."""
    page.goto("/workshop/plan")
    page.get_by_role("button", name=re.compile("^Plan (the workshop|again)$")).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    plan = ShopPlan.objects.latest("pk")
    assert planning.make(plan.pk, 0.2)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=15_000)
    return plan


def test_a_technician_is_missing_at_ten(live_server: Any, shop: Any, page_of: Any, clock: Any) -> None:
    yin = technician(shop, "yin")
    yin.skills.all().delete()
    for held in shop.tao.skills.select_related("skill"):
        set_skill(yin, held.skill, held.level, by=shop.admin)
    Shift.objects.filter(store=shop.shinan).delete()
    for person in (shop.tao, yin):
        plan_shift(person, shop.shinan, Times(MORNING, MORNING + timedelta(hours=9)), by=shop.luo)
    orders = agreed_cars(shop)
    OUT.mkdir(parents=True, exist_ok=True)

    luo = page_of(shop.luo, language="en", width=1440, height=900)
    press_plan(luo)
    luo.get_by_role("button", name="Accept all").click()
    expect(luo.get_by_text(re.compile("jobs are given out as planned"))).to_be_visible()
    before = {order.pk: team_of(jobs_of(order)[0])[0] for order in orders}
    assert {one.technician for one in before.values()} == {shop.tao, yin}

    clock.move_to(MORNING + timedelta(hours=2))
    luo.goto("/people/attendance/")
    shift = Shift.objects.get(employee=yin)
    luo.locator(f"form[action*='/{shift.pk}/'] button[value=absent]").click()
    luo.wait_for_load_state()
    press_plan(luo)
    luo.locator("summary", has_text="Why this").first.click()
    luo.screenshot(path=OUT / "plan-again.png", full_page=True)
    refused = luo.get_by_role("button", name=re.compile("^Refuse: ")).first
    line = refused.locator("xpath=ancestor::li").get_attribute("id")
    refused.click()
    expect(luo.locator(f"#{line}").get_by_text("refused")).to_be_visible()
    luo.get_by_role("button", name="Accept all").click()
    expect(luo.get_by_text(re.compile("given out as planned"))).to_be_visible()
    assert check() == []

    late = [order for order in orders if is_late(order)]
    assert late
    chen = page_of(shop.chen, language="en", width=1440, height=900)
    chen.goto(f"/orders/{late[0].pk}/")
    expect(chen.get_by_text(re.compile("Tell the customer before 12:00")).first).to_be_visible()
    chen.screenshot(path=OUT / "plan-tell.png", full_page=True)
    assert now() < MORNING + timedelta(hours=4)


def is_late(order: RepairOrder) -> bool:
    """Whether the accepted plan ends the work of a car after its promise."""
    ends = [one.planned_end for job in jobs_of(order) for one in team_of(job) if one.planned_end]
    promised = fresh(order).promised_at
    return bool(ends and promised and max(ends) > promised)
