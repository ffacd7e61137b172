"""The inspection's checklist: every point is answered before a car passes; a failed one names its fault."""

import pytest
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.orders.models import Job, Status
from servicelane.workshop.demo_checklists import load_demo_checklists
from servicelane.workshop.errors import NotOnSheet, PointFailed, PointsOpen
from servicelane.workshop.inspection_services import Inspection, inspect
from servicelane.workshop.models import CheckItem, Fault, QualityCheck, Use
from servicelane.workshop.printed import check_of
from servicelane.workshop.printed import inspection as inspection_paper
from servicelane.workshop.sheets import items_for
from tests.access.visitor import program
from tests.floor import fresh, in_inspection, jobs_of
from tests.unchanged import refused


@pytest.fixture
def order(shop):
    """A car that waits for its inspection by the demo's checklist."""
    load_demo_checklists(shop.group, by=shop.admin)
    return in_inspection(shop)


def points(order):
    return {item.code: item.pk for item in items_for(order, Use.QC)}


def test_a_car_passes_only_with_every_point_answered(shop, order):
    asked = points(order)
    assert "Q-SHEET" in asked
    assert "Q-PAINT" not in asked
    *most, last = asked.values()
    with refused(PointsOpen):
        inspect(order, Inspection(passed=True, answers=dict.fromkeys(most, "")), by=shop.yin)
    with refused(PointFailed):
        failing = Inspection(passed=True, answers={last: Fault.LEAK}, rest_ok=True)
        inspect(fresh(order), failing, by=shop.yin)
    with refused(NotOnSheet):
        foreign = CheckItem.objects.get(code="Q-PAINT").pk
        inspect(fresh(order), Inspection(passed=True, answers={foreign: ""}, rest_ok=True), by=shop.yin)
    check = inspect(
        fresh(order), Inspection(passed=True, answers=dict.fromkeys(asked.values(), "")), by=shop.yin
    )
    assert check.answers.filter(fault="").count() == len(asked)


def test_a_failed_point_sends_the_car_back_with_its_fault(shop, order):
    asked, job = points(order), jobs_of(order)[0]
    seen = Inspection(passed=False, answers={asked["Q-TORQUE"]: Fault.LOOSE}, rework=[job.pk])
    check = inspect(order, seen, by=shop.yin)
    assert (check.faults, fresh(order).status) == (["loose"], Status.IN_WORK)
    assert Job.objects.filter(rework_of=job).exists()
    said = Event.objects.about(order).get(kind="workshop.inspected").data
    assert (said["faults"], said["failed"], said["points"]) == (["loose"], ["Q-TORQUE"], 1)


def test_the_inspector_ticks_one_press_for_the_rest(shop, order, desk):
    asked, me = points(order), desk(shop.yin)
    url, page = reverse("workshop:inspect", args=[order.pk]), reverse("orders:order", args=[order.pk])
    assert f'name="point-{asked["Q-LEAK"]}"' in me.get(page).content.decode()
    open_yet = me.send("POST", url, {"passed": "yes", f"point-{asked['Q-LEAK']}": "ok"})
    assert (open_yet.status_code, QualityCheck.objects.count()) == (422, 0)
    me.send("POST", url, {"passed": "yes", f"point-{asked['Q-LEAK']}": "ok", "rest_ok": "on"})
    check = QualityCheck.objects.get()
    assert (check.passed, check.answers.count()) == (True, len(asked))
    words = str(inspection_paper(check_of(shop.yin, check.pk)).blocks)
    assert all(part in words for part in ("无渗漏", "保养检查表", f"{order.number}-MS"))


def test_the_form_sends_back_with_the_fault_of_the_point(shop, order, desk):
    asked, job = points(order), jobs_of(order)[0]
    sent = {
        "passed": "no", f"point-{asked['Q-LEAK']}": "failed", f"fault-{asked['Q-LEAK']}": "leak",
        f"fault-{asked['Q-TORQUE']}": "loose", "rework": job.pk, "rest_ok": "on",
    }  # fmt: skip
    desk(shop.yin).send("POST", reverse("workshop:inspect", args=[order.pk]), sent)
    check = QualityCheck.objects.get()
    assert (check.faults, check.passed) == (["leak"], False)
    assert "渗漏" in str(inspection_paper(check_of(shop.yin, check.pk)).blocks)


def test_a_program_reads_the_points_and_answers_them(shop, order):
    client, base = program(shop.yin), f"/api/v1/orders/{order.pk}"
    first = client.get(f"{base}/inspection-points").json()[0]
    body = {"passed": True, "answers": [{"item": first["item"]}]}
    refusal = client.post(f"{base}/inspections", data=body, content_type="application/json")
    assert (refusal.status_code, refusal.json()["code"]) == (422, "workshop.points_open")
    done = client.post(f"{base}/inspections", data=body | {"rest_ok": True}, content_type="application/json")
    assert done.status_code == 201
