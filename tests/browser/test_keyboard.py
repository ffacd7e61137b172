"""The desk by keyboard alone: from the car at the door to the customer's answer no mouse is touched."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from servicelane.kernel.checking import check
from servicelane.orders.models import RepairOrder

FARTHEST = 40
"""Presses of Tab to a field or button of the next step, from the top of the page."""

pytestmark = pytest.mark.django_db(transaction=True)


class Keys:
    """A person who has only a keyboard; `presses` counts the keys that lead from one place to another."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def reach(self, selector: str) -> None:
        """Go by Tab until the first element of this selector has the focus."""
        self.page.locator(selector).first.wait_for()
        for _nth in range(FARTHEST):
            if self.page.evaluate("(one) => document.activeElement.matches(one)", selector):
                return
            self.page.keyboard.press("Tab")
            self.presses += 1
        here = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        pytest.fail(f"{FARTHEST} presses of Tab do not reach {selector}; the focus is on {here}")

    def type(self, selector: str, text: str) -> None:
        """Reach a field and type into it, over what stands there."""
        self.reach(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, selector: str, moves: int) -> None:
        """Reach a row of choices and go so many to the right of the first."""
        self.reach(selector)
        self.page.keyboard.press("Space")
        for _nth in range(moves):
            self.page.keyboard.press("ArrowRight")

    def press(self, selector: str) -> None:
        """Reach a button and press it."""
        self.reach(selector)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("load")
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        expect(self.page.locator("#problem.refusal")).to_have_count(0)

    def step(self, name: str) -> None:
        """Press the button of the next step."""
        expect(self.page.locator("#next-step .btn-primary")).to_have_text(re.compile(name))
        self.press("#next-step .btn-primary")


def test_the_desk_runs_by_keyboard_alone(shop: Any, page_of: Callable[..., Page]) -> None:
    keys = Keys(page_of(shop.chen))
    page = keys.page
    page.goto("/reception/walk-in")
    keys.type("[name=plate]", "鲁B5R88K")
    keys.type("[name=name]", "李明")
    keys.type("[name=mobile]", "15400000042")
    keys.press("main .btn-primary")
    expect(page).to_have_url(re.compile(r"/orders/\d+/$"))

    keys.type("#next-step [name=odometer]", "20150")
    keys.choose("#next-step [name=fuel]", 4)
    keys.type("#next-step [name=key_tag]", "K-17")
    keys.step("接车")
    keys.type("#next-step [name=operation]", "M20")
    keys.step("加上项目")
    keys.step("定下估价")
    keys.choose("#next-step [name=way]", 1)
    keys.type("#next-step [name=spoken_to]", "李明")
    keys.type("#next-step [name=phone_tail]", "0042")
    keys.type("#next-step [name=said]", "都做")
    keys.step("记录答复")

    print(f"{keys.presses} presses of Tab")
    assert RepairOrder.objects.get().status == "agreed"
    assert check() == []
