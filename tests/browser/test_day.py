"""One day of twelve cars: each role on its own page at its own screen; at the end the cash agrees.

What a role lives in is pressed in the browser; the like of it for the other cars is done by the services.
Pictures are left in `build/day`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect

from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import CashDay, Invoice, Payment, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.booking.services import NewBooking, Times, book
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.orders.models import Consent, Job, JobState, RepairOrder
from servicelane.orders.part_services import issue_parts
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.project.day_sheet import day_sheet
from servicelane.reception.services import HandOver, hand_over
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import finish, start
from servicelane.workshop.inspection_services import Inspection, inspect, start_wash, wash_done
from tests.floor import bay, fresh, jobs_of
from tests.visit import agreed, arrived, car, checked_in

MORNING = datetime(2027, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OUT = Path(__file__).resolve().parent.parent.parent / "build/day"
FLOAT = Decimal(500)
DEPOSIT = Decimal(200)
DESK, TABLET, PHONE = (1440, 900), (820, 1180), (390, 844)
NAMES = ("丁一", "王二", "张三", "李四", "赵五", "钱六", "孙七", "周八", "吴九", "郑十", "冯实")

pytestmark = pytest.mark.django_db(transaction=True)


class Day:
    """The cars of the day by their place in it, and the screens of those who work on them."""

    def __init__(self, page_of: Callable[..., Page], shop: Any, clock: Any) -> None:
        self.page_of, self.shop, self.clock = page_of, shop, clock
        self.screens: dict[str, Page] = {}
        self.taken = 0
        OUT.mkdir(parents=True, exist_ok=True)

    def screen(self, user: str, path: str, size: tuple[int, int]) -> Page:
        """The screen of a person, or of a customer, at a page."""
        if user not in self.screens:
            person = getattr(self.shop, user, None)
            self.screens[user] = self.page_of(person, language="en", width=size[0], height=size[1])
        self.screens[user].goto(path)
        return self.screens[user]

    def order(self, at: int) -> RepairOrder:
        """The newest order of the car at a place of the day."""
        found = RepairOrder.objects.with_car().filter(vehicle__plate=plate(at)).order_by("pk").last()
        assert found
        return found

    def press(self, page: Page, button: Locator, *, leads_to: str = "") -> None:
        """Press a button, wait until its answer is drawn without a refusal, and take a picture."""
        button.click()
        if leads_to:
            expect(page).to_have_url(re.compile(leads_to))
        page.wait_for_load_state("load")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        refused = page.locator("#problem.refusal, .form-error, .field-error")
        assert refused.all_inner_texts() == []
        self.taken += 1
        page.screenshot(path=OUT / f"{self.taken:02}.png", full_page=True)

    def next_step(self, page: Page) -> None:
        """Press the one button of an order's page."""
        self.press(
            page, page.locator("#next-step .btn-primary").first, leads_to=r"/(orders|exit-passes)/\d+/$"
        )


def plate(at: int) -> str:
    """The plate of the car at a place of the day, as it is stored."""
    return f"鲁BD{at:03}K"


def sign(page: Page) -> None:
    """Write something on the page's signature field."""
    pad = page.locator(".signature-pad").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 40 + (step % 2) * 25)
    page.mouse.up()


def unfolded(page: Page, ending: str) -> Locator:
    """The form that is sent to an address with this ending, with every fold around it open."""
    form = page.locator(f"form[action$='{ending}']")
    form.evaluate(
        "form => { let fold = form; while (fold = fold.parentElement.closest('details')) fold.open = true; }"
    )
    return form


@pytest.fixture
def day(live_server: Any, shop: Any, page_of: Callable[..., Page]) -> Iterator[Day]:
    """A Tuesday at eight, going on from there, with somebody for the wash."""
    cache.clear()
    with time_machine.travel(MORNING, tick=True) as clock:
        grant_role(shop.lin, Role.WASH_STAFF, shop.shinan, by=shop.admin)
        yield Day(page_of, shop, clock)


def open_the_till(day: Day) -> None:
    page = day.screen("shen", "/cashier/days/", DESK)
    page.locator("[name=opening]").fill(f"{FLOAT}")
    day.press(page, page.get_by_role("button", name="Open the cash day"))


