"""The complete visit as the benchmarks walk it: each step its own request, by whoever does it in the shop."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .client import Client, Session

STROKES = [[100, 300, 180, 120, 260, 290], [300, 200, 420, 210]]
WORK = (
    ("Change the oil", "HY-OIL-5W30"),
    ("Change the filter", "HY-OF-1001"),
    ("Change the seal", "HY-DP-3302"),
)
_ESTIMATE = re.compile(r"/estimates/(\d+)/answer")


@dataclass(frozen=True, slots=True)
class Crew:
    """Whom the visits need: tokens and sessions by user name, and the ids of store and technician."""

    store: int
    technician: str
    promise: str
    tokens: Mapping[str, str]
    sessions: Mapping[str, Session]


@dataclass(slots=True)
class Car:
    """A known car and its customer; `odometer` rises with each visit."""

    plate: str
    name: str
    mobile: str
    odometer: int = field(default=20_000)


def walk(client: Client, crew: Crew, car: Car, work: Sequence[tuple[str, str]] = WORK) -> int:
    """Walk one car from arrival to delivery; returns its order.

    `work` are jobs and the number of the part that each takes: stock, invoice and payment follow.
    """
    advisor, technician = crew.tokens["chen"], crew.tokens[crew.technician]
    came = {"store": crew.store, "plate": car.plate, "name": car.name, "mobile": car.mobile}
    order = client.call("walk in", advisor, "/orders", {**came, "words": "service due"})["id"]
    car.odometer += 1
    seen = {"odometer": car.odometer, "fuel": 4, "key_tag": f"K-{order % 1000}", "wash_wanted": False}
    signed = {"name": car.name, "strokes": STROKES}
    client.call("check in", advisor, f"/orders/{order}/check-in", {**seen, "signed": signed})
    desk = crew.sessions["chen"]
    for name, _part in work:
        job = {"name": name, "hours": "0.5", "pay_type": "customer", "work_type": "maintenance"}
        client.post("add job", desk, f"/orders/{order}/jobs", job)
    jobs = client.call("read order", advisor, f"/orders/{order}")["jobs"]
    for job, (_name, part) in zip(jobs, work, strict=True):
        client.post(
            "add part", desk, f"/orders/{order}/jobs/{job['id']}/parts", {"part": part, "quantity": "1"}
        )
    client.post("estimate", desk, f"/orders/{order}/estimates", {"promised_at": crew.promise})
    _agree(client, desk, order, [job["id"] for job in jobs], car)
    _do_the_work(client, crew, order, technician)
    _settle(client, crew, order, car)
    told = {"explained": True, "old_parts_shown": True, "next_km": car.odometer + 10_000, "signed": signed}
    client.call("deliver", advisor, f"/orders/{order}/deliver", told)
    return int(order)


def _agree(client: Client, desk: Session, order: int, jobs: list[int], car: Car) -> None:
    found = _ESTIMATE.search(client.page("order page", desk, f"/orders/{order}/"))
    assert found, "the order page asks for no answer"
    answers = {f"job_{pk}": "agreed" for pk in jobs}
    answered = {"way": "signature", "signed_name": car.name, "signed": str(STROKES), **answers}
    client.post("agree", desk, f"/orders/{order}/estimates/{found.group(1)}/answer", answered)


def _do_the_work(client: Client, crew: Crew, order: int, technician: str) -> None:
    store = crew.sessions["he"]
    jobs = client.call("read order", crew.tokens["chen"], f"/orders/{order}")["jobs"]
    for job in jobs:
        client.call("start", technician, f"/jobs/{job['id']}/start", {})
        line = job["part_lines"][0]["id"]
        client.post("issue part", store, f"/orders/{order}/parts/{line}/issue", {"quantity": "1"})
        client.call("finish", technician, f"/jobs/{job['id']}/finish", {})
    client.call(
        "inspect", crew.tokens["yin"], f"/orders/{order}/inspections", {"passed": True, "rest_ok": True}
    )


def _settle(client: Client, crew: Crew, order: int, car: Car) -> None:
    cashier = crew.tokens["shen"]
    invoices: Any = client.call("settle", cashier, f"/orders/{order}/settle", {})
    paid = {"way": "cash", "amount": invoices[0]["owed"]}
    client.call("pay", cashier, f"/invoices/{invoices[0]['id']}/payments", paid)
    client.call("exit pass", cashier, f"/orders/{order}/exit-pass", {"name": car.name})
