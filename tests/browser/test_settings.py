"""The settings as an administrator walks them: a bay, its state, hours refused beside the field."""

import pytest
from playwright.sync_api import expect

from servicelane.demo.cast import make_cast
from servicelane.org.models import Bay
from servicelane.org.queries import usual_hours

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bay_is_added_taken_out_and_put_back(page_of):
    cast = make_cast()
    page = page_of(cast.gu)
    page.goto("/settings/")
    page.get_by_role("main").get_by_role("link", name="工位").click()
    page.get_by_role("link", name="录入工位").click()
    page.get_by_label("代码").fill("L1")
    page.get_by_role("button", name="录入工位").click()
    expect(page.get_by_role("alert")).to_contain_text("L1")
    expect(page.get_by_label("代码")).to_have_value("L1")

    page.get_by_label("代码").fill("Q9")
    page.get_by_label("类别").select_option("quick_service")
    page.get_by_role("button", name="录入工位").click()
    expect(page.get_by_role("status")).to_contain_text("Q9")
    bay = Bay.objects.get(code="Q9")

    page.get_by_role("link", name="停用工位: Q9").click()
    page.get_by_label("原因").fill("液压泵漏油")
    page.get_by_role("button", name="停用该工位").click()
    expect(page.get_by_text("液压泵漏油")).to_be_visible()
    page.get_by_role("button", name="恢复使用").click()
    expect(page.get_by_role("heading", level=1).locator("xpath=..")).to_contain_text("使用中")
    bay.refresh_from_db()
    assert bay.in_service


def test_impossible_hours_are_said_beside_the_day_and_typed_ones_stay(page_of):
    cast = make_cast()
    page = page_of(cast.gu, width=390, height=844)
    page.goto(f"/settings/stores/{cast.shinan.pk}/hours")
    page.get_by_label("周一 关门").fill("07:00")
    page.get_by_role("button", name="保存营业时间").click()
    expect(page.get_by_text("关门时间须晚于同一天的开门时间")).to_be_visible()
    expect(page.get_by_label("周一 关门")).to_have_value("07:00")

    page.get_by_label("周一 关门").fill("19:00")
    page.get_by_role("button", name="保存营业时间").click()
    expect(page.get_by_text("08:00–19:00")).to_be_visible()
    assert usual_hours(cast.shinan)[0].closes.hour == 19