def receive(day: Day) -> None:
    """The advisor at the desk: one car without a booking, one booked; ten more come meanwhile."""
    shop = day.shop
    visitor = Visitor(NAMES[1], "15400000001", plate(1), model_name="朗逸")
    times = Times(starts_at=MORNING + timedelta(minutes=30), advisor=shop.chen, work="机油保养")
    book(shop.shinan, NewBooking(times, visitor), by=shop.chen)

    page = day.screen("chen", "/reception/walk-in", DESK)
    page.locator("[name=plate]").fill(plate(0))
    page.locator("[name=model_name]").fill("凯美瑞")
    page.locator("[name=name]").fill(NAMES[0])
    page.locator("[name=mobile]").fill("15400000000")
    day.press(page, page.get_by_role("button", name="Open a new order"))
    check_the_car_in(day, page, 0)

    page = day.screen("chen", "/reception/", DESK)
    page.get_by_role("button", name=re.compile("Arrived")).click()
    page.wait_for_load_state("load")
    page = day.screen("chen", "/reception/", DESK)
    expect(page.get_by_role("main")).to_contain_text(plate(1)[2:])
    check_the_car_in(day, page, 1)

    for at in range(2, 11):
        customer, vehicle = car(shop, plate(at), NAMES[at])
        checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle), key_tag=f"K-{at:02}")


def check_the_car_in(day: Day, page: Page, at: int) -> None:
    page.goto(f"/orders/{day.order(at).pk}/check-in")
    onward = page.locator("[data-step-next]")
    page.locator("[name=words]").fill("跑到里程了，刹车有点响")
    for _step in ("words", "hints", "walk around"):
        onward.click()
    page.locator("[name=odometer]").fill("30150")
    page.locator("[name=fuel][value='4']").check(force=True)
    page.locator("[name=key_tag]").fill(f"K-{at:02}")
    onward.click()
    page.locator("[name=signed_name]").fill(NAMES[at])
    sign(page)
    day.press(page, page.get_by_role("button", name="Check in", exact=True), leads_to=r"/orders/\d+/$")


def agree(day: Day) -> None:
    """Every customer agrees to the first work: two at the desk, the others likewise."""
    agreed(day.shop, day.order(0), "G-BAL", "M20")
    for at in range(1, 11):
        agreed(day.shop, day.order(at), "M20" if at == 5 else "G-BAL")


def take_a_deposit(day: Day, at: int) -> None:
    page = day.screen("shen", f"/orders/{day.order(at).pk}/", DESK)
    form = unfolded(page, "/deposit")
    form.locator("[name=amount]").fill(f"{DEPOSIT}")
    form.locator("[name=way][value=cash]").check(force=True)
    day.press(page, form.locator("button").last)


def dispatch(day: Day) -> None:
    """The dispatcher gives the first cars from the queue, the rest goes the same way."""
    page = day.screen("luo", "/workshop/", DESK)
    for at in (0, 1):
        page.locator(f"#shop-car-{day.order(at).pk} a.btn").click()
        page.locator("#give [name=technician]:enabled").first.check(force=True)
        day.press(page, page.locator("#give").get_by_role("button", name="Give the work"))
    for at in range(2, 11):
        for job in jobs_of(day.order(at)):
            assign(fresh(job.order), job, day.shop.tao, bay(day.shop), by=day.shop.luo)


def repair(day: Day, at: int) -> None:
    """Do all open work of a car that is nobody's story."""
    order = day.order(at)
    for job in Job.objects.filter(order=order, state=JobState.WAITING, consent=Consent.AGREED):
        issue(day, job)
        start(one(job), day.shop.tao, by=day.shop.tao)
        finish(one(job), by=day.shop.tao)


def issue(day: Day, job: Job) -> None:
    """Give out the parts of a job."""
    for line in job.part_lines.select_related("part"):
        line.job = one(job)
        issue_parts(line, line.open_quantity, by=day.shop.he)


def one(job: Job) -> Job:
    """A job as the next request reads it."""
    return Job.objects.select_related("order__store").get(pk=job.pk)


