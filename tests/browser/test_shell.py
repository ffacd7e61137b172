import gzip
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, expect

from servicelane.kernel.clock import now
from servicelane.org.models import Bay
from servicelane.org.queries import today_in
from servicelane.people.models import Certificate, Shift

HEAVIEST = 450 * 1024
SOON = 6_000


@pytest.fixture
def cast(live_server, cast):
    return cast


def on_shift_now(cast, person) -> Shift:
    """Put a person on shift from an hour ago for two hours, whatever the time of day is."""
    Shift.objects.filter(employee=person).delete()
    return Shift.objects.create(
        employee=person,
        store=cast.shinan,
        day=today_in(cast.shinan),
        starts=now() - timedelta(hours=1),
        ends=now() + timedelta(hours=1),
    )


def polls_of(page: Page) -> list[str]:
    """The fragment's questions to the server from now on; a page's picture may still load meanwhile."""
    polls: list[str] = []
    page.on("request", lambda request: "/today/shift" in request.url and polls.append(request.url))
    return polls


def test_a_shift_that_is_planned_appears_by_itself(page_of, cast):
    Shift.objects.filter(store=cast.shinan).delete()
    page = page_of(cast.chen)
    page.goto("/")
    fragment = page.locator("#on-shift")
    expect(fragment).to_contain_text("今日还没有排班")

    on_shift_now(cast, cast.tao)
    expect(fragment).to_contain_text("陶建国", timeout=SOON)
    expect(fragment).to_have_count(1)


def test_a_fragment_waits_while_somebody_types_in_it(page_of, cast):
    on_shift_now(cast, cast.tao)
    Shift.objects.filter(employee=cast.yin).delete()
    page = page_of(cast.chen)
    page.goto("/")
    fragment = page.locator("#on-shift")
    page.evaluate(
        """() => {
          const field = document.createElement("input");
          field.id = "typing";
          document.querySelector("#on-shift").append(field);
          field.focus();
        }"""
    )
    polls = polls_of(page)
    on_shift_now(cast, cast.yin)
    page.wait_for_timeout(3_500)
    assert polls == []
    expect(fragment).not_to_contain_text("殷娜")

    page.locator("#typing").blur()
    expect(fragment).to_contain_text("殷娜", timeout=SOON)


def test_a_fragment_waits_while_a_dialog_is_open_or_something_is_dragged(page_of, cast):
    page = page_of(cast.chen)
    page.goto("/")
    waits = {
        "document.body.append(document.createElement('dialog'));"
        "document.querySelector('dialog').showModal()": "document.querySelector('dialog').close()",
        "document.body.dataset.dragging = 'yes'": "delete document.body.dataset.dragging",
    }
    for wait, go_on in waits.items():
        page.evaluate(wait)
        page.wait_for_timeout(200)
        polls = polls_of(page)
        page.wait_for_timeout(2_500)
        assert polls == []
        with page.expect_request(re.compile("/today/shift"), timeout=SOON):
            page.evaluate(go_on)


def test_a_lost_connection_is_said_and_mended(page_of, cast):
    on_shift_now(cast, cast.tao)
    page = page_of(cast.chen)
    page.goto("/")
    stale = page.locator("#on-shift").get_by_text("未更新")
    expect(stale).to_be_hidden()
    page.route("**/today/shift*", lambda route: route.fulfill(status=404, body="gone"))
    expect(stale).to_be_visible(timeout=SOON)
    expect(page.locator("#on-shift")).to_contain_text("陶建国")

    page.unroute("**/today/shift*")
    expect(stale).to_be_hidden(timeout=SOON)


