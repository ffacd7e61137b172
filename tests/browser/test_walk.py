"""One car in the browser: from the appointment row on paper to the closed call, each step by who does it.

Pictures of every station are left in `build/walk`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Page, expect

from servicelane.care.models import FollowUp
from servicelane.kernel.checking import check
from servicelane.orders.models import RepairOrder
from tests.kernel.test_reactions import work_off

MORNING = datetime(2027, 3, 1, 9, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
OUT = Path(__file__).resolve().parent.parent.parent / "build/walk"

pytestmark = pytest.mark.django_db(transaction=True)


class Walk:
    """Pages of the people who do the steps, and a picture of each station."""

    def __init__(self, page_of: Callable[..., Page], cast: Any, clock: Any) -> None:
        self.page_of, self.cast, self.clock = page_of, cast, clock
        self.pages: dict[str, Page] = {}
        self.taken = 0
        OUT.mkdir(parents=True, exist_ok=True)

    def at(self, user: str, path: str = "") -> Page:
        """The page of a person, at the order if no path is given."""
        if user not in self.pages:
            self.pages[user] = self.page_of(getattr(self.cast, user), width=1440, height=1200)
        page = self.pages[user]
        page.goto(path or f"/orders/{RepairOrder.objects.get().pk}/")
        return page

    def press(self, page: Page, name: str, *, leads_to: str = r"/orders/\d+/$") -> None:
        """Press the step's button and wait until its answer is drawn; take a picture."""
        page.locator("main").get_by_role("button", name=name, exact=True).first.click()
        expect(page).to_have_url(re.compile(leads_to))
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator("#problem.refusal")).to_have_count(0)
        self.taken += 1
        page.screenshot(path=OUT / f"{self.taken:02}-{name}.png", full_page=True)

    def stage(self, page: Page, name: str) -> None:
        """Expect the stage bar to say where the car stands."""
        expect(page.locator(".stage-seg[aria-current=step] .stage-name")).to_contain_text(name)