def find_more(day: Day, at: int) -> None:
    """The technician on the phone: starts, and reports something found on the car."""
    order = day.order(at)
    first, *_others = jobs_of(order)
    issue(day, first)
    page = day.screen("tao", "/my-jobs/", PHONE)
    day.press(page, page.locator(f"form[action='/orders/{order.pk}/jobs/{first.pk}/start'] button").first)
    card = page.locator(".my-job.is-first")
    expect(card.locator(f"a[href='/orders/{order.pk}/']").first).to_be_visible()
    card.locator("summary", has_text="Found").click()
    form = card.locator("form[action$='/findings']")
    form.locator("[name=words]").fill("前刹车片只剩 3 毫米")
    day.press(page, form.get_by_role("button", name="Report it"))


def price_and_ask(day: Day, at: int) -> str:
    """The advisor prices what was found, fixes the version and makes the link; returns its address."""
    page = day.screen("chen", f"/orders/{day.order(at).pk}/", DESK)
    page.locator("#next-step [name=operation]").fill("G-WIP")
    day.next_step(page)
    day.next_step(page)
    day.press(page, unfolded(page, "/link").locator("button").first)
    address = page.locator(".customer-link input[readonly]").first.input_value()
    return re.sub(r"^https?://[^/]+", "", address)


def answer_on_the_phone(day: Day, address: str, at: int, choice: str) -> None:
    """The customer on the phone, signed in nowhere."""
    page = day.screen(f"customer {at}", address, PHONE)
    for field in page.locator(f".pick input[value={choice}]").all():
        field.check(force=True)
    sign(page)
    page.locator("[name=tail]").fill(day.order(at).customer.mobile[-4:])
    day.press(page, page.locator("button.send"))
    expect(page.locator("button.send")).to_have_count(0)


def finish_on_the_phone(day: Day, at: int) -> None:
    """The technician ends the running job, and does what the customer agreed to meanwhile."""
    order = day.order(at)
    page = day.screen("tao", "/my-jobs/", PHONE)
    day.press(page, page.locator(f"form[action^='/orders/{order.pk}/jobs/'][action$='/finish'] button").first)
    for job in Job.objects.filter(order=order, state=JobState.WAITING, consent=Consent.AGREED):
        assign(fresh(order), one(job), day.shop.tao, bay(day.shop), by=day.shop.luo)
    repair(day, at)


def inspect_all(day: Day) -> None:
    """The inspector on the tablet: the third car goes back once; wheels were not tightened."""
    order = day.order(2)
    page = day.screen("yin", "/inspections/", TABLET)
    page.locator(f"a.btn[href='/orders/{order.pk}/']").click()
    page.locator("#next-step [name=passed][value=no]").check(force=True)
    page.locator("#next-step [name=faults]").first.check(force=True)
    page.locator("#next-step [name=rework]").first.check(force=True)
    page.locator("#next-step [name=words]").last.fill("左前轮螺栓力矩不够")
    day.next_step(page)
    assert day.order(2).status == "in_work"
    repair(day, 2)
    page.goto(f"/orders/{order.pk}/")
    page.locator("#next-step [name=passed][value=yes]").check(force=True)
    day.next_step(page)
    for at in (0, 1, *range(3, 11)):
        inspect(day.order(at), Inspection(passed=True, rest_ok=True), by=day.shop.yin)


def wash_all(day: Day) -> None:
    """The wash on the phone takes two cars; the others follow."""
    for at in (0, 1):
        begin, end = (
            f"form[action='/orders/{day.order(at).pk}/wash/{word}'] button" for word in ("start", "done")
        )
        page = day.screen("lin", "/washes/", PHONE)
        day.press(page, page.locator(begin))
        day.press(page, page.locator(end))
    for at in range(2, 11):
        start_wash(day.order(at), by=day.shop.lin)
        wash_done(day.order(at), by=day.shop.lin)


def settle_at_the_desk(day: Day, at: int, way: str) -> None:
    page = day.screen("shen", "/cashier/", DESK)
    page.locator(f"a.till[href='/orders/{day.order(at).pk}/']").click()
    day.next_step(page)
    page.locator(f"#next-step [name=way][value={way}]").check(force=True)
    day.next_step(page)
    assert invoice_of(day, at).open == 0


def put_on_account(day: Day, at: int) -> None:
    """The manager lets a firm pay later; the cashier may not."""
    settle(day.order(at), by=day.shop.shen)
    page = day.screen("gu", f"/orders/{day.order(at).pk}/", DESK)
    form = unfolded(page, "/on-account")
    form.locator("[name=reason]").fill("月结协议，下月十日前")
    day.press(page, form.locator("button").last)
    assert invoice_of(day, at).on_account > 0