def test_control_k_finds_a_person_by_initials(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("tjg")
    expect(page.locator("#found")).to_contain_text("陶建国")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/people/{cast.tao.pk}/$"))


def test_escape_closes_the_search_and_enter_opens_its_page(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("tao")
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_empty()
    page.keyboard.press("Control+k")
    page.keyboard.type("tao")
    page.keyboard.press("Enter")
    expect(page).to_have_title("搜索")
    expect(page.get_by_role("main")).to_contain_text("陶建国")


def test_the_navigation_stays_folded(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/")
    page.get_by_role("button", name="收起").click()
    page.goto("/people/")
    assert page.locator(".side").bounding_box()["width"] == 56
    page.get_by_role("link", name="今日").first.click()
    expect(page).to_have_title("今日")


def test_a_refusal_stands_beside_what_was_typed(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/settings/bays/new")
    page.locator("[name=code]").fill("L1")
    page.locator("main form .btn-primary").click()

    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("L1")
    expect(refusal).to_be_focused()
    expect(page.locator("[name=code]")).to_have_value("L1")
    assert urlsplit(page.url).path == "/settings/bays/new"

    page.locator("[name=code]").fill("L99")
    page.locator("main form .btn-primary").click()
    expect(page).to_have_url(re.compile(r"/settings/bays/$"))
    expect(page.locator("#problem.refusal")).to_have_count(0)
    assert Bay.objects.filter(store=cast.shinan, code="L99").count() == 1


def test_two_clicks_are_one_step(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/settings/bays/new")
    page.locator("[name=code]").fill("DD1")
    page.locator("main form .btn-primary").dblclick()
    expect(page).to_have_url(re.compile(r"/settings/bays/$"))
    assert Bay.objects.filter(store=cast.shinan, code="DD1").count() == 1


def test_no_answer_is_told_and_nothing_typed_is_lost(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/settings/bays/new")
    page.locator("[name=code]").fill("NA1")
    page.route(
        "**/settings/bays/new",
        lambda route: (
            route.fulfill(status=404, body="a proxy") if route.request.method == "POST" else route.continue_()
        ),
    )
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("alert")).to_contain_text("服务器没有回应")
    expect(page.locator("[name=code]")).to_have_value("NA1")

    page.unroute("**/settings/bays/new")
    page.locator("main form .btn-primary").click()
    expect(page).to_have_url(re.compile(r"/settings/bays/$"))


def test_the_language_is_switched_and_kept(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/alerts")
    page.get_by_role("button", name="EN").first.click()
    expect(page).to_have_title("Alerts")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/")
    expect(page).to_have_title("Today")


def test_the_store_is_switched_in_place(page_of, cast):
    page = page_of(cast.wu)
    page.goto("/")
    before = page.locator(".store-name").first.inner_text()
    page.locator("details.store summary").click()
    page.locator("details.store button:not([aria-current])").click()
    expect(page).to_have_title("今日")
    expect(page.locator(".store-name").first).not_to_have_text(before)


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page_of, cast):
    page = page_of(cast.gu)
    page.goto("/")
    panel = page.get_by_role("button", name="退出").first
    page.locator(".topbar-end details summary").click()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.locator(".topbar-end details summary").click()
    page.locator("h1").click()
    expect(panel).to_be_hidden()


PAGES = (
    "/",
    "/alerts",
    "/search?q=t",
    "/settings/facts/",
    "/settings/facts/1/",
    "/settings/system/",
    "/nowhere",
)


def test_no_page_is_wider_than_its_screen(page_of, cast):
    page = page_of(cast.admin, language="en")
    for path in PAGES:
        page.goto(path)
        for width in (1440, 720, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_a_phone_has_its_places_under_the_thumb(page_of, cast):
    page = page_of(cast.gu, width=390, height=844)
    page.goto("/")
    bar = page.locator(".bottombar")
    expect(bar.get_by_role("link", name="工单")).to_be_visible()
    bar.locator("summary").click()
    expect(bar.get_by_role("link", name="人员")).to_be_visible()
    expect(bar.get_by_role("button", name="退出")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
          .filter((hit) => hit.checkVisibility())
          .map((hit) => [hit.outerHTML.slice(0, 80), hit.getBoundingClientRect()])
          .filter(([, box]) => box.height > 1 && box.height < 44)
          .map(([words]) => words)"""
    )
    assert small == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_serious(page_of, cast, language):
    certificate = Certificate.objects.filter(employee=cast.tao).first()
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=certificate.issued_on)
    page = page_of(cast.admin, language=language)
    for path in PAGES:
        page.goto(path)
        assert serious(page) == [], path


def test_axe_finds_nothing_serious_signed_out(page_of, cast):
    page = page_of(None)
    page.goto("/sign-in/")
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on a page, each as one line."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {[node['target'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def test_the_first_page_is_light(page_of, cast):
    page = page_of(cast.gu)
    paths: set[str] = set()
    page.on("response", lambda answer: paths.add(urlsplit(answer.url).path))
    page.goto("/")
    page.wait_for_timeout(500)
    weight = len(gzip.compress(page.content().encode()))
    for path in paths:
        if path.startswith("/static/"):
            weight += len(gzip.compress(Path(finders.find(path.removeprefix("/static/"))).read_bytes()))
    assert len(paths) > 5
    assert weight <= HEAVIEST
