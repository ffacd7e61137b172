"""The maintenance sheet: lights from limits, every entry kept, what is red reported with one press."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderIsOver, WrongMoment
from servicelane.orders.models import Finding, RepairOrder, Safety
from servicelane.workshop.clock_services import finish
from servicelane.workshop.demo_checklists import load_demo_checklists
from servicelane.workshop.errors import (
    EntryChanged,
    NothingWrong,
    NotOnSheet,
    ReportedAlready,
    ValueAbsurd,
)
from servicelane.workshop.models import CheckItem, SheetEntry, Use, Verdict
from servicelane.workshop.printed import maintenance_sheet
from servicelane.workshop.sheet_services import Seen, fill_sheet, report_entry
from servicelane.workshop.sheets import items_for
from tests.access.visitor import program
from tests.floor import fresh, in_work, jobs_of, technician
from tests.people.test_races import at_once
from tests.unchanged import refused


@pytest.fixture
def lists(shop):
    """The cast's group with the demo's checklists."""
    load_demo_checklists(shop.group, by=shop.admin)
    return shop


def item(code: str) -> CheckItem:
    return CheckItem.objects.filter(checklist__use=Use.SHEET).get(checklist__code="S-MAINT", code=code)


def now_at(order, code):
    return SheetEntry.objects.get(order=order, item__code=code, replaced_at=None)


@pytest.mark.parametrize(
    ("code", "value", "light"),
    [
        ("PADFL", "5.0", "ok"), ("PADFL", "4.9", "attention"), ("PADFL", "3.0", "attention"),
        ("PADFL", "2.9", "replace"), ("BRAKEW", "2.0", "ok"), ("BRAKEW", "2.1", "attention"),
        ("BRAKEW", "3.0", "attention"), ("BRAKEW", "3.1", "replace"), ("BATV", "12.39", "attention"),
        ("TYREFL", "1.59", "replace"),
    ],
)  # fmt: skip
def test_the_traffic_light_comes_from_the_limits(lists, code, value, light):
    order = in_work(lists)
    fill_sheet(order, [Seen(item(code).pk, Verdict.OK, Decimal(value))], by=lists.tao)
    assert now_at(order, code).verdict == light


def test_the_points_come_from_the_agreed_work_and_the_odometer(lists):
    order = in_work(lists)
    codes = [one.code for one in items_for(order, Use.SHEET)]
    assert "PADFL" in codes
    assert "PLUGS" not in codes
    assert len(codes) == len(set(codes))
    RepairOrder.objects.filter(pk=order.pk).update(odometer=90_000)
    assert "PLUGS" in [one.code for one in items_for(fresh(order), Use.SHEET)]


def test_a_changed_entry_keeps_the_former_one_with_who_and_when(lists):
    order, yin = in_work(lists), technician(lists, "yin")
    pad = item("PADFL").pk
    fill_sheet(order, [Seen(pad, value=Decimal("2.5"))], by=lists.tao)
    fill_sheet(order, [Seen(pad, value=Decimal("2.5"))], by=yin)
    assert SheetEntry.objects.count() == 1
    with moved(now() + timedelta(minutes=5)):
        fill_sheet(order, [Seen(pad, value=Decimal(8))], by=yin)
    former, new = SheetEntry.objects.order_by("pk")
    assert (former.value, former.entered_by, former.replaced_at) == (
        Decimal("2.5"),
        lists.tao,
        new.entered_at,
    )
    assert (new.verdict, new.entered_by, new.replaced_at) == (Verdict.OK, yin, None)
    said = Event.objects.about(order).filter(kind="workshop.sheet_filled").order_by("id")
    assert [fact.data["entries"] for fact in said] == [["PADFL:replace"], ["PADFL:ok"]]
    assert [fact.data["values"] for fact in said] == [["PADFL:2500"], ["PADFL:8000"]]
    assert [fact.actor_id for fact in said] == [lists.tao.pk, yin.pk]


def test_one_press_answers_what_is_judged_by_eye_and_no_measure(lists):
    order = in_work(lists)
    sheet = fill_sheet(order, [Seen(item("WIPERS").pk, Verdict.REPLACE)], by=lists.tao, rest_ok=True)
    assert not sheet.is_complete
    assert {point.item.is_measured for point in sheet.points if not point.entry} == {True}
    assert [entry.item.code for entry in sheet.bad] == ["WIPERS"]
    measured = [Seen(point.item.pk, value=point.item.amber) for point in sheet.points if not point.entry]
    assert fill_sheet(order, measured, by=lists.tao).is_complete


def test_what_cannot_be_is_not_written(lists):
    order = in_work(lists)
    with refused(ValueAbsurd):
        fill_sheet(order, [Seen(item("PADFL").pk, value=Decimal(35))], by=lists.tao)
    body = CheckItem.objects.get(checklist__code="S-BODY", code="GAPS")
    with refused(NotOnSheet):
        fill_sheet(order, [Seen(body.pk, Verdict.OK)], by=lists.tao)
    finish(jobs_of(order)[0], by=lists.tao)
    with refused(WrongMoment):
        fill_sheet(fresh(order), [Seen(item("WIPERS").pk, Verdict.OK)], by=lists.tao)
    RepairOrder.objects.filter(pk=order.pk).update(status="cancelled", cancelled_at=now())
    with refused(OrderIsOver):
        fill_sheet(fresh(order), [Seen(item("WIPERS").pk, Verdict.OK)], by=lists.tao)


def test_a_stale_page_does_not_undo_a_colleagues_answer(lists):
    order, yin = in_work(lists), technician(lists, "yin")
    wipers = item("WIPERS").pk
    fill_sheet(order, [Seen(wipers, Verdict.REPLACE, before=0)], by=lists.tao)
    with refused(EntryChanged):
        fill_sheet(order, [Seen(wipers, Verdict.OK, before=0)], by=yin)
    fill_sheet(order, [Seen(wipers, Verdict.OK, before=now_at(order, "WIPERS").pk)], by=yin)
    assert now_at(order, "WIPERS").verdict == Verdict.OK


def test_red_is_reported_once_in_the_words_of_the_sheet(lists):
    order = in_work(lists)
    seen = [Seen(item("PADFL").pk, value=Decimal("2.8")), Seen(item("WIPERS").pk, Verdict.OK)]
    fill_sheet(order, seen, by=lists.tao)
    entry = now_at(order, "PADFL")
    report_entry(entry, by=lists.tao)
    finding = Finding.objects.get()
    assert (finding.words, finding.safety) == ("左前制动片厚度: 2.8 mm (≥ 5 mm)", Safety.URGENT)
    with refused(ReportedAlready):
        report_entry(now_at(order, "PADFL"), by=lists.tao)
    with refused(NothingWrong):
        report_entry(now_at(order, "WIPERS"), by=lists.tao)


def test_two_answers_to_one_point_at_once_leave_one_entry(transactional_db, shop):
    load_demo_checklists(shop.group, by=shop.admin)
    order, wipers = in_work(shop), item("WIPERS").pk
    one, other = fresh(order), fresh(order)
    refusals = at_once(
        lambda: fill_sheet(one, [Seen(wipers, Verdict.OK, before=0)], by=shop.tao),
        lambda: fill_sheet(other, [Seen(wipers, Verdict.REPLACE, before=0)], by=shop.tao),
    )
    assert [type(refusal) for refusal in refusals] == [EntryChanged]
    assert SheetEntry.objects.filter(order=order, replaced_at=None).count() == 1


def test_the_sheet_is_filled_on_the_phone_and_printed(lists, desk):
    order, me = in_work(lists), desk(lists.tao)
    url = reverse("workshop:sheet", args=[order.pk])
    assert url in me.get(reverse("workshop:my_jobs")).content.decode()
    pad, wipers = item("PADFL").pk, item("WIPERS").pk
    fill = reverse("workshop:fill_sheet", args=[order.pk])
    wrong = me.send("POST", fill, {f"point-{pad}": "300", f"point-{wipers}": "ok"})
    assert (wrong.status_code, SheetEntry.objects.count()) == (422, 0)
    assert 'value="300"' in wrong.content.decode()
    sent = {f"point-{pad}": "2.8", f"before-{pad}": "0", f"point-{wipers}": "attention", "rest": "yes"}
    assert me.send("POST", fill, sent)["Location"] == url
    assert "2.8 mm" in me.get(url).content.decode()
    assert (
        me.send("POST", reverse("workshop:report_entry", args=[order.pk, now_at(order, "PADFL").pk]))[
            "Location"
        ]
        == url
    )
    page = desk(lists.chen).get(reverse("orders:order", args=[order.pk])).content.decode()
    assert "左前制动片厚度" in page
    assert reverse("workshop:sheet_pdf", args=[order.pk]) in page
    words = str(maintenance_sheet(fresh(order)).blocks)
    assert all(part in words for part in ("≥ 5 mm", "2.8 mm", "更换", "陶建国", "未检查"))


def test_a_program_reads_fills_and_reports(lists):
    order, client = in_work(lists), program(lists.tao)
    base = f"/api/v1/orders/{order.pk}/sheet"
    pad = item("PADFL").pk
    body = {"answers": [{"item": pad, "value": "2.8", "before": 0}], "rest_ok": True}
    filled = client.post(base, data=body, content_type="application/json")
    assert (filled.status_code, filled.json()["is_complete"]) == (200, False)
    point = next(one for one in client.get(base).json()["points"] if one["item"] == pad)
    assert (point["verdict"], point["entered_by"]) == ("replace", lists.tao.pk)
    made = client.post(f"/api/v1/sheet-entries/{point['entry']}/finding", data={},
                       content_type="application/json")  # fmt: skip
    assert (made.status_code, made.json()["safety"]) == (201, "urgent")