def invoice_of(day: Day, at: int) -> Invoice:
    return Invoice.objects.get(order=day.order(at), payer_kind="customer")


def leave(day: Day, at: int) -> None:
    collector = Collector(NAMES[at % 11])
    issue_exit_pass(day.order(at), collector, by=day.shop.shen)
    hand_over(
        day.order(at), HandOver(explained=True, belongings_seen=True, old_parts_shown=True), by=day.shop.chen
    )


def come_back(day: Day, at: int) -> None:
    """In the afternoon a car is back with the same fault: the advisor links it, nobody pays for it twice."""
    first = day.order(at)
    arrived(day.shop, customer=first.customer, vehicle=first.vehicle)
    page = day.screen("chen", f"/orders/{day.order(at).pk}/", DESK)
    form = unfolded(page, "/comeback")
    form.locator("[name=first]").select_option(f"{first.pk}")
    form.locator("[name=cause]").select_option("workmanship")
    day.press(page, form.locator("button").last)
    order = day.order(at)
    assert order.comeback_of_id == first.pk
    agreed(day.shop, checked_in(day.shop, order), "G-BAL")
    for job in jobs_of(order):
        assign(fresh(order), job, day.shop.tao, bay(day.shop), by=day.shop.luo)
    repair(day, at)
    inspect(day.order(at), Inspection(passed=True, rest_ok=True), by=day.shop.yin)
    start_wash(day.order(at), by=day.shop.lin)
    wash_done(day.order(at), by=day.shop.lin)
    settle(day.order(at), by=day.shop.shen)
    pay(day, at, Way.CARD)
    leave(day, at)


def pay(day: Day, at: int, way: Way) -> None:
    invoice = invoice_of(day, at)
    take_payment(invoice, Paid(way, invoice.open), by=day.shop.shen)


def close_the_till(day: Day) -> None:
    """The cashier counts what lies in the till: the float and every cash payment of the day."""
    cash = sum((row.amount for row in Payment.objects.filter(way=Way.CASH)), FLOAT)
    page = day.screen("shen", f"/cashier/days/{CashDay.objects.get().pk}/", DESK)
    page.locator("[name=counted]").fill(f"{cash}")
    page.locator("[name=left]").fill(f"{FLOAT}")
    day.press(page, page.get_by_role("button", name="Close the day"))
    closed = CashDay.objects.get()
    assert (closed.expected, closed.counted, closed.difference) == (cash, cash, 0)


def test_twelve_visits_of_a_day_go_through_the_pages_of_their_people(day: Day) -> None:
    open_the_till(day)
    receive(day)
    agree(day)
    take_a_deposit(day, 5)
    dispatch(day)

    find_more(day, 0)
    answer_on_the_phone(day, price_and_ask(day, 0), 0, "agree")
    finish_on_the_phone(day, 0)
    find_more(day, 1)
    answer_on_the_phone(day, price_and_ask(day, 1), 1, "later")
    finish_on_the_phone(day, 1)
    for at in range(2, 11):
        repair(day, at)
    inspect_all(day)
    wash_all(day)

    settle_at_the_desk(day, 0, "cash")
    settle_at_the_desk(day, 5, "wechat")
    put_on_account(day, 6)
    for at in (1, 2, 3, 4, 7, 8, 9, 10):
        settle(day.order(at), by=day.shop.shen)
        pay(day, at, Way.CASH if at % 2 else Way.ALIPAY)
    for at in range(11):
        leave(day, at)
    come_back(day, 4)
    close_the_till(day)

    sheet = day_sheet(day.shop.gu, day.shop.shinan, now())
    assert (sheet.here, sheet.broken) == ([], [])
    assert RepairOrder.objects.filter(status="delivered").count() == 12
    said = list(
        Job.objects.filter(operation__code="G-WIP").order_by("order").values_list("consent", flat=True)
    )
    assert said == [Consent.AGREED, Consent.DECLINED]
    page = day.screen("gu", "/today/day-sheet", DESK)
    day.taken += 1
    page.screenshot(path=OUT / f"{day.taken:02}-sheet.png", full_page=True)
    assert check() == []
