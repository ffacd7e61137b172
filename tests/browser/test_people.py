"""The staff file as a manager keeps it: a new person, a refusal that keeps the words, a shift, leaving."""

import pytest
from playwright.sync_api import expect

from servicelane.demo.cast import make_cast
from servicelane.people.models import Employee, Shift

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_manager_adds_a_person_after_a_taken_user_name(page_of):
    cast = make_cast()
    page = page_of(cast.gu)
    page.goto("/people/")
    page.get_by_role("link", name="录入人员").click()
    page.get_by_label("姓名").fill("林小雨")
    page.get_by_label("用户名").fill("chen")
    page.get_by_role("main").get_by_label("角色").select_option("technician")
    page.get_by_role("button", name="录入人员").click()

    expect(page.get_by_role("alert")).to_contain_text("chen")
    expect(page.get_by_label("姓名")).to_have_value("林小雨")
    assert not Employee.objects.filter(name="林小雨").exists()

    page.get_by_label("用户名").fill("xiaoyu")
    page.get_by_role("button", name="录入人员").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("林小雨")
    password = page.locator("output").inner_text()
    assert Employee.objects.get(user_name="xiaoyu").check_password(password)
    page.reload()
    expect(page.locator("output")).to_have_count(0)


def test_a_shift_is_planned_from_an_empty_cell_by_keyboard(page_of):
    cast = make_cast()
    page = page_of(cast.luo)
    page.goto("/people/shifts/?week=2027-W09")
    cell = page.get_by_role("link", name="安排班次: 陶建国, 2027年3月2日 周二")
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_label("日期")).to_have_value("2027-03-02")
    page.get_by_label("休息（分钟）").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="08:30–17:30")).to_have_count(1)
    assert Shift.objects.get(day="2027-03-02").employee == cast.tao


def test_a_person_leaves_after_a_question_back(page_of):
    cast = make_cast()
    page = page_of(cast.gu, language="en")
    page.goto(f"/people/{cast.tao.pk}/")
    page.get_by_role("link", name="Mark as left").click()
    expect(page.get_by_text("Shifts that have not begun are cancelled.")).to_be_visible()
    page.get_by_role("button", name="Mark as left").click()

    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    cast.tao.refresh_from_db()
    assert not cast.tao.is_active
