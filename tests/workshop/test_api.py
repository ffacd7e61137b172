"""The workshop for programs: the same services, ids of the own store only."""

from typing import Any

import pytest

from servicelane.orders.models import Status
from tests.access.visitor import program
from tests.floor import bay, fresh, in_inspection, jobs_of
from tests.visit import agreed

BASE = "/api/v1"


@pytest.fixture
def sent(shop: Any) -> Any:
    """Send a request as the program of a person; returns the status and the answer's content."""

    def send(person: Any, method: str, path: str, **body: Any) -> tuple[int, Any]:
        client = program(person)
        answer = getattr(client, method)(BASE + path, data=body, content_type="application/json")
        return answer.status_code, answer.json()

    return send


def test_a_job_is_assigned_started_paused_resumed_and_finished(shop, sent):
    order = agreed(shop)
    job = jobs_of(order)[0].pk
    code, team = sent(shop.luo, "put", f"/jobs/{job}/assignment", technicians=[shop.tao.pk], bay=bay(shop).pk)
    assert (code, [one["technician"] for one in team["team"]]) == (200, [shop.tao.pk])

    code, started = sent(shop.tao, "post", f"/jobs/{job}/start", version=team["version"])
    assert (code, started["state"], started["order_status"]) == (200, "running", "in_work")
    code, paused = sent(shop.tao, "post", f"/jobs/{job}/pause", reason="parts")
    assert (code, paused["state"]) == (200, "paused")
    assert sent(shop.luo, "post", f"/jobs/{job}/resume", technician=shop.tao.pk)[0] == 200
    code, finished = sent(shop.tao, "post", f"/jobs/{job}/finish")
    assert (code, finished["state"], finished["order_status"]) == (200, "done", "quality_check")


def test_a_refusal_is_a_problem_with_its_code(shop, sent):
    order = agreed(shop)
    job = jobs_of(order)[0].pk
    code, problem = sent(shop.tao, "post", f"/jobs/{job}/start", version=order.version - 1)
    assert (code, problem["code"]) == (409, "orders.order_changed")
    assert sent(shop.tao, "post", f"/jobs/{job}/pause", reason="parts")[1]["code"] == (
        "workshop.clock_not_running"
    )
    assert sent(shop.luo, "put", f"/jobs/{job}/assignment", technicians=[10**6])[0] == 404
    assert sent(shop.gao, "post", f"/jobs/{job}/start")[0] in (403, 404)


def test_a_car_is_inspected_and_washed(shop, sent):
    order = in_inspection(shop)
    code, check = sent(shop.yin, "post", f"/orders/{order.pk}/inspections", passed=True, odometer=20_151)
    assert (code, check["order_status"]) == (201, "quality_check")
    assert sent(shop.chen, "post", f"/orders/{order.pk}/wash", what="start")[0] == 200
    code, washed = sent(shop.chen, "post", f"/orders/{order.pk}/wash", what="done")
    assert (code, washed["order_status"], washed["is_over"]) == (200, "ready", True)
    assert fresh(order).status == Status.READY


def test_a_car_is_sent_back_with_fault_codes(shop, sent):
    order = in_inspection(shop)
    rework = [jobs_of(order)[0].pk]
    code, check = sent(
        shop.yin, "post", f"/orders/{order.pk}/inspections", passed=False, faults=["leak"], rework=rework
    )
    assert (code, check["faults"], check["order_status"]) == (201, ["leak"], "in_work")
