"""Signing in as a person does it: language, lock-out, store switch, quick switch by PIN."""

import re

import pytest
from playwright.sync_api import Page, expect

from servicelane.demo.cast import PASSWORD, PIN, make_cast
from servicelane.people.sign_in_services import register_terminal

pytestmark = pytest.mark.django_db(transaction=True)


def fill(page: Page, user: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(user)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_an_advisor_signs_in_chooses_english_and_signs_out(page_of):
    make_cast()
    page = page_of(None)
    page.goto("/")
    expect(page).to_have_title(re.compile("登录"))
    fill(page, "chen")
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日")

    page.locator(".topbar button[value=en]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.locator(".topbar summary", has_text="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_visible()


def test_wrong_passwords_keep_the_name_and_then_lock_with_words(page_of):
    make_cast()
    page = page_of(None)
    page.goto("/sign-in/")
    for _ in range(4):
        fill(page, "chen", "wrong-password-1")
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
        expect(page.get_by_label("用户名")).to_have_value("chen")
        expect(page.get_by_label("密码")).to_have_value("")
    fill(page, "chen", "wrong-password-1")

    expect(page.get_by_role("alert")).to_contain_text("15 分钟")
    page.get_by_role("link", name="返回登录").click()
    fill(page, "tao")
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日")


def test_somebody_of_two_stores_switches_between_them(page_of):
    cast = make_cast()
    page = page_of(cast.wu)
    page.goto("/")
    store = page.locator(".topbar details.store")
    expect(store.locator("summary")).to_contain_text("崂山店")

    store.locator("summary").click()
    store.get_by_role("button", name="市南店").click()

    expect(store.locator("summary")).to_contain_text("市南店")


def test_two_people_switch_by_pin_on_a_shared_screen(page_of, live_server):
    cast = make_cast()
    _, token = register_terminal(cast.shinan, "3 号工位", by=cast.gu)
    page = page_of(None, width=820, height=1180)
    page.context.add_cookies([{"name": "terminal", "value": token, "url": live_server.url}])
    page.goto("/terminal/")
    page.get_by_role("link", name="陶建国").click()
    for digit in "270999":
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("这不是陶建国的 PIN 码")).to_be_visible()

    page.get_by_label("PIN 码").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日")

    page.goto("/terminal/")
    page.get_by_role("link", name="殷娜").click()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".avatar").first).to_have_text("殷")