def sign(page: Page) -> None:
    """Write something on the signature field of the first step."""
    pad = page.locator("#next-step .signature-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + (step % 2) * 25)
    page.mouse.up()


@pytest.fixture
def clock() -> Iterator[Any]:
    """A Monday morning at the store, going on from there."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def walk(clock: Any, live_server: Any, shop: Any, page_of: Callable[..., Page]) -> Walk:
    return Walk(page_of, shop, clock)


def book(walk: Walk) -> None:
    page = walk.at("chen", "/bookings/new")
    page.get_by_label("车牌号").first.fill("鲁B-3210")
    page.get_by_label("客户", exact=False).first.fill("张大全")
    page.get_by_label("手机").first.fill("１５４ ００００ ３４５６")
    page.get_by_label("车型").fill("EQ7200-IID")
    page.get_by_label("日期").first.fill(f"{MORNING:%Y-%m-%d}")
    page.get_by_label("时间", exact=True).fill("09:30")
    page.get_by_label("预计工时").fill("1.5")
    page.get_by_label("预约项目").fill("20000公里定期保养")
    page.get_by_label("预计交车时间").first.fill("11:30")
    page.get_by_role("main").get_by_role("button", name="保存预约").click()
    reason = page.locator("[name=plate_reason]")
    expect(reason).to_be_visible()
    expect(page.get_by_label("预约项目")).to_have_value("20000公里定期保养")
    reason.select_option("on_paper")
    walk.press(page, "保存预约", leads_to=r"/bookings/")


def receive(walk: Walk) -> Page:
    page = walk.at("chen", "/bookings/")
    expect(page.get_by_role("main")).to_contain_text("20000公里定期保养")
    page.get_by_role("main").get_by_role("button", name="到店").first.click()
    expect(page).to_have_url(re.compile(r"/orders/\d+/$"))
    walk.stage(page, "已到店")
    page.get_by_label("里程（公里）").fill("20150")
    page.locator("#next-step [name=fuel][value='4']").check(force=True)
    page.locator("#next-step").get_by_label("车钥匙编号").fill("K-17")
    page.locator("#next-step").get_by_label("随车物品清单").fill("雨伞")
    page.locator("#next-step").get_by_label("签字人姓名").fill("张大全")
    sign(page)
    walk.press(page, "接车")
    walk.stage(page, "接待中")
    return page


def estimate(walk: Walk, page: Page) -> None:
    page.locator("#next-step").get_by_label("工时项目").fill("M20")
    walk.press(page, "加上项目")
    walk.press(page, "定下估价")
    page.locator("#next-step").get_by_label("签字人姓名").fill("张大全")
    sign(page)
    walk.press(page, "记录答复")
    walk.stage(page, "已确认")


def work(walk: Walk) -> None:
    page = walk.at("luo")
    page.locator("#next-step [name=technician]").select_option(label="陶建国")
    walk.press(page, page.locator("#next-step .btn-primary").inner_text().strip())
    clerk = walk.at("he")
    lines = clerk.locator("#order-parts tbody tr").count()
    for _nth in range(lines):
        clerk.locator("#order-parts").get_by_role("button", name="出库").first.click()
        expect(clerk.locator("[aria-busy=true]")).to_have_count(0)
        clerk.wait_for_load_state("load")
        clerk.goto(clerk.url)
    expect(clerk.locator("#order-parts").get_by_role("button", name="出库")).to_have_count(0)
    page = walk.at("tao")
    walk.press(page, "开工")
    walk.stage(page, "维修中")
    page.wait_for_timeout(1500)
    expect(page.locator("time[data-until]").first).to_have_text(re.compile(r"^\u22122:\d\d:\d\d$"))
    walk.press(page, "完工")
    walk.stage(page, "质检中")


def inspect_and_wash(walk: Walk) -> None:
    page = walk.at("yin")
    page.locator("#next-step [name=passed][value=yes]").check(force=True)
    walk.press(page, "质检签字")
    page = walk.at("luo")
    walk.press(page, page.locator("#next-step .btn-primary").inner_text().strip())
    walk.press(page, page.locator("#next-step .btn-primary").inner_text().strip())
    walk.stage(page, "待结算")


def settle_and_leave(walk: Walk) -> None:
    page = walk.at("chen")
    walk.press(page, page.locator("#next-step .btn-primary").inner_text().strip())
    page = walk.at("shen")
    walk.press(page, "结算")
    walk.stage(page, "已结算")
    walk.press(page, "确认收款")
    page.locator("#next-step").get_by_label("取车人").fill("张大全")
    walk.press(page, "开出门证", leads_to=r"/(orders|exit-passes)/\d+/$")
    page = walk.at("chen")
    for name in ("explained", "old_parts_shown", "covers_removed", "belongings_seen"):
        box = page.locator(f"#next-step [name={name}]")
        if box.count():
            box.check(force=True)
    walk.press(page, page.locator("#next-step .btn-primary").inner_text().strip())
    expect(page.locator("#next-step, .next-step")).to_contain_text("都办完了")


def call(walk: Walk) -> None:
    work_off()
    walk.clock.shift(timedelta(days=3))
    follow_up = FollowUp.objects.get()
    walk.pages.clear()  # three days later everybody signs in anew
    page = walk.at("lin", "/care/")
    expect(page.get_by_role("main")).to_contain_text("张大全")
    page = walk.at("lin", f"/care/calls/{follow_up.pk}/")
    walk.taken += 1
    page.screenshot(path=OUT / f"{walk.taken:02}-call.png", full_page=True)
    page.get_by_role("main").get_by_text("满意", exact=True).first.click()
    walk.press(page, page.locator("main form .btn-primary").first.inner_text().strip(), leads_to="/care/")
    follow_up.refresh_from_db()
    assert follow_up.state == "done"


@pytest.mark.skipif(
    "TEST_SHARED" in os.environ, reason="the day of twelve cars walks these pages; TEST_LONG=1 walks here too"
)
def test_one_car_walks_from_the_paper_row_to_the_closed_call(walk: Walk) -> None:
    book(walk)
    page = receive(walk)
    estimate(walk, page)
    work(walk)
    inspect_and_wash(walk)
    settle_and_leave(walk)
    call(walk)

    order = RepairOrder.objects.get()
    assert (order.status, order.vehicle.plate, order.customer.mobile) == (
        "delivered",
        "鲁B3210",
        "15400003456",
    )
    assert check() == []
    page = walk.at("chen")
    for word in ("已到店", "已接车", "客户已确认", "开工", "已送质检", "可以结算", "已结算", "已交车"):
        expect(page.locator("#timeline")).to_contain_text(word)
