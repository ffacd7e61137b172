"""Every page in a real browser: no content-security report, no script error, nothing on the console.

`page_of` fails the test on any of these; here every page is opened, so a new route is looked at by itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from servicelane.people.models import Employee
from tests.access.pages import pages
from tests.access.stores import Stores, make_stores

NO_PAGES = {
    "demo_progress",
    "health",
    "today_shift",
    "today_cars",
    "orders:news",
    "orders:proposal",
    "billing:try_discount",
    "workshop:shop_live",
    "workshop:plan_live",
    "workshop:free",
    "workshop:questions",
}
"""Answers that are no pages: for a watchdog, and fragments."""


@pytest.fixture
def stores(live_server: Any) -> Stores:
    return make_stores()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_makes_the_console_complain(stores: Stores, page_of: Any, language: str) -> None:
    """Every second page in English, the others in Chinese, at the width of a desk, a tablet and a phone."""
    browser = page_of(Employee.objects.get(pk=stores.own.boss.pk), language=language, width=1440)
    shown = [page for page in pages() if "GET" in page.methods and page.route.kind == "staff"]
    for page in shown[language == "en" :: 2]:
        if page.name in NO_PAGES:
            continue
        browser.set_viewport_size({"width": 1440, "height": 900})
        answer = browser.goto(page.url(stores), wait_until="load")
        assert answer.status == 200, f"{page.name}: {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue  # a paper or a photo
        assert browser.locator("h1").count() == 1, f"{page.name} has no heading"
        for width in (1440, 820, 390):
            browser.set_viewport_size({"width": width, "height": 900})
            wider = browser.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{page.name} scrolls sideways by {wider} px at {width}"


def test_pages_for_everybody_are_quiet_too(stores: Stores, page_of: Any) -> None:
    guest = page_of(None, language="en")
    for page in pages():
        if "GET" in page.methods and page.route.kind == "public" and page.name not in NO_PAGES:
            assert guest.goto(page.url(stores)).status == 200, page.name
    assert guest.goto("/nowhere").status == 404


def test_the_description_of_the_api_is_quiet_too(stores: Stores, page_of: Any) -> None:
    guest = page_of(None, language="en")
    assert guest.goto("/api/v1/docs").status == 200
    guest.wait_for_load_state("networkidle")
    assert "ServiceLane" in guest.title()
